package import Outcomes

/// Writes the one text of a policy that is hashed: sorted keys, no spaces, numbers rounded to 9 decimals.
struct CanonicalJSON {
  private(set) var bytes: [UInt8] = []

  /// Appends what is JSON already.
  mutating func append(raw text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ number: Int) { bytes.append(contentsOf: String(number).utf8) }

  /// The greatest number that can be written, in magnitude.
  static let greatest = 9e9

  /// Whether the number can be written. Of what cannot, no policy is made and none is read.
  static func canWrite(_ number: Double) -> Bool { number.magnitude <= greatest }

  /// Writes a number with as many of 9 decimals as it needs. One that cannot be written makes the text no JSON, which every
  /// reader refuses; `Policy.firstUnwritable` finds it before.
  mutating func append(_ number: Double) {
    guard CanonicalJSON.canWrite(number) else { return append(raw: "NaN") }
    let scaled = Int64((number * 1e9).rounded())
    if scaled < 0 { bytes.append(UInt8(ascii: "-")) }
    let magnitude = scaled.magnitude
    bytes.append(contentsOf: String(magnitude / 1_000_000_000).utf8)
    var fraction = magnitude % 1_000_000_000
    guard fraction > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    var divisor: UInt64 = 100_000_000
    while fraction > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(fraction / divisor))
      fraction %= divisor
      divisor /= 10
    }
  }

  mutating func append(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension Policy {
  /// The first number of the table that its JSON cannot hold, with its cell and model; nil where all can be written.
  package var firstUnwritable: (cell: Cell, model: String, number: Double)? {
    for (cell, row) in zip(cells, rows) {
      for (model, entry) in zip(models, row.entries) {
        guard let entry else { continue }
        let bad = [entry.mean, entry.width, entry.upperBound].first { !CanonicalJSON.canWrite($0) }
        if let bad { return (cell, model, bad) }
      }
    }
    return nil
  }
}
