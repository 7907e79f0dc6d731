import TLXSource
import TLXSyntax

/// The inputs of a session as a file of cells that gives the same values: `:save`.
///
/// A cell has the title of the random stream that its input drew from, and the seed stands first. What the prompt allows
/// and a file does not is written in another way: `ans` gets a name, and a name that is defined again becomes a `var`.
struct SavedSession {
  struct Input {
    var text: String
    /// What the session counted it as.
    var number: Int
    /// For a cell whose values came from the run of a file: the stream it drew from, the seed there and that of the session.
    var drawn: Drawn?

    struct Drawn {
      var stream: String
      var seed: UInt64
      var seedAfter: UInt64
    }
  }

  private(set) var text = ""
  /// What could not be kept as it was typed.
  private(set) var remarks: [String] = []
  private var inputs: [Input]
  private var cells: [[Cell]]

  init(_ inputs: [Input], seed: UInt64) {
    self.inputs = inputs
    cells = inputs.map { SavedSession.cells(of: $0.text) }
    nameAnswers()
    joinDefinitions()
    text = "seed(\(seed))\n"
    for input in self.inputs { text += SavedSession.cell(input) }
  }

  private static func cell(_ input: Input) -> String {
    guard let drawn = input.drawn else { return "\n# %% input \(input.number)\n\(input.text)\n" }
    let cell = "\n# %% \(drawn.stream)\n\(input.text)\n"
    guard drawn.seed != drawn.seedAfter else { return cell }
    return "\n# %%\nseed(\(drawn.seed))\n\(cell)\n# %%\nseed(\(drawn.seedAfter))\n"
  }

  private static func cells(of text: String) -> [Cell] {
    parse(SourceText(name: "", text: text), mode: .prompt).cells
  }

  // MARK: - ans

  /// `ans` is the value of the last input that showed one: that input gives it a name.
  private mutating func nameAnswers() {
    for position in inputs.indices
    where cells[position].contains(where: { $0.dependencies.used.contains("ans") }) {
      guard let source = (0..<position).last(where: { isExpression($0) }) else { continue }
      let name = "ans\(inputs[source].number)"
      if !inputs[source].text.hasPrefix("let \(name) = ") {
        replace(source, with: "let \(name) = \(inputs[source].text)\n\(name)")
      }
      let text = inputs[position].text
      let whole = text.drop { $0.isWhitespace }.hasPrefix("|>") ? "\(name) \(text)" : text
      replace(position, with: SavedSession.replacing("ans", by: name, in: whole))
    }
  }

  /// Whether an input is one expression, or was one before it got a name.
  private func isExpression(_ position: Int) -> Bool {
    if inputs[position].text.hasPrefix("let ans\(inputs[position].number) = ") { return true }
    guard cells[position].count == 1, cells[position][0].statements.count == 1 else { return false }
    if case .expression = cells[position][0].statements[0].kind { return true }
    return false
  }

  /// Whole words only.
  private static func replacing(_ word: String, by other: String, in text: String) -> String {
    var result = ""
    var rest = text[...]
    func isPart(_ character: Character?) -> Bool {
      character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
    }
    while let range = rest.firstRange(of: word) {
      result += rest[..<range.lowerBound]
      rest = rest[range.upperBound...]
      // A field of that name is another thing.
      let isWord = !isPart(result.last) && result.last != "." && !isPart(rest.first)
      result += isWord ? other : word
    }
    return result + rest
  }

  private mutating func replace(_ position: Int, with text: String) {
    inputs[position].text = text
    cells[position] = SavedSession.cells(of: text)
  }

  // MARK: - Names that are defined twice

  private mutating func joinDefinitions() {
    var places: [String: [Int]] = [:]
    for position in inputs.indices {
      for name in Set(cells[position].flatMap(\.dependencies.defined)) {
        places[name, default: []].append(position)
      }
    }
    for (name, positions) in places.sorted(by: { $0.key < $1.key }) where positions.count > 1 {
      if positions.allSatisfy({ binding(of: name, at: $0) != nil }) {
        for (order, position) in positions.enumerated() { rewrite(name, at: position, isFirst: order == 0) }
      } else {
        leaveOut(name, positions)
      }
    }
  }

  /// `let x =` or `var x =` of an input that is nothing but that, from its first byte to the end of the name.
  private func binding(of name: String, at position: Int) -> Span? {
    guard cells[position].count == 1 else { return nil }
    for statement in cells[position][0].statements {
      guard case .binding(_, let pattern, nil, _) = statement.kind, case .name(name) = pattern.kind else {
        continue
      }
      return Span(statement.span.start, pattern.span.end)
    }
    return nil
  }

  private mutating func rewrite(_ name: String, at position: Int, isFirst: Bool) {
    guard let span = binding(of: name, at: position) else { return }
    var bytes = Array(inputs[position].text.utf8)
    bytes.replaceSubrange(span.start..<span.end, with: Array((isFirst ? "var \(name)" : name).utf8))
    replace(position, with: String(decoding: bytes, as: UTF8.self))
  }

  /// Earlier definitions that cannot become assignments stay as comments.
  private mutating func leaveOut(_ name: String, _ positions: [Int]) {
    guard let last = positions.last else { return }
    for position in positions.dropLast() {
      let lines = inputs[position].text.split(separator: "\n", omittingEmptySubsequences: false)
      replace(position, with: lines.map { "# \($0)" }.joined(separator: "\n"))
      remarks.append(
        "input \(inputs[position].number) is a comment now, since input \(inputs[last].number) defines `\(name)` anew"
      )
    }
  }
}
