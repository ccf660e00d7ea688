import Foundation
import TestSupport

/// Chromium without a window, with a profile of its own that goes with it.
struct Browser {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: [String], dark: Bool) throws -> Program {
    try Program(
      running: "/usr/bin/env",
      [
        "timeout", "120", "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--hide-scrollbars", "--no-first-run", "--disable-background-networking", "--enable-logging=stderr",
        "--user-data-dir=\(folder.url.path)", "--virtual-time-budget=2000",
        "--blink-settings=preferredColorScheme=\(dark ? 0 : 1)",
      ] + arguments,
      environment: ["PATH": "/usr/bin:/bin", "HOME": folder.url.path, "LANG": "C.UTF-8"])
  }

  /// The size in pixels of a picture of the page, and what the page said to the console.
  func picture(_ page: String, width: Int, height: Int, dark: Bool) throws -> (
    size: (Int, Int), bytes: Int, console: [String]
  ) {
    let file = folder.url.appendingPathComponent("\(UUID().uuidString).png")
    let ended = try run(
      ["--screenshot=\(file.path)", "--window-size=\(width),\(height)", "file://\(page)"], dark: dark)
    let png = try Data(contentsOf: file)
    func number(at place: Int) -> Int { png[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
    let console = ended.errors.split(separator: "\n").map(String.init).filter { $0.contains(":CONSOLE") }
    return ((number(at: 16), number(at: 20)), png.count, console)
  }

  /// The page's document after its scripts ran, in a frame of this width.
  func document(_ page: String, dark: Bool) throws -> String {
    // The frame is another file, which a page may not look into otherwise.
    try run(["--allow-file-access-from-files", "--dump-dom", "--window-size=1280,900", "file://\(page)"], dark: dark)
      .output
  }
}
