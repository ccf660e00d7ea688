/// Finds what people and models said to each other, by the label in front of it. What formats with keys and columns say
/// is known by name; this is for prose, where only a label gives it away.
enum TranscriptRule {
  private static let labels: Set<String> = [
    "prompt", "completion", "question", "answer", "user", "assistant", "system prompt", "human", "response",
    "rationale",
    "judge rationale", "user input", "model output", "transcript", "conversation", "instruction", "input text", "q",
    "a", "ai",
    "input", "output", "message", "messages", "generated text", "chatbot", "bot", "customer", "request text",
    "response text", "explanation", "feedback",
  ]
  /// Words that name nothing else than what a person or a model said.
  private static let words = [
    "prompt", "completion", "question", "answer", "transcript", "rationale", "input_text", "generated_text",
    "user_input",
    "model_output", "response_text", "request_text", "judge_rationale", "conversation", "instruction",
  ].map { Array($0.utf8) }
  private static let labelsOfTurns = [
    "<|im_start|>", "<|user|>", "<|assistant|>", "[inst]", "<<sys>>", "### instruction", "### response",
  ]

  /// The lines that begin with such a label and say something.
  static func flaws(in bytes: ArraySlice<UInt8>) -> [Flaw] {
    ReleaseText.lines(bytes).compactMap { line in
      let isSaid = label(of: line) != nil || isHeading(line) || hasSaying(line)
      return isSaid ? Flaw(offset: line.startIndex, what: "a line of a conversation") : nil
    }
  }

  /// Whether code gives such a name to a literal of several words.
  static func isName(_ name: ArraySlice<UInt8>) -> Bool {
    let lower = name.map { $0.isUppercase ? $0 | 0x20 : $0 }
    return words.contains(lower)
  }

  /// A heading, or a line in bold, that is such a label and nothing else.
  private static func isHeading(_ line: ArraySlice<UInt8>) -> Bool {
    guard line.first == 35 || line.starts(with: "**".utf8) else { return false }
    let name = line.drop { "#*: ".utf8.contains($0) }
    return labels.contains(name.prefix { !"#*:".utf8.contains($0) }.trimmed.text.lowercased()) && name.count < 30
  }

  /// `prompt="two words"`, wherever it stands on the line.
  private static func hasSaying(_ line: ArraySlice<UInt8>) -> Bool {
    for sign in line.indices where line[sign] == 61 || line[sign] == 58 {
      let before = line[..<sign].reversed().drop { "\"' ".utf8.contains($0) }.prefix(while: \.isWord)
      let value = line[(sign + 1)...].drop { $0 == 32 }
      guard let quote = value.first, quote == 34 || quote == 39, isName(Array(before.reversed())[...]) else { continue }
      if value.dropFirst().prefix(while: { $0 != quote }).trimmed.contains(32) { return true }
    }
    return false
  }

  /// The label in front of a line that says something after it.
  static func label(of line: ArraySlice<UInt8>) -> String? {
    let start = line.drop { !$0.isLetter && $0 != 60 && $0 != 91 }
    let words = start.prefix(40)
    guard let first = words.first else { return nil }
    if first == 60 || first == 91 || line.first == 35 {
      let lower = line.prefix(40).text.lowercased()
      if let turn = labelsOfTurns.first(where: lower.contains) { return turn }
    }
    guard let colon = words.firstIndex(where: { $0 == 58 || $0 == 61 }) else { return nil }
    let name = line.text.isEmpty ? "" : words[..<colon].text.lowercased()
    let plain = name.filter { $0.isLetter || $0 == " " || $0 == "_" || $0 == "-" }
      .replacing("_", with: " ").replacing("-", with: " ")
    let label = plain.split(separator: " ").joined(separator: " ")
    let said = line[(colon + 1)...].drop { !$0.isLetter && !$0.isDigit && $0 < 128 }
    guard labels.contains(label), line[colon] == 58, said.split(separator: 32).count >= 2 else { return nil }
    return label
  }
}
