/// A line of a dataset, judged by the funnel.
struct DatasetRow {
  /// The step at which it falls; nil where it is eligible.
  let step: FunnelStep?
  /// What became of the call.
  let status: CallStatus
  /// Whether it would be eligible if it were judged by another than the chosen model.
  let isTraffic: Bool
  /// When it was created.
  let instant: Instant
  /// The number of its judge, by first appearance.
  let judge: Int
  /// The number of its source, by first appearance.
  let source: Int
  /// The chosen model; 0 where it is not in the catalog.
  let arm: Int
  /// The judge's score; 1 where there is none.
  let score: Double
  /// Whether the record says anything of a cost.
  let hasCost: Bool
}
