import Replay
import TestSupport
import Testing

@Suite struct IntervalTests {
  /// Quantiles from published tables (NIST/SEMATECH e-Handbook, 1.3.6.7.2).
  @Test(
    "Student's quantiles are the tables'",
    arguments: [(1.0, 0.975, 12.706), (2, 0.975, 4.303), (5, 0.95, 2.015), (30, 0.995, 2.750), (100, 0.999, 3.174)])
  func tables(degrees: Double, probability: Double, expected: Double) {
    let t = StudentTDistribution(degreesOfFreedom: degrees)
    #expect(abs(t.quantile(probability) - expected) < 6e-4)
    #expect(abs(t.quantile(1 - probability) + expected) < 6e-4)
  }

  @Test("the quantile is the inverse of the distribution", arguments: [1e-7, 0.01, 0.2, 0.5, 0.7, 0.9999])
  func inverse(probability: Double) {
    for degrees in [1.0, 3.5, 40, 2000] {
      let t = StudentTDistribution(degreesOfFreedom: degrees)
      #expect(abs(t.cumulative(t.quantile(probability)) - probability) < 1e-9 * (1 + probability), "\(degrees)")
    }
  }

  @Test("with many degrees of freedom it is the normal distribution")
  func limit() {
    let t = StudentTDistribution(degreesOfFreedom: 1e7)
    for z in [-3.0, -0.5, 0, 1, 2.5] { #expect(abs(t.cumulative(z) - NormalDistribution.cumulative(z)) < 1e-6) }
  }

  /// n = 4 rows 0, 0, 0, 1 in [0,1]: V = 1/4, so at δ = 0.05 the margin is √(2·0.25·ln 40/4) + 7·ln 40/(3·3).
  @Test("the empirical Bernstein bound is the theorem's")
  func empiricalBernstein() {
    var moments = Moments()
    for value in [0.0, 0, 0, 1] { moments.add(value) }
    let difference = PairedDifference(
      rows: moments, groupSums: [0, 1], groupWeights: [2, 2], range: 0...1)
    let logarithm = 3.6888794541139363
    let margin = (2 * 0.25 * logarithm / 4).squareRoot() + 7 * logarithm / 9
    #expect(isClose(difference.empiricalBernsteinMargin(error: 0.05), margin))
  }

  @Test("where few rows carry the weight, the variance that the fit expects widens the interval")
  func expectedVariance() {
    var moments = Moments()
    for _ in 0..<100 { moments.add(0.1) }
    moments.add(0.3)
    func difference(effectiveRows: Double) -> PairedDifference {
      PairedDifference(
        rows: moments, groupSums: [5, 5.3], groupWeights: [50, 51], expectedVariance: 0.04, effectiveRows: effectiveRows
      )
    }
    let (few, many) = (difference(effectiveRows: 10), difference(effectiveRows: 1e9))
    #expect(few.standardError > 0.19 && isClose(many.standardError, many.clusteredStandardError, relative: 1e-4))
    #expect(few.studentTMargin(error: 0.05) > many.studentTMargin(error: 0.05))
  }

  @Test("one agent with nearly all calls leaves hardly a degree of freedom")
  func effectiveGroups() {
    var moments = Moments()
    for _ in 0..<1000 { moments.add(1) }
    let weights = [990.0] + [Double](repeating: 1, count: 10)
    let difference = PairedDifference(rows: moments, groupSums: weights, groupWeights: weights)
    #expect(difference.groups == 11 && difference.effectiveGroups < 1.03)
  }

  @Test("the cluster-robust error of equal groups is that of their means")
  func clustered() {
    var moments = Moments()
    let means = [0.1, 0.4, 0.3, 0.8]
    for mean in means { for _ in 0..<5 { moments.add(mean) } }
    let difference = PairedDifference(
      rows: moments, groupSums: means.map { 5 * $0 }, groupWeights: [5, 5, 5, 5], range: nil)
    var ofMeans = Moments()
    for mean in means { ofMeans.add(mean) }
    #expect(isClose(difference.clusteredStandardError, ofMeans.standardError))
  }
}
