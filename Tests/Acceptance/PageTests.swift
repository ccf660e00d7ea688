import Foundation
import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(30))) struct PageTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The JSON of a replay of the fixture, and the page of it.
  private func makePage() throws -> (json: String, page: String) {
    let fixture = try Repository.synthetic.path
    let run = try Program([
      "replay", "--outcomes", "\(fixture)/outcomes.csv", "--catalog", "\(fixture)/catalog.json", "--truth",
      "\(fixture)/truth.json", "--policy", "all", "--format", "json",
    ])
    #expect(run.status == 0, "\(run.errors)")
    return (run.output, try makePage(of: run.output))
  }

  private func makePage(of json: String) throws -> String {
    let file = try folder.write(json, to: "\(UUID().uuidString).json")
    let page = folder.url.appendingPathComponent("\(UUID().uuidString).html").path
    let made = try Program(["report", file, "--out", page])
    #expect(made.status == 0 && made.output == "" && made.errors == "", "\(made.errors)")
    return page
  }

  /// A copy of the page with a script that measures it and writes what it found into its title.
  private func measured(_ page: String, width: Int) throws -> String {
    let html = try String(contentsOfFile: page, encoding: .utf8)
    let policy = try #require(
      html.range(of: #"<meta http-equiv="Content-Security-Policy"[^\n]*\n"#, options: .regularExpression))
    let inner = try folder.write(html.replacingCharacters(in: policy, with: ""), to: "\(UUID().uuidString).html")
    let script = #"""
      <iframe id="page" src="file://INNER" style="width: WIDTHpx; height: 3000px; border: 0"></iframe>
      <script>
      function parts(color) { return (color.match(/[\d.]+/g) || [0, 0, 0]).map(Number); }
      function light(color) {
        const [r, g, b] = parts(color).map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      }
      function ground(element, view) {
        for (let at = element; at; at = at.parentElement) {
          const color = parts(view.getComputedStyle(at).backgroundColor);
          if (color.length < 4 || color[3] > 0) return view.getComputedStyle(at).backgroundColor;
        }
        return "rgb(255,255,255)";
      }
      document.getElementById("page").onload = () => {
        const view = document.getElementById("page").contentWindow, page = view.document;
        let least = 99, worst = "", texts = 0;
        for (const element of page.querySelectorAll("main *")) {
          const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
          if (!own || ["title", "desc", "STYLE"].includes(element.tagName)) continue;
          texts += 1;
          const style = view.getComputedStyle(element);
          const ink = element.namespaceURI.endsWith("svg") ? style.fill : style.color;
          const [a, b] = [light(ink), light(ground(element, view))].sort((x, y) => y - x);
          const contrast = (a + 0.05) / (b + 0.05);
          if (contrast < least) { least = contrast; worst = element.tagName + " " + element.textContent.slice(0, 40); }
        }
        let outside = 0;
        for (const drawing of page.querySelectorAll("svg")) {
          const frame = drawing.getBoundingClientRect();
          for (const text of drawing.querySelectorAll("text")) {
            const box = text.getBoundingClientRect();
            if (box.width && (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1)) outside += 1;
          }
        }
        const plots = [...page.querySelectorAll("svg[role=img]")];
        document.title = JSON.stringify({
          contrast: least, worst: worst, texts: texts, overflow: page.documentElement.scrollWidth - view.innerWidth,
          outside: outside, plots: plots.length,
          described: plots.filter(plot => plot.querySelector("title").textContent && plot.querySelector("desc").textContent).length,
          paper: view.getComputedStyle(page.body).backgroundColor, width: view.innerWidth,
        });
      };
      </script>
      """#
    return try folder.write(
      "<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body>"
        + script.replacingOccurrences(of: "INNER", with: inner).replacingOccurrences(of: "WIDTH", with: "\(width)")
        + "</body></html>", to: "\(UUID().uuidString).html")
  }

  private struct Measurement: Decodable {
    let contrast: Double
    let worst: String
    let texts: Int
    let overflow: Double
    let outside: Int
    let plots: Int
    let described: Int
    let paper: String
    let width: Int
  }

  @Test("the page fits at phone and desktop width, in light and dark, with contrast, and says nothing to the console")
  func looks() throws {
    let page = try makePage().page
    let browser = try Browser()
    for dark in [false, true] {
      for width in [390, 1280] {
        let picture = try browser.picture(page, width: width, height: 5000, dark: dark)
        #expect(picture.console == [] && picture.bytes > 50_000, "\(width) \(picture.console)")
        let dom = try browser.document(measured(page, width: width), dark: dark)
        let title = try #require(dom.firstMatch(of: /<title>(\{.*?\})<\/title>/)?.1, "\(dom.prefix(300))")
        let found = try JSONDecoder().decode(
          Measurement.self,
          from: Data(title.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&").utf8)
        )
        #expect(found.width == width && found.texts > 200)
        #expect(found.overflow <= 0, "\(width)")
        #expect(found.contrast >= 4.5, "\(dark) \(found.worst) \(found.contrast)")
        #expect(found.outside == 0 && found.plots == 8 && found.described == 8, "\(found)")
        #expect((found.paper == "rgb(255, 255, 255)") == !dark, "\(found.paper)")
      }
    }
  }

  @Test("the page needs no network and no script, and no name becomes markup")
  func isSelfContained() throws {
    let (json, page) = try makePage()
    let html = try String(contentsOfFile: page, encoding: .utf8)
    for part in [
      "Lift", "Checks", "Outcomes", "Quality against cost", "What changes where", "Do predictions", "Weights",
    ] {
      #expect(html.contains("<h2>\(part)"), "\(part)")
    }
    #expect(!html.contains("<script") && !html.contains("src="))
    #expect(html.matches(of: /https?:\/\/[^"\s]+/).allSatisfy { $0.output == "http://www.w3.org/2000/svg" })
    #expect(html.matches(of: /href="([^"]*)"/).allSatisfy { $0.1 == "data:," })
    let hostile = try makePage(
      of: json.replacingOccurrences(of: "elm-medium", with: "<script>alert('x')</script>\\u0007&\\\""))
    let text = try String(contentsOfFile: hostile, encoding: .utf8)
    #expect(!text.contains("<script") && text.contains("&lt;script&gt;alert(&#39;x&#39;)"))
    #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
  }

  @Test("the page of a night comes from its result by --on-result, with the ledger's runs")
  func night() throws {
    let night = try Night()
    let page = folder.url.appendingPathComponent("night.html").path
    let command = "\(Repository.program.path) report --ledger --out \(page)"
    for _ in 0..<2 {
      let ended = try night.train(["--on-result", command])
      #expect(ended.status == 0 && ended.errors == "", "\(ended.errors)")
    }
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.contains("<h2>Run by run") && html.contains(">hold</span>"))
  }

  @Test("what is no run's result is status 65, and a page that cannot be written 74")
  func refuses() throws {
    let file = try folder.write("{\"verdict\": \"promote\"}", to: "other.json")
    let refused = try Program(["report", file, "--out", "/nonexistent/page.html"])
    #expect(refused.status == 65 && refused.errors.contains(file))
    let json = try makePage().json
    let full = try Program(["report", folder.write(json, to: "run.json"), "--out", "/nonexistent/page.html"])
    #expect(full.status == 74 && full.errors.split(separator: "\n").count == 1)
    #expect(try Program(["report", "/nonexistent.json", "--out", "x.html"]).status == 65)
  }
}
