/// A diagnostic as text for a terminal or a log, without a newline at the end:
/// ```
/// error[E0402]: cannot subtract f32[128] and f32[128, 1]
///   ┌─ train.tlx:14:18
/// 9 │ let pred = x @ w
///   │     ---- pred is f32[128, 1]
/// 14│ let loss = mean((y - pred)^2)
///   │                  ^   ^^^^ would stretch both sides to 128×128
/// help: drop the last axis with pred[:, 0], or write y[:, new] if you want all pairs
/// ```
/// Carets mark the primary place, dashes the others. Source lines longer than `width` columns are cut around
/// their marks; messages are wrapped. `color` adds ANSI colours.
public func render(_ diagnostic: Diagnostic, color: Bool = false, width: Int = 100) -> String {
  var renderer = DiagnosticRenderer(width: max(width, 20), style: RenderStyle(isColored: color))
  renderer.header(diagnostic)
  renderer.windows(diagnostic)
  renderer.callChain(diagnostic.callChain)
  if let help = diagnostic.help { renderer.help(help) }
  return renderer.lines.joined(separator: "\n")
}

/// ANSI colours, or none.
struct RenderStyle {
  enum Role { case error, warning, secondary, gutter, help, plain, strong }

  var isColored: Bool

  func paint(_ text: String, _ role: Role) -> String {
    guard isColored, role != .plain, !text.isEmpty else { return text }
    let code =
      switch role {
      case .error: "1;31"
      case .warning: "1;33"
      case .secondary: "34"
      case .gutter: "2"
      case .help: "36"
      case .strong: "1"
      case .plain: "0"
      }
    return "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }
}

/// Builds the lines of one diagnostic.
struct DiagnosticRenderer {
  let width: Int
  let style: RenderStyle
  var lines: [String] = []
  /// The role that carets and the header have.
  private var primaryRole = RenderStyle.Role.error

  init(width: Int, style: RenderStyle) {
    self.width = width
    self.style = style
  }

  // MARK: Text

  mutating func header(_ diagnostic: Diagnostic) {
    primaryRole = diagnostic.severity == .error ? .error : .warning
    let head = "\(diagnostic.severity.rawValue)[\(diagnostic.code)]:"
    let wrapped = wrap(diagnostic.message, first: displayWidth(head) + 1, next: 2)
    lines.append(style.paint(head, primaryRole) + " " + style.paint(wrapped[0], .strong))
    for line in wrapped.dropFirst() { lines.append("  " + style.paint(line, .strong)) }
  }

  mutating func help(_ help: String) {
    let wrapped = wrap(help, first: 6, next: 6)
    lines.append(style.paint("help:", .help) + " " + wrapped[0])
    for line in wrapped.dropFirst() { lines.append("      " + line) }
  }

  /// The active calls, innermost first; the same call in a row is told once, and long chains lose their
  /// middle.
  mutating func callChain(_ frames: [Diagnostic.Frame]) {
    var calls: [Diagnostic.Frame] = []
    for frame in frames {
      if let last = calls.indices.last, calls[last].call.source === frame.call.source,
        calls[last].call.span == frame.call.span
      {
        calls[last].count += frame.count
      } else {
        calls.append(frame)
      }
    }
    let last = 3
    let shown = calls.count <= 12 ? calls.count : 8
    for call in calls.prefix(shown) { write(call) }
    guard calls.count > shown else { return }
    lines.append(style.paint("  … \(calls.count - shown - last) more calls …", .gutter))
    for call in calls.suffix(last) { write(call) }
  }

  private mutating func write(_ frame: Diagnostic.Frame) {
    var text = frame.call.source.text(in: frame.call.span)
    if text.isEmpty || text.contains("\n") || text.count > 40 { text = "\(frame.function)(…)" }
    if frame.count > 1 { text += ", \(frame.count) times," }
    let wrapped = wrap("called from \(text) at \(frame.call.description)", first: 2, next: 4)
    for (index, line) in wrapped.enumerated() { lines.append((index == 0 ? "  " : "    ") + line) }
  }

  /// Words filled into lines; the first line has `first` columns taken, the others `next`.
  func wrap(_ text: String, first: Int, next: Int) -> [String] {
    var result: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = ""
      var used = result.isEmpty ? first : next
      for word in paragraph.split(separator: " ", omittingEmptySubsequences: false) {
        let length = displayWidth(word)
        if !line.isEmpty, used + 1 + length > width {
          result.append(line)
          line = String(word)
          used = next + length
        } else {
          used += length + (line.isEmpty ? 0 : 1)
          line += line.isEmpty ? String(word) : " " + word
        }
      }
      result.append(line)
    }
    return result
  }

  // MARK: Windows

  /// The marked source lines, one window for each source, the primary's first.
  mutating func windows(_ diagnostic: Diagnostic) {
    guard let primary = diagnostic.primary else { return }
    var groups: [(source: SourceText, anchor: Span, marks: [Mark])] = []
    let labels = [(primary, true)] + diagnostic.secondary.map { ($0, $0.isPrimary) }
    for (label, isPrimary) in labels {
      let marks = Mark.marks(for: label, isPrimary: isPrimary)
      if let known = groups.firstIndex(where: { $0.source === label.location.source }) {
        groups[known].marks += marks
      } else {
        groups.append((label.location.source, label.location.span, marks))
      }
    }
    let lastLine = groups.flatMap { $0.marks.map(\.line) }.max() ?? 0
    let gutter = max(2, String(lastLine + 1).count)
    for group in groups {
      window(group.source, Location(group.source, group.anchor), group.marks, gutter)
    }
  }

  private mutating func window(_ source: SourceText, _ anchor: Location, _ marks: [Mark], _ gutter: Int) {
    let margin = String(repeating: " ", count: gutter)
    lines.append(style.paint("\(margin)┌─ ", .gutter) + anchor.description)
    for line in Set(marks.map(\.line)).sorted() {
      let number = String(line + 1)
      let padding = String(repeating: " ", count: gutter - number.count)
      var drawing = LineDrawing(source, line: line, marks: marks.filter { $0.line == line })
      drawing.fit(width - gutter - 2)
      lines.append(trimmed(style.paint("\(number)\(padding)│", .gutter) + " " + drawing.text))
      for row in drawing.rows(width - gutter - 2, wrap: { wrap($0, first: $1, next: $1) }) {
        lines.append(trimmed(style.paint("\(margin)│", .gutter) + " " + paint(row)))
      }
    }
  }

  private func paint(_ row: [LineDrawing.Run]) -> String {
    row.map { run in
      let role: RenderStyle.Role =
        switch run.ink {
        case .none: .plain
        case .primary: primaryRole
        case .secondary: .secondary
        }
      return style.paint(run.text, role)
    }.joined()
  }

  private func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}
