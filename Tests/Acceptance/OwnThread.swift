import Foundation

/// Runs what blocks on a thread of its own, for tests that block may hold every thread of the pool.
enum OwnThread {
  static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Swift.Result { try body() }) }
    }
  }
}
