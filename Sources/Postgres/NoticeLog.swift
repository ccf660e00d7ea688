internal import CLibPQ
internal import Logging

/// Sends the server's notices to the log, by severity and primary message only.
final class NoticeLog {
  private let logger: Logger

  init(_ logger: Logger) { self.logger = logger }

  func receive(from connection: OpaquePointer) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    _ = PQsetNoticeReceiver(
      connection,
      { context, result in
        guard let context, let result else { return }
        Unmanaged<NoticeLog>.fromOpaque(context).takeUnretainedValue().log(result)
      }, context)
  }

  private func log(_ result: OpaquePointer) {
    func field(_ code: Unicode.Scalar) -> String {
      PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) } ?? ""
    }
    logger.info("server \(field("V").lowercased()): \(field("M")) (SQLSTATE \(field("C")))")
  }
}
