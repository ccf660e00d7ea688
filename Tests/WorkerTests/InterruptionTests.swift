import Foundation
import Synchronization
import Testing

@testable import Worker

/// What a deadline does in each part of a run. The process is not ended here: what would end it is noted.
@Suite(.timeLimit(.minutes(10))) struct InterruptionTests {
  private final class Ended: Sendable {
    let statuses = Mutex<[Worker.ExitStatus]>([])

    var ends: Interruption.Ends {
      Interruption.Ends(
        failed: { failure, _ in self.statuses.withLock { $0.append(failure.status) } },
        exit: { status in self.statuses.withLock { $0.append(status) } })
    }

    /// What ended the process within some seconds more than an orderly end may take.
    func wait() async throws -> [Worker.ExitStatus] {
      for _ in 0..<80 where statuses.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(100)) }
      return statuses.withLock { $0 }
    }
  }

  @Test("before COMMIT is sent a deadline that nothing follows ends the process with status 75")
  func working() async throws {
    for isRecording in [false, true] {
      let ended = Ended()
      let interruption = Interruption(ended.ends)
      if isRecording { interruption.beginRecording("run") }
      interruption.setDeadline(seconds: 0.01)
      #expect(try await ended.wait() == [.tryAgain])
      #expect(!interruption.mayCommit())
    }
  }

  @Test("while the answer to COMMIT is awaited it is 76, and names the run")
  func committing() async throws {
    let ended = Ended()
    let interruption = Interruption(ended.ends)
    interruption.beginRecording("some-run")
    #expect(interruption.mayCommit())
    interruption.setDeadline(seconds: 0.01)
    while !interruption.isRequested { try await Task.sleep(for: .milliseconds(10)) }
    let failure = #expect(throws: RunFailure.self) { try interruption.check() }
    #expect(failure?.status == .commitUnknown && failure?.description.contains("some-run") == true)
    #expect(try await ended.wait() == [.commitUnknown])
  }

  @Test("once the run has ended, or its transaction has failed, a deadline does not change how it ends")
  func ended() async throws {
    let ended = Ended()
    let interruption = Interruption(ended.ends)
    interruption.beginRecording("run")
    #expect(interruption.mayCommit())
    interruption.finish(.ended)
    let told = interruption.count
    interruption.setDeadline(seconds: 0.01)
    while interruption.count == told { try await Task.sleep(for: .milliseconds(10)) }
    #expect(try await ended.wait() == [])

    let failed = Interruption(Ended().ends)
    failed.beginRecording("run")
    #expect(failed.mayCommit())
    failed.endRecording()
    failed.setDeadline(seconds: 0.01)
    while !failed.isRequested { try await Task.sleep(for: .milliseconds(10)) }
    #expect(#expect(throws: RunFailure.self) { try failed.check() }?.status == .tryAgain)
  }

  @Test("a COMMIT of a read is not one of the ledger")
  func reading() throws {
    let interruption = Interruption(Ended().ends)
    #expect(interruption.mayCommit())
    interruption.beginRecording("run")
    interruption.setDeadline(seconds: 0)
    while !interruption.isRequested { usleep(1000) }
    #expect(#expect(throws: RunFailure.self) { try interruption.check() }?.status == .tryAgain)
  }
}
