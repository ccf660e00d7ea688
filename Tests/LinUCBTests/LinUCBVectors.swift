/// A vector of the arrowhead form: shared features and a one-hot cell.
struct CellVector: Decodable {
  struct Arm: Decodable {
    let model: String
    let prior: Double
    let theta_shared: [Double]
    let theta_cell: [Double]
    let probe_mean: [Double]
    let probe_width: [Double]
    let probe_ucb: [Double]
  }

  let ridge_shared: Double
  let ridge_cell: Double
  let alpha: Double
  let shared: [[Double]]
  let cell: [Int]
  let cells: Int
  let arm: [String]
  let reward: [Double]
  let weight: [Double]
  let probe_shared: [[Double]]
  let probe_cell: [Int]
  let expected: [Arm]
}

/// A vector of the dense form: no cells.
struct DenseVector: Decodable {
  struct Arm: Decodable {
    let model: String
    let prior: Double
    let theta: [Double]
    let probe_mean: [Double]
    let probe_width: [Double]
    let probe_ucb: [Double]
  }

  let ridge: Double
  let alpha: Double
  let contexts: [[Double]]
  let arm: [String]
  let reward: [Double]
  let weight: [Double]
  let probes: [[Double]]
  let expected: [Arm]
}

/// The values that MABWiser's tests publish.
struct PublishedVector: Decodable {
  struct LinUCB: Decodable {
    struct Case: Decodable {
      let alpha: Double
      let arms: [Int]
      let decisions: [Int]
      let rewards: [Double]
      let ucb: [[Double]]
    }

    let history: [[Double]]
    let ridge: Double
    let queries: [[Double]]
    let cases: [Case]
  }

  let linucb: LinUCB
}
