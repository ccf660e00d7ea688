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

  /// The number with this many significant digits, in scientific form from 10⁶ on: `41.3`, `2.48e+11`.
  public func significant(_ digits: Int) -> String {
    guard isFinite, self != 0 else { return description }
    var exponent = 0
    var mantissa = magnitude
    while mantissa >= 10 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 1 {
      mantissa *= 10
      exponent -= 1
    }
    guard exponent >= 6 || exponent < -4 else { return decimals(max(digits - 1 - exponent, 0)) }
    let sign = self < 0 ? "-" : ""
    return "\(sign)\(mantissa.decimals(digits - 1))e\(exponent < 0 ? "-" : "+")\(exponent.magnitude)"
  }
}
