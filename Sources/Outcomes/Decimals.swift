extension Double {
  /// The number with this many decimals (at most 9), for people: `0.0312`, `-12.50`.
  public func decimals(_ places: Int) -> String {
    guard isFinite else { return description }
    let power = (0..<places).reduce(1.0) { power, _ in power * 10 }
    guard magnitude * power < 9e18 else { return description }
    let scaled = Int64((self * power).rounded())
    let divisor = UInt64(power)
    let fraction = String(scaled.magnitude % divisor)
    let sign = scaled < 0 ? "-" : ""
    let whole = "\(sign)\(scaled.magnitude / divisor)"
    guard places > 0 else { return whole }
    return whole + "." + String(repeating: "0", count: places - fraction.count) + fraction
  }

  /// The number with this many decimals and its sign: `+0.0312`.
  public func signedDecimals(_ places: Int) -> String {
    let text = decimals(places)
    return text.hasPrefix("-") ? text : "+" + text
  }
}
