/// The checks that only the ledger can make, in the transaction that records the run.
extension Gate {
  /// The incumbent is still the one that was replayed.
  public static func incumbentCheck(replayed: String, now: String) -> GateCheck {
    GateCheck(
      .incumbent, replayed == now, observed: "the incumbent is \(now)", required: "\(replayed), which was replayed")
  }

  /// Every model that the candidate picks may still be chosen.
  /// - Parameter lost: the models that may not.
  public static func enrolmentCheck(lost: [String]) -> GateCheck {
    let names = lost.prefix(3).joined(separator: ", ") + (lost.count > 3 ? " and \(lost.count - 3) more" : "")
    return GateCheck(
      .enrolment, lost.isEmpty,
      observed: lost.isEmpty
        ? "every model that the candidate picks is allowed and has prices and a prior"
        : "the candidate picks \(names), which is not allowed any more or has lost a price or its prior",
      required: "every pick may still be chosen when the run is recorded")
  }

  /// The version reaches every tenant.
  /// - Parameters:
  ///   - moved: how many tenants were moved.
  ///   - last: how many the last promotion moved; nil where that is not known.
  ///   - counted: how many there are by the server's statistics; nil where they say nothing.
  ///   - isFewerAllowed: whether the operator allows fewer.
  public static func reachCheck(
    moved: Int, last: Int?, counted: Int?, isEnough: Bool, isFewerAllowed: Bool
  ) -> GateCheck {
    let known = [
      last.map { "the last promotion moved \($0)" }, counted.map { "the statistics count about \($0)" },
    ].compactMap(\.self)
    return GateCheck(
      .reach, isEnough ? .pass : isFewerAllowed ? .warn : .fail,
      observed: "\(moved) \(moved == 1 ? "tenant" : "tenants") moved"
        + (known.isEmpty ? "" : ", " + known.joined(separator: " and ")),
      required: "as many as the last promotion moved, or as many as there are",
      detail: isEnough || isFewerAllowed
        ? ""
        : "look for a trigger, a view or a policy that hides tenants; if there are fewer now, allow it with "
          + "--allow-fewer-tenants")
  }
}
