/// The cells met so far, numbered in the order of their first appearance.
public struct CellDirectory: Sendable {
  private var index = NameIndex()
  /// The cells by number.
  public private(set) var cells: [Cell] = []

  /// Makes an empty directory.
  public init() {}

  /// How many cells there are.
  public var count: Int { cells.count }

  /// The number of the cell with this text, which is added if it is new; nil unless the text has three parts.
  @inline(__always)
  public mutating func number(of text: Span<UInt8>) -> Int? {
    let number = index.number(of: text)
    if number < cells.count { return number }
    guard let cell = Cell(index[number]) else { return nil }
    cells.append(cell)
    return number
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
