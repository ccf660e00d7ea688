import Reports

/// A run's report as the caller asked for it.
enum ReportText {
  static func of(_ report: RunReport, format: OutputFormat, explain: Bool) throws -> String {
    if format == .json { return try JSONReport.text(report) }
    return explain ? TextReport.explainedText(report) : TextReport.text(report)
  }
}
