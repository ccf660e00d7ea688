/// How the plots look: on paper and on a screen, light and dark. Every text has a contrast of at least 4.5 to its ground.
enum PlotStyle {
  /// The rules, for a page that holds the plots.
  static let rules = """
    .plot { font: 12px system-ui, sans-serif; max-width: 100%; height: auto; display: block; }
    .plot text { fill: var(--ink); }
    .plot .end { text-anchor: end; }
    .plot .middle { text-anchor: middle; }
    .plot .small { font-size: 10px; }
    .plot .axis { stroke: var(--quiet); }
    .plot .grid { stroke: var(--line); }
    .plot .zero { stroke: var(--ink); stroke-dasharray: 3 3; }
    .plot .front { fill: none; stroke: var(--quiet); stroke-width: 1.5; stroke-dasharray: 5 4; }
    .plot .candidate { fill: var(--candidate); stroke: var(--candidate); }
    .plot .incumbent { fill: var(--incumbent); stroke: var(--incumbent); }
    .plot .other { fill: var(--quiet); stroke: var(--quiet); }
    .plot .single { fill: var(--paper); stroke: var(--ink); stroke-width: 1.5; }
    .plot .bar { fill: var(--candidate); }
    .plot .range { stroke-width: 2; }
    .plot .kept { fill: var(--line); }
    .plot .better { fill: var(--candidate); }
    .plot .worse { fill: var(--incumbent); }
    """

  /// The colours, of light and dark.
  static let colours = """
    :root { --paper: #ffffff; --ink: #1a1a1a; --quiet: #5a5f66; --line: #d8dbe0; --candidate: #0064a0; --incumbent: #a84300; }
    @media (prefers-color-scheme: dark) { :root { --paper: #15181c; --ink: #e8eaed; --quiet: #a7adb5; --line: #3a4048;
    --candidate: #5fb3f0; --incumbent: #f0975c; } }
    @media print { :root { --paper: #ffffff; --ink: #000000; --quiet: #444444; --line: #bbbbbb; --candidate: #0064a0;
    --incumbent: #a84300; } }
    """

  /// A drawing that is a file of its own.
  static func standalone(_ drawing: String) -> String {
    guard let end = drawing.firstIndex(of: ">") else { return drawing }
    let own = "svg { background: var(--paper); }"
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + drawing[...end]
      + "\n<style>\n\(colours)\n\(rules)\n\(own)\n</style>"
      + drawing[drawing.index(after: end)...]
      + "\n"
  }
}
