/// What is known, before its rows are seen, of the propensities in a cell: for each kind, one number an arm.
struct CellPropensities {
  /// The least that training saw logged for the arm in the task; infinite where it saw none.
  let leastLogged: [Double]
  /// The smoothed share of the arm in the cell's training rows; 0 where training has no row without a propensity.
  let estimated: [Double]
  /// The share of the versions that would choose the arm; 0 where no versions are known.
  let versions: [Double]

  /// The least that a row of each arm can have; infinite where rows of the arm have no weight.
  var least: [Double] {
    leastLogged.indices.map { arm in
      min(
        leastLogged[arm], estimated[arm] > 0 ? estimated[arm] : .infinity,
        versions[arm] > 0 ? versions[arm] : .infinity)
    }
  }
}
