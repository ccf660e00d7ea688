/// Reads SQL by statements: each begins with a keyword of SQL, and none carries rows with anything but short names.
struct SQLFormat {
  private static let starts = KnownFields.words(
    """
    alter analyze begin call checkpoint close cluster comment commit copy create deallocate declare delete discard do drop end
    execute explain fetch grant insert listen lock notify prepare refresh reindex release reset revoke rollback savepoint
    select set show start table truncate unlisten update vacuum values with
    """)
  private static let textInRow = "a text in a row of SQL"
  private static let production = ["prod", "production"]

  /// The flaws of a file.
  static func flaws(ofFile bytes: ArraySlice<UInt8>) -> [Flaw] {
    let tokens = SQLTokens(bytes)
    if let end = tokens.unfinished { return [Flaw(offset: end, what: "a text in quotes that does not end")] }
    var found: [Flaw] = []
    for comment in tokens.comments {
      found += TranscriptRule.flaws(in: comment) + FragmentRule.flaws(in: comment)
    }
    for statement in tokens.statements {
      guard let first = statement.first else { continue }
      if !starts.contains(first.word) {
        found.append(Flaw(offset: first.offset, what: "no statement of SQL"))
        break
      }
      found += flaws(of: statement)
    }
    return found
  }

  /// The flaws of statements inside of a literal that insert or copy rows.
  static func flaws(ofInsertsIn text: ArraySlice<UInt8>) -> [Flaw] {
    let upper = text.text.uppercased()
    guard upper.contains("INSERT INTO") || upper.contains("COPY ") else { return [] }
    return SQLTokens(text).statements.flatMap { statement in
      statement.first.map { ["insert", "copy"].contains($0.word) } == true ? rows(of: statement, isEmbedded: true) : []
    }
  }

  private static func flaws(of statement: [SQLTokens.Token]) -> [Flaw] {
    // What a statement carries that is no row may be a text only where people write one.
    let isProse = ["comment", "do", "alter"].contains(statement.first?.word)
    var found = rows(of: statement) + (isProse ? [] : literals(of: statement))
    for token in statement where token.kind == .text {
      let inner = token.content
      if token.isBody {
        found += SQLTokens(inner).statements.flatMap { statement in
          // BEGIN, IF and LOOP may stand in front.
          rows(of: Array(statement.drop { !["insert", "copy", "update"].contains($0.word) }))
        }
      } else if inner.count > 300 {
        found.append(Flaw(offset: token.offset, what: "a long text in SQL"))
      }
    }
    return found
  }

  /// What is wrong with the rows that a statement carries.
  private static func rows(of statement: [SQLTokens.Token], isEmbedded: Bool = false) -> [Flaw] {
    guard let first = statement.first else { return [] }
    switch first.word {
    case "copy":
      let isFromInput = zip(statement, statement.dropFirst()).contains { $0.word == "from" && $1.word == "stdin" }
      return isFromInput && first.isFollowedByData ? [Flaw(offset: first.offset, what: "rows of COPY")] : []
    case "insert": return insert(statement, isEmbedded: isEmbedded)
    case "update", "with", "values", "merge": return literals(of: statement, isRow: true)
    default: return []
    }
  }

  private static func insert(_ statement: [SQLTokens.Token], isEmbedded: Bool) -> [Flaw] {
    guard let values = statement.firstIndex(where: { $0.word == "values" }) else {
      return literals(of: statement, isRow: true)
    }
    let columns = statement[..<values].drop { $0.word != "(" }.dropFirst().prefix { $0.word != ")" }
      .filter { $0.word != "," }
    // A statement in code may take its columns from elsewhere.
    let isKnown = columns.allSatisfy {
      SQLColumns.names.contains($0.word) || isEmbedded && $0.word.first?.isNumber == true
    }
    guard isKnown, isEmbedded || !columns.isEmpty else {
      return [Flaw(offset: statement[0].offset, what: "rows of INSERT with columns that are not known")]
    }
    return literals(of: statement, isRow: true)
  }

  /// Texts that are more than a short name.
  private static func literals(of statement: [SQLTokens.Token], isRow: Bool = false) -> [Flaw] {
    let found = zip(statement.indices, statement).first { number, token in
      guard token.kind == .text, !token.isBody else { return false }
      // The reason of a run is a sentence.
      if number > 1, statement[number - 2].word == "promote_reason" { return false }
      let text = token.content.trimmed
      if isRow, production.contains(text.text.lowercased()) { return true }
      if text.first == 123 || text.first == 91 { return false }
      return text.split(separator: 32).count > 3
    }
    return found.map { [Flaw(offset: $0.1.offset, what: textInRow)] } ?? []
  }
}

/// The columns into which statements of a public tree insert.
enum SQLColumns {
  static let names = Set(KnownFields.columns.keys).union(
    KnownFields.words(
      """
      id name slug tenant_id agent_id provider_id model_id inference_id status active_policy active_policy_version q_prior
      price_in_per_mtok_usd price_out_per_mtok_usd m_allowed quality_weight cost_weight latency_weight fallback_enabled
      fallback_penalty_pct cost_usd completed_at run_at cadence judge_model outcomes_judged policy_version_from
      policy_version_to promoted promote_reason replay_gate_passed per_cell delta_done_rate delta_cost_usd exploration_floor
      ruleset_hash evaluation policy drawn_at probability scored_at human_score
      """))
}
