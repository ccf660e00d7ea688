import Dispatch
import Foundation
import Testing

/// Runs each test on a thread of its own, and no more of them at once than the machine bears.
///
/// These tests wait for programs and servers. On the threads that all tests share they would keep each other from
/// going on for minutes, and what a test does to a running program would come after that program's own time limits.
struct BlockingTrait: SuiteTrait, TestTrait, TestScoping {
  var isRecursive: Bool { true }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    await Places.shared.take()
    do {
      try await withTaskExecutorPreference(OwnThread(), operation: function)
    } catch {
      await Places.shared.giveBack()
      throw error
    }
    await Places.shared.giveBack()
  }

  /// A serial queue, for which Dispatch finds a thread however many of its others are blocked.
  private final class OwnThread: TaskExecutor {
    private let queue = DispatchQueue(label: "blocking test")

    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
  }

  /// The tests that may run at once; those over the number wait in order.
  private actor Places {
    static let shared = Places()

    private var free = max(3, ProcessInfo.processInfo.activeProcessorCount)
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func take() async {
      guard free == 0 else {
        free -= 1
        return
      }
      await withCheckedContinuation { waiting.append($0) }
    }

    func giveBack() {
      guard waiting.isEmpty else { return waiting.removeFirst().resume() }
      free += 1
    }
  }
}

extension Trait where Self == BlockingTrait {
  /// The test blocks: it has a thread of its own.
  static var blocking: BlockingTrait { BlockingTrait() }
}
