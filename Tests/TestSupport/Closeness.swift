internal import Foundation

/// Whether two numbers agree to a share of their size, or of 1 where they are smaller.
public func isClose(_ a: Double, _ b: Double, relative tolerance: Double = 1e-9) -> Bool {
  abs(a - b) <= tolerance * max(1, abs(a), abs(b))
}

/// Whether all numbers of two lists agree.
public func areClose(_ a: [Double], _ b: [Double], relative tolerance: Double = 1e-9) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { isClose($0, $1, relative: tolerance) }
}

/// The natural logarithm, for tests that need nothing else of the C library.
public func logarithm(_ value: Double) -> Double { log(value) }
