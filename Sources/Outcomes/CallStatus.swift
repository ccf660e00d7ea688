/// What became of a call, as `outcome_status` tells it.
enum CallStatus {
  /// The model answered.
  case succeeded
  /// The call reached a model and failed, which needs no judge.
  case failed
  /// The call has not ended.
  case notComplete
  /// None of these: nobody knows what the caller got.
  case unknown

  /// Reads a status; an empty one is that of a call that has not ended.
  init(_ text: ArraySlice<UInt8>?) {
    guard let text, !text.isEmpty else {
      self = .notComplete
      return
    }
    if text.elementsEqual("succeeded".utf8) {
      self = .succeeded
    } else {
      self = text.starts(with: "failed".utf8) ? .failed : .unknown
    }
  }
}
