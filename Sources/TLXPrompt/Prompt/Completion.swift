import TLXRuntime

/// What Tab offers.
struct Completion: Equatable {
  struct Candidate: Equatable {
    /// What replaces the prefix.
    var text: String
    /// One line beside it when there are several.
    var summary: String
    /// What is inserted after it once it is chosen: `(`, `=`, a closing quote.
    var suffix: String

    init(_ text: String, _ summary: String = "", suffix: String = "") {
      self.text = text
      self.summary = summary
      self.suffix = suffix
    }
  }

  /// What has been typed of the word.
  var prefix: String
  /// Those that start with the prefix, sorted.
  var candidates: [Candidate]

  static let none = Completion(prefix: "", candidates: [])

  /// Keeps the candidates that start with the prefix; without any, those that differ only in case.
  init(prefix: String, candidates: [Candidate]) {
    self.prefix = prefix
    var matching = candidates.filter { $0.text.hasPrefix(prefix) }
    if matching.isEmpty && !prefix.isEmpty {
      let lowered = prefix.lowercased()
      matching = candidates.filter { $0.text.lowercased().hasPrefix(lowered) }
    }
    var seen: Set<String> = []
    self.candidates = matching.filter { seen.insert($0.text).inserted }
  }

  /// What Tab inserts at once: the rest of the only candidate, or what all have in common. Nil if that is nothing.
  func insertion(after text: String, at cursor: Int) -> (deleted: Int, text: String)? {
    guard let first = candidates.first else { return nil }
    var common = Substring(first.text)
    for candidate in candidates.dropFirst() { common = common.commonPrefix(with: candidate.text) }
    let typed = prefix.unicodeScalars.count
    guard candidates.count == 1 else {
      guard common.count > prefix.count else { return nil }
      return (typed, String(common))
    }
    // A suffix that is there already is not typed twice.
    let rest = String(decoding: text.utf8.dropFirst(cursor), as: UTF8.self)
    let suffix = !first.suffix.isEmpty && rest.hasPrefix(first.suffix) ? "" : first.suffix
    if first.text + suffix == prefix { return nil }
    return (typed, first.text + suffix)
  }

  /// The candidates with their summaries, one a row; without summaries in columns.
  func menu(columns: Int, rows: Int) -> String {
    let hasSummaries = candidates.contains { !$0.summary.isEmpty }
    let lines = hasSummaries ? summaryLines(columns: columns) : columnLines(columns: columns)
    guard lines.count > rows else { return lines.map { $0 + "\r\n" }.joined() }
    let shown = lines.prefix(rows - 1)
    let missing = hasSummaries ? "\(lines.count - shown.count) more" : "more"
    return (shown + ["… \(missing)"]).map { $0 + "\r\n" }.joined()
  }

  private func summaryLines(columns: Int) -> [String] {
    let widest = candidates.map { TextWidth.columns($0.text) }.max() ?? 0
    let column = min(widest, max(columns / 2, 8))
    return candidates.map { candidate in
      let name = TextWidth.cut(candidate.text, to: column)
      let gap = String(repeating: " ", count: max(column - TextWidth.columns(name), 0) + 2)
      let line = candidate.summary.isEmpty ? name : name + gap + candidate.summary
      return TextWidth.cut(line, to: columns - 1)
    }
  }

  private func columnLines(columns: Int) -> [String] {
    let width = (candidates.map { TextWidth.columns($0.text) }.max() ?? 0) + 2
    let perRow = max(columns / width, 1)
    return stride(from: 0, to: candidates.count, by: perRow).map { start in
      candidates[start..<min(start + perRow, candidates.count)].map { candidate in
        let name = TextWidth.cut(candidate.text, to: columns - 1)
        return name + String(repeating: " ", count: max(width - TextWidth.columns(name), 0))
      }.joined()
    }
  }
}

extension Substring {
  fileprivate func commonPrefix(with other: String) -> Substring {
    var end = startIndex
    for (own, its) in zip(indices, other) {
      guard self[own] == its else { break }
      end = index(after: own)
    }
    return self[..<end]
  }
}
