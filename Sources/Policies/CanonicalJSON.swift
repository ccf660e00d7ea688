package import Outcomes

/// Writes the one text of a policy that is hashed: sorted keys, no spaces, numbers rounded to 9 decimals.
struct CanonicalJSON {
  private(set) var bytes: [UInt8] = []

  /// Takes what was written out.
  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// Appends what is JSON already.
  mutating func append(raw text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// Appends what is JSON already.
  mutating func append(raw text: [UInt8]) { bytes += text }

  mutating func append(_ number: Int) {
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    append(digits: UInt64(number.magnitude))
  }

  /// The greatest number that can be written, in magnitude.
  static let greatest = 9e9

  /// Whether the number can be written. Of what cannot, no policy is made and none is read.
  static func canWrite(_ number: Double) -> Bool { number.magnitude <= greatest }

  /// Writes a number with as many of 9 decimals as it needs. One that cannot be written makes the text no JSON, which every
  /// reader refuses; `Policy.firstUnwritable` finds it before.
  mutating func append(_ number: Double) {
    guard CanonicalJSON.canWrite(number) else { return append(raw: "NaN") }
    let scaled = CanonicalJSON.scaled(number)
    if scaled < 0 { bytes.append(UInt8(ascii: "-")) }
    append(digits: scaled.magnitude / 1_000_000_000)
    var fraction = scaled.magnitude % 1_000_000_000
    guard fraction > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    var divisor: UInt64 = 100_000_000
    while fraction > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(fraction / divisor))
      fraction %= divisor
      divisor /= 10
    }
  }

  /// The number in units of the ninth decimal.
  static func scaled(_ number: Double) -> Int64 { Int64((number * 1e9).rounded()) }

  private mutating func append(digits number: UInt64) {
    guard number >= 10 else { return bytes.append(UInt8(ascii: "0") + UInt8(number)) }
    append(digits: number / 10)
    bytes.append(UInt8(ascii: "0") + UInt8(number % 10))
  }

  mutating func append(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        let digits: StaticString = "0123456789abcdef"
        append(raw: "\\u00")
        bytes.append(digits.utf8Start[Int(byte >> 4)])
        bytes.append(digits.utf8Start[Int(byte & 15)])
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// A text as JSON.
  static func text(_ text: String) -> [UInt8] {
    var json = CanonicalJSON()
    json.append(text)
    return json.bytes
  }
}

extension Policy {
  /// The first number of the table that its JSON cannot hold, with its cell and model; nil where all can be written.
  package var firstUnwritable: (cell: Cell, model: String, number: Double)? {
    for (number, cell) in cells.enumerated() {
      for (model, slug) in models.enumerated() {
        guard let entry = table.entry(number, model: model) else { continue }
        let bad = [entry.mean, entry.width, entry.upperBound].first { !CanonicalJSON.canWrite($0) }
        if let bad { return (cell, slug, bad) }
      }
    }
    return nil
  }
}
