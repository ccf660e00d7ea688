import Outcomes
import Policies
import Simulation
import Testing
import Worker

@Suite struct LedgerRoomTests {
  /// What is learned where the last model's slug has this many letters more.
  private func learn(moreLetters: Int) throws -> (table: LedgerTable, learning: Learning) {
    let world = World.stationary(seed: 1, exploration: 0.4)
    let models = world.catalog.models.enumerated().map { arm, model in
      CatalogModel(
        slug: model.slug + String(repeating: "x", count: arm == world.catalog.models.count - 1 ? moreLetters : 0),
        prior: model.prior, inputPrice: model.inputPrice, outputPrice: model.outputPrice, isAllowed: true)
    }
    let catalog = Catalog(models: models)
    var directory = CellDirectory()
    for cell in world.cells { _ = directory.number(of: cell) }
    let outcomes = Log(world, rows: 4000, seed: 1).compactMap { $0.outcome(in: world) }
    var source = RecordedOutcomes(directory: directory, training: outcomes[...], holdout: [])
    let incumbent = Policy.untrained(exploration: 0.05)
    let learning = try Learning.learn(from: &source, catalog: catalog, settings: Settings(), incumbent: incumbent)
      .learning
    return (
      LedgerTable(
        learning.candidate, beside: incumbent, catalog: catalog, rule: .cheapestClearingFloor, minimumSupport: 15),
      learning
    )
  }

  @Test("a policy that the ledger has no room for is bad settings, with the cure that helps")
  func tooLarge() throws {
    // The slug stands in the table once for each of some two hundred cells.
    let (table, learning) = try learn(moreLetters: 2_000_000)
    for (hasPolicy, cure) in [
      (false, "ALTER TABLE lab.training_runs ADD COLUMN policy bytea"), (true, "shorter slugs"),
    ] {
      let failure = #expect(throws: RunFailure.self) {
        try table.requireRoom(learning, schema: "lab", hasPolicy: hasPolicy, mayServe: true)
      }
      #expect(
        failure?.status == .settings && failure?.description.contains(cure) == true, "\(failure?.description ?? "")")
    }
  }

  @Test("any other policy has room", arguments: [true, false], [true, false])
  func fits(hasPolicy: Bool, mayServe: Bool) throws {
    let (table, learning) = try learn(moreLetters: 0)
    try table.requireRoom(learning, schema: "public", hasPolicy: hasPolicy, mayServe: mayServe)
  }
}
