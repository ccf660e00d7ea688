/// The cells met so far, numbered in the order of their first appearance.
public struct CellDirectory: Sendable {
  private var index = NameIndex()
  /// The cells by number.
  public private(set) var cells: [Cell] = []

  /// Makes an empty directory.
  public init() {}

  private static let longestName = 10_000

  /// What a cell's text must be, for messages. The tenant `*` is that of fallback rows.
  public static let needs =
    "task, tenant and band must be UTF-8 without a colon, the tenant not *, and together at most \(longestName) bytes"

  /// How many cells there are.
  public var count: Int { cells.count }

  /// The number of the cell with this text, which is added if it is new.
  ///
  /// Nil, and nothing is added, where the text is not what `needs` says.
  @inline(__always)
  public mutating func number(of text: Span<UInt8>) -> Int? {
    if let number = index.existingNumber(of: text) { return number }
    return add(text)
  }

  private mutating func add(_ text: Span<UInt8>) -> Int? {
    guard text.count <= CellDirectory.longestName else { return nil }
    let bytes = text.indices.map { text[$0] }
    guard let name = String(validating: bytes, as: UTF8.self), let cell = Cell(name), cell.tenant != Cell.anyTenant
    else { return nil }
    cells.append(cell)
    return index.number(of: text)
  }

  /// The number of the cell, which is added if it is new.
  public mutating func number(of cell: Cell) -> Int {
    let text = Array(cell.description.utf8)
    let number = index.number(of: text.span)
    if number == cells.count { cells.append(cell) }
    return number
  }

  /// The numbers of the first `count` cells in the order of the cells' bytes, which no order of arrival changes.
  public func canonicalOrder(first count: Int) -> [Int] {
    let names = cells.prefix(count).map { Array($0.description.utf8) }
    return (0..<count).sorted { names[$0].lexicographicallyPrecedes(names[$1]) }
  }
}
