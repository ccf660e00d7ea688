/// A vector of doubles with one owner.
public struct Vector: ~Copyable {
  let base: UnsafeMutablePointer<Double>
  /// The number of elements.
  public let count: Int

  /// Makes a vector of `count` zeros.
  public init(zeros count: Int) {
    precondition(count >= 0)
    self.count = count
    base = .allocate(capacity: max(count, 1))
    base.initialize(repeating: 0, count: max(count, 1))
  }

  /// Makes a vector of the elements given.
  public init(_ elements: [Double]) {
    self.init(zeros: elements.count)
    for (index, element) in elements.enumerated() { self[index] = element }
  }

  deinit { base.deallocate() }

  /// The element at `index`, which is checked.
  public subscript(index: Int) -> Double {
    get {
      precondition(index >= 0 && index < count)
      return base[index]
    }
    set {
      precondition(index >= 0 && index < count)
      base[index] = newValue
    }
  }

  /// A copy of the elements.
  public var elements: [Double] { (0..<count).map { self[$0] } }

  /// Throws `LinearAlgebraError.notFinite` with this name unless every element is finite.
  public func requireFinite(_ name: String) throws(LinearAlgebraError) {
    for index in 0..<count where !self[index].isFinite {
      throw .notFinite(name: name, row: index, column: 0, value: "\(self[index])")
    }
  }
}
