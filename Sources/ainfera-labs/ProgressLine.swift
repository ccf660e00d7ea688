import Foundation

/// A line on a terminal that overwrites itself; nothing where standard error is no terminal.
struct ProgressLine {
  private let start = ContinuousClock.now

  func show(_ text: String) {
    guard StandardError.isTerminal else { return }
    let seconds = (ContinuousClock.now - start).components.seconds
    StandardError.write("\r\u{1b}[K\(text), \(seconds) s")
  }

  func clear() {
    guard StandardError.isTerminal else { return }
    StandardError.write("\r\u{1b}[K")
  }
}
