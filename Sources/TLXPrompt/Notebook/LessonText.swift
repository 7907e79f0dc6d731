import TLXNotebook
import TLXRuntime
import TLXSource
import TLXSyntax

/// Cells of a lesson as text for a terminal.
struct LessonText {
  let width: Int
  let hasColor: Bool
  /// Room around everything, for a projector.
  let isLarge: Bool

  private func styled(_ text: String, _ code: String) -> String {
    hasColor ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }

  func title(_ lesson: Lesson) -> String {
    let name = Notebook.label(of: lesson.cell, at: lesson.position)
    let place = "\(lesson.position + 1)/\(lesson.tree.cells.count)"
    if isLarge, let lines = LargeType.lines(name, width: width) {
      return "\n" + lines.map { styled($0, "1") + "\n" }.joined() + "\n" + styled(place, "2") + "\n\n"
    }
    let line = isLarge ? name.uppercased() : name
    let rule = String(repeating: isLarge ? "━" : "─", count: min(width, max(TextWidth.columns(line), 12)))
    return "\n\(styled(line, "1"))  \(styled(place, "2"))\n\(styled(rule, "2"))\n\(isLarge ? "\n" : "")"
  }

  /// Markdown as a terminal can show it: paragraphs wrapped, lists, headings and code set off.
  func prose(_ markdown: String) -> String {
    var result = ""
    var paragraph = ""
    var isCode = false
    func flush() {
      guard !paragraph.isEmpty else { return }
      result += wrapped(paragraph, indent: 0) + "\n"
      paragraph = ""
    }
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("```") {
        flush()
        isCode.toggle()
      } else if isCode {
        result += "    " + line + "\n"
      } else if line.allSatisfy(\.isWhitespace) {
        flush()
        result += "\n"
      } else if line.hasPrefix("#") {
        flush()
        result += styled(String(line.drop { $0 == "#" || $0 == " " }), "1") + "\n"
      } else if let item = listItem(line) {
        flush()
        result += "  • " + wrapped(item, indent: 4).drop { $0 == " " } + "\n"
      } else if line.hasPrefix("|") {
        flush()
        result += line + "\n"
      } else {
        paragraph += (paragraph.isEmpty ? "" : " ") + line
      }
    }
    flush()
    return result + (isLarge ? "\n" : "")
  }

  private func listItem(_ line: String) -> String? {
    for mark in ["- ", "* "] where line.hasPrefix(mark) { return String(line.dropFirst(2)) }
    return nil
  }

  private func wrapped(_ text: String, indent: Int) -> String {
    let pad = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty,
        TextWidth.columns(line) + 1 + TextWidth.columns(String(word)) > min(width, 90) - indent
      {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(line)
    return lines.map { pad + emphasized($0) }.joined(separator: "\n")
  }

  /// `**bold**` and `code` without their marks.
  private func emphasized(_ line: String) -> String {
    let bold = line.components(of: "**").enumerated().map { $0 % 2 == 1 ? styled($1, "1") : $1 }.joined()
    return bold.components(of: "`").enumerated().map { $0 % 2 == 1 ? styled($1, "36") : $1 }.joined()
  }

  func code(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var result = ""
    var position = 0
    for (range, kind) in highlight(text) where hasColor && range.lowerBound >= position {
      result += String(decoding: bytes[position..<range.lowerBound], as: UTF8.self)
      let part = String(decoding: bytes[range], as: UTF8.self)
      result += LessonText.color(kind).map { styled(part, $0) } ?? part
      position = range.upperBound
    }
    result += String(decoding: bytes[position...], as: UTF8.self)
    let lines = result.split(separator: "\n", omittingEmptySubsequences: false)
    return "\n" + lines.map { "  \(styled("│", "2")) \($0)\n" }.joined() + "\n"
  }

  private static func color(_ kind: TokenClass) -> String? {
    switch kind {
    case .keyword: "35"
    case .number: "36"
    case .string, .interpolation: "32"
    case .comment: "2"
    case .functionCall: "33"
    case .error: "31"
    case .operator, .name: nil
    }
  }
}

extension String {
  /// The parts between a mark; the whole if its marks do not pair.
  fileprivate func components(of mark: String) -> [String] {
    let parts = split(separator: mark, omittingEmptySubsequences: false).map(String.init)
    return parts.count % 2 == 1 ? parts : [self]
  }
}
