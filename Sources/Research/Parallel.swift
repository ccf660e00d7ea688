internal import Dispatch
internal import Synchronization

/// Runs independent repetitions on all cores; the result does not depend on how many there are.
public enum Parallel {
  /// The results of `body` for 0 to `count` - 1, in that order.
  public static func map<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
    let results = Mutex([Result?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: count) { index in
      let result = body(index)
      results.withLock { $0[index] = result }
    }
    return results.withLock { $0.compactMap(\.self) }
  }
}
