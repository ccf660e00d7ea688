/// Numbers names by their bytes, in the order of their first appearance, without making a `String` of a name seen before.
///
/// Names that differ only in Unicode normalisation are two names. Looking one up takes time in its length.
public struct NameIndex: Sendable, Equatable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var slots: [Int32] = [Int32](repeating: -1, count: 64)

  /// Makes an index without names.
  public init() {}

  /// Makes an index of these names; the number of a name is its place here.
  public init(_ names: [String]) {
    for name in names { _ = number(of: Array(name.utf8).span) }
  }

  /// How many names there are.
  public var count: Int { ends.count }

  /// The name of this number.
  public subscript(number: Int) -> String {
    let start = number == 0 ? 0 : ends[number - 1]
    return String(decoding: bytes[start..<ends[number]], as: UTF8.self)
  }

  /// The number of a name, if it has one.
  @inline(__always)
  public func existingNumber(of name: Span<UInt8>) -> Int? {
    let slot = self.slot(of: name)
    return slots[slot] >= 0 ? Int(slots[slot]) : nil
  }

  /// The number of a name, if it has one.
  public func existingNumber(of name: String) -> Int? { existingNumber(of: Array(name.utf8).span) }

  /// The number of a name, which is added if it is new.
  @inline(__always)
  public mutating func number(of name: Span<UInt8>) -> Int {
    let slot = self.slot(of: name)
    if slots[slot] >= 0 { return Int(slots[slot]) }
    return insert(name, at: slot)
  }

  private mutating func insert(_ name: Span<UInt8>, at slot: Int) -> Int {
    for index in name.indices { bytes.append(name[index]) }
    ends.append(bytes.count)
    slots[slot] = Int32(ends.count - 1)
    if ends.count * 2 > slots.count { grow() }
    return ends.count - 1
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for number in ends.indices {
      let name = Array(bytes[(number == 0 ? 0 : ends[number - 1])..<ends[number]])
      slots[slot(of: name.span)] = Int32(number)
    }
  }

  @inline(__always)
  private func slot(of name: Span<UInt8>) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: Hash.fnv1a(name)) & mask
    while slots[slot] >= 0 {
      if equals(Int(slots[slot]), name) { return slot }
      slot = (slot + 1) & mask
    }
    return slot
  }

  @inline(__always)
  private func equals(_ number: Int, _ name: Span<UInt8>) -> Bool {
    let start = number == 0 ? 0 : ends[number - 1]
    guard ends[number] - start == name.count else { return false }
    for index in name.indices where bytes[start + index] != name[index] { return false }
    return true
  }
}
