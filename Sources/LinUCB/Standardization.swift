/// The affine map that gives a feature mean 0 and standard deviation 1 over the training rows.
struct Standardization: Sendable, Equatable {
  let mean: Double
  let scale: Double
}
