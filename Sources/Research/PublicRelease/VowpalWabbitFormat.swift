/// Reads Vowpal Wabbit's text of decisions. A bare word is no feature here: a context of words is a text.
enum VowpalWabbitFormat {
  private static let enough = 5
  private static let longestFeature = 60

  /// Whether a text is of this kind: its first line that is not blank is an example.
  static func isLikely(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let line = ReleaseText.lines(bytes.prefix(4096)).first(where: { !$0.trimmed.isEmpty }),
      let bar = line.firstIndex(of: 124)
    else { return false }
    return isLabel(line[..<bar])
  }

  /// The flaws of a file.
  static func flaws(in bytes: ArraySlice<UInt8>) -> [Flaw] {
    var found: [Flaw] = []
    for line in ReleaseText.lines(bytes) where !line.trimmed.isEmpty && found.count < enough {
      guard let bar = line.firstIndex(of: 124), isLabel(line[..<bar]) else {
        found.append(Flaw(offset: line.startIndex, what: "no example of Vowpal Wabbit"))
        continue
      }
      let spaces = line[(bar + 1)...].split(separator: 124, omittingEmptySubsequences: false)
      if !spaces.allSatisfy(isNamespace) {
        found.append(Flaw(offset: line.startIndex, what: "a feature that is a text"))
      }
    }
    return found
  }

  /// Nothing, `shared`, or `action:cost:probability`, and perhaps a tag.
  private static func isLabel(_ text: ArraySlice<UInt8>) -> Bool {
    let words = text.split(separator: 32)
    guard let first = words.first else { return true }
    let isNumbers = first.split(separator: 58, omittingEmptySubsequences: false).allSatisfy {
      ValueForm.isNumber($0) && !$0.isEmpty
    }
    let isTag = words.dropFirst().allSatisfy { $0.first == 39 && $0.count <= 40 && ValueForm.isName($0.dropFirst()) }
    return (first.text == "shared" || isNumbers || words.count == 1 && first.first == 39) && words.count <= 2 && isTag
  }

  private static func isNamespace(_ text: ArraySlice<UInt8>) -> Bool {
    let features = text.split(separator: 32)
    // What touches the bar is the namespace's name.
    let rest = text.first == 32 || text.isEmpty ? features[...] : features.dropFirst()
    return rest.allSatisfy(isFeature)
  }

  private static func isFeature(_ text: ArraySlice<UInt8>) -> Bool {
    text.count <= longestFeature && ValueForm.isName(text)
      && (text.count <= 2 || text.contains { $0 == 61 || $0 == 58 || $0.isDigit })
  }
}
