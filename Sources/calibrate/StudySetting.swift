import Simulation

/// A kind of world, and how many outcomes are drawn of it.
struct StudySetting: Sendable {
  let name: String
  let rows: Int
  let world: @Sendable (UInt64) -> World

  init(_ name: String, rows: Int, world: @escaping @Sendable (UInt64) -> World) {
    self.name = name
    self.rows = rows
    self.world = world
  }
}
