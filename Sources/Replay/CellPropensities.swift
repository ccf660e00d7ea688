/// What is known, before its rows are seen, of the propensities in a cell: for each kind, one number an arm.
struct CellPropensities {
  /// The least that training saw logged for the arm in the task; infinite where it saw none.
  let leastLogged: [Double]
  /// The estimated share of the arm in the cell's training rows; 0 where training has no row without a propensity.
  let estimated: [Double]
  /// Whether the pick changes, so that the cell's rows carry the lift.
  let isChanged: Bool

  /// The least that a row of each arm can have; infinite where rows of the arm have no weight.
  var least: [Double] {
    leastLogged.indices.map { arm in min(leastLogged[arm], estimated[arm] > 0 ? estimated[arm] : .infinity) }
  }
}
