internal import Outcomes

/// Splits a JSON object into its members as its bytes come, so that an object of any size is read with the memory of its
/// largest member. One member that is an object itself may be split likewise.
struct JSONMembers {
  private enum State { case start, firstMember, nextMember, member, separator, end }

  /// The largest member, in bytes.
  private static let mostBytes = 1 << 28

  /// The name of the member that is split, with its quotes; nil for none.
  private let nested: [UInt8]?
  private var state = State.start
  /// Whether the members of the nested object are being read.
  private var isNested = false
  /// Whether the nested object was there.
  private(set) var hasNested = false
  /// The member so far, as an object of its own.
  private var member: [UInt8] = []
  /// How many objects and arrays are open within the member.
  private var depth = 0
  private var isInString = false
  private var isEscaped = false

  init(splitting name: String? = nil) { nested = name.map { Array("\"\($0)\"".utf8) } }

  /// Takes the next bytes and calls `body` with each member that ends in them, as an object of that member alone.
  mutating func append(
    _ chunk: [UInt8], _ body: (_ isNested: Bool, ArraySlice<UInt8>) throws -> Void
  ) throws {
    var start = 0
    var place = 0
    while place < chunk.count {
      if state == .member {
        place = skipMember(chunk, from: place)
        try take(chunk[start..<place])
        guard place < chunk.count else { return }
        if chunk[place] == UInt8(ascii: "{"), depth == 0 {
          if opensNested() { place += 1 } else { depth = 1; member.append(chunk[place]); place += 1 }
        } else {
          try end(by: chunk[place], body)
          place += 1
        }
        start = place
        continue
      }
      if !JSONMembers.isSpace(chunk[place]) { try step(chunk[place]) }
      // The quote that begins a member is part of it.
      if state == .member { isInString = true }
      place += 1
      start = place
    }
  }

  /// Says that no more bytes come.
  func finish() throws(JSONCursor.Fault) {
    guard state == .end else {
      throw JSONCursor.Fault(reason: state == .start ? "{ is expected" : "the text ends early")
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }

  /// The place of the next byte that ends the member, or that may open the nested object; the end of the chunk without one.
  private mutating func skipMember(_ chunk: [UInt8], from start: Int) -> Int {
    var place = start
    while place < chunk.count {
      let byte = chunk[place]
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
      } else {
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"):
          if depth == 0 { return place }
          depth += 1
        case UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          if depth == 0 { return place }
          depth -= 1
        case UInt8(ascii: ","): if depth == 0 { return place }
        default: break
        }
      }
      place += 1
    }
    return place
  }

  private mutating func take(_ bytes: ArraySlice<UInt8>) throws(JSONCursor.Fault) {
    guard member.count + bytes.count <= JSONMembers.mostBytes else {
      throw JSONCursor.Fault(reason: "a member has more than \(JSONMembers.mostBytes) bytes")
    }
    member += bytes
  }

  /// Goes down where the member so far is the name of the nested object.
  private mutating func opensNested() -> Bool {
    guard let nested, !isNested, !hasNested else { return false }
    var name = member.dropFirst()
    guard let last = name.lastIndex(where: { !JSONMembers.isSpace($0) }), name[last] == UInt8(ascii: ":") else {
      return false
    }
    name = name[..<last]
    while let byte = name.last, JSONMembers.isSpace(byte) { name = name.dropLast() }
    guard name.elementsEqual(nested) else { return false }
    (isNested, hasNested, state) = (true, true, .firstMember)
    return true
  }

  private mutating func end(
    by byte: UInt8, _ body: (_ isNested: Bool, ArraySlice<UInt8>) throws -> Void
  ) throws {
    guard byte != UInt8(ascii: "]") else { throw JSONCursor.Fault(reason: "] stands where } is expected") }
    member.append(UInt8(ascii: "}"))
    try body(isNested, member[...])
    if byte == UInt8(ascii: ",") { state = .nextMember } else { close() }
  }

  private mutating func close() {
    state = isNested ? .separator : .end
    isNested = false
  }

  /// Takes a byte between two members.
  private mutating func step(_ byte: UInt8) throws(JSONCursor.Fault) {
    switch (state, byte) {
    case (.start, UInt8(ascii: "{")): state = .firstMember
    case (.firstMember, UInt8(ascii: "}")): close()
    case (.firstMember, UInt8(ascii: "\"")), (.nextMember, UInt8(ascii: "\"")):
      member.removeAll(keepingCapacity: true)
      member += "{\"".utf8
      (state, depth) = (.member, 0)
    case (.separator, UInt8(ascii: ",")): state = .nextMember
    case (.separator, UInt8(ascii: "}")): state = .end
    case (.start, _): throw JSONCursor.Fault(reason: "{ is expected")
    case (.end, _): throw JSONCursor.Fault(reason: "more follows the value")
    default: throw JSONCursor.Fault(reason: "a member is expected")
    }
  }
}
