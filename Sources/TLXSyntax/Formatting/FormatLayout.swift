/// Puts items into lines, indents and aligns them, and splits what is too long.
struct FormatLayout {
  static let lineLength = 100
  static let step = 4

  struct Line {
    /// The items on it.
    var items: Range<Int>
    var indent: Int
    /// The innermost bracket that the line stands in; -1 outside of all.
    var opener: Int
    var blanksBefore: Int

    var first: Int { items.lowerBound }
  }

  var items: [FormatItem]
  var lines: [Line] = []
  /// The items that have been moved to align them.
  var aligned: [Int] = []
  private var unsplittable: Set<Int> = []

  init(_ items: [FormatItem]) {
    self.items = items
  }

  mutating func run() -> String {
    guard !items.isEmpty else { return "" }
    joinLines()
    repeat {
      undoAlignment()
      place()
      align()
      if !aligned.isEmpty { place() }
    } while splitLongLines()
    return output()
  }

  /// `else`, and the `{` or `=` of a `fn`, stand on the line of what they belong to.
  private mutating func joinLines() {
    for index in items.indices.dropFirst() where items[index].breaksLine {
      let previous = items[index - 1]
      guard previous.token != nil else { continue }
      let isElse = items[index].token == .elseKeyword && previous.token == .rightBrace
      let isBody =
        !items[index].startsStatement && previous.token != .comma && previous.token?.isOpener != true
        && (items[index].token == .leftBrace && items[index].role == .block
          && previous.token?.endsExpression == true
          || items[index].token == .assign && items[index].role == .none)
      if isElse || isBody { items[index].breaksLine = false }
    }
  }

  // MARK: Spacing

  /// Blanks before an item that does not begin its line.
  func blanks(before index: Int) -> Int {
    let extra = items[index].padding
    if items[index].isSpacedAssign || items[index - 1].isSpacedAssign { return 1 + extra }
    return FormatSpacing.blanks(items[index - 1], items[index]) + extra
  }

  /// The column behind an item that stands at `column`.
  private func end(of index: Int, at column: Int) -> Int {
    items[index].isMultiline ? items[index].width : column + items[index].width
  }

  /// The columns at which a line's code ends, without a comment behind it; for one with text over several
  /// lines, of the last.
  func width(of line: Line) -> Int {
    var column = line.indent
    for index in line.items where !items[index].isComment || index == line.first {
      if index > line.first { column += blanks(before: index) }
      column = end(of: index, at: column)
    }
    return column
  }

  // MARK: Placing

  /// An open bracket while lines are placed.
  private struct Open {
    var item: Int
    /// The indentation of the line it stands on.
    var lineIndent: Int
    /// What lines inside it are indented by.
    var content: Int
  }

  /// Cuts the items into lines at their breaks and finds each line's indentation.
  private mutating func place() {
    lines = []
    var open: [Open] = []
    var statementIndent = 0
    var start = 0
    while start < items.count {
      var end = start + 1
      while end < items.count, !items[end].breaksLine { end += 1 }
      let indent = indentation(start, open, statementIndent)
      let line = Line(
        items: start..<end, indent: indent, opener: open.last?.item ?? -1, blanksBefore: blankLines(start))
      lines.append(line)
      track(line, &open, &statementIndent)
      start = end
    }
  }

  private func indentation(_ first: Int, _ open: [Open], _ statementIndent: Int) -> Int {
    let item = items[first]
    if item.token == .cellMarker { return 0 }
    if let kind = item.token, kind.isCloser, let last = open.last { return last.lineIndent }
    // A comment stands where the code below it does.
    let code = item.isComment ? nextCode(first) : first
    let isCloser = code.map { items[$0].token?.isCloser ?? false } ?? false
    guard let last = open.last else {
      guard let code, !items[code].startsStatement, items[code].token != .cellMarker, !isCloser else {
        return 0
      }
      return statementIndent + Self.step
    }
    guard let code, !isCloser else { return last.content }
    if items[last.item].role == .block {
      return items[code].startsStatement ? last.content : statementIndent + Self.step
    }
    return last.content + (continuesItem(code, last.item) ? Self.step : 0)
  }

  private func nextCode(_ index: Int) -> Int? {
    items[index...].firstIndex { !$0.isComment }
  }

  /// Whether a line in brackets goes on with the item of the line above.
  private func continuesItem(_ index: Int, _ open: Int) -> Bool {
    guard let previous = items[..<index].lastIndex(where: { !$0.isComment }), previous != open else {
      return false
    }
    if items[index].token == .pipe || items[index].token == .dot { return true }
    switch items[previous].token {
    case .comma, .none: return false
    case .assign, .arrow, .colon, .plus, .minus, .star, .slash, .doubleSlash, .percent, .at, .caret,
      .andKeyword,
      .orKeyword, .notKeyword, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .inKeyword,
      .pipe:
      return true
    default: return false
    }
  }

  /// Follows the brackets that a line opens and closes.
  private func track(_ line: Line, _ open: inout [Open], _ statementIndent: inout Int) {
    var column = line.indent
    for index in line.items {
      let item = items[index]
      if index > line.first { column += blanks(before: index) }
      if item.startsStatement { statementIndent = line.indent }
      column = end(of: index, at: column)
      guard let kind = item.token, item.partner >= 0 else { continue }
      if kind.isOpener {
        open.append(
          Open(item: index, lineIndent: line.indent, content: contentIndent(index, line.indent, column)))
      } else if kind.isCloser {
        open.removeLast()
        // Behind a block the statement that holds it goes on.
        if item.role == .block { statementIndent = line.indent }
      }
    }
  }

  /// Lines inside a bracket stand below what follows it, if the author had them there, or one step in.
  private func contentIndent(_ open: Int, _ lineIndent: Int, _ column: Int) -> Int {
    let stepped = lineIndent + Self.step
    let next = open + 1
    guard items[open].role != .block, next < items.count, !items[next].breaksLine, !items[next].isComment,
      items[next].column >= 0
    else { return stepped }
    let end = items[open].partner
    // What goes on with the item above is indented further, and says nothing of where the items stand.
    let inner = next..<max(end, next)
    guard
      let broken = inner.first(where: {
        items[$0].breaksLine && !items[$0].isComment && !continuesItem($0, open)
      }),
      enclosing(broken, from: open), items[broken].column == items[next].column
    else { return stepped }
    return column
  }

  /// Whether no other bracket opened after `open` holds an item.
  private func enclosing(_ index: Int, from open: Int) -> Bool {
    var position = open + 1
    while position < index {
      let partner = items[position].partner
      if partner > index { return false }
      position = partner > position ? partner + 1 : position + 1
    }
    return true
  }

  /// The blank lines above a line: the author's, at most one in brackets and blocks, two between statements.
  private func blankLines(_ first: Int) -> Int {
    guard first > 0 else { return 0 }
    let item = items[first]
    let previous = items[first - 1]
    if item.token == .cellMarker {
      return previous.kind == .comment(.shebang) || previous.token == .cellMarker
        ? min(max(item.newlines - 1, 0), 1) : max(1, min(item.newlines - 1, 2))
    }
    if let kind = item.token, kind.isCloser { return 0 }
    if let kind = previous.token, kind.isOpener { return 0 }
    let isOutside = lines.last.map { $0.opener < 0 } ?? true
    return min(max(item.newlines - 1, 0), isOutside ? 2 : 1)
  }

  // MARK: Splitting

  /// Breaks the lines that are too long; true if there were any.
  private mutating func splitLongLines() -> Bool {
    var hasSplit = false
    for line in lines where width(of: line) > Self.lineLength && !unsplittable.contains(line.first) {
      guard !line.items.contains(where: { items[$0].isMultiline }) else { continue }
      if split(line) {
        hasSplit = true
      } else {
        unsplittable.insert(line.first)
      }
    }
    return hasSplit
  }

  private mutating func split(_ line: Line) -> Bool {
    if breakLine(before: depthZero(line).filter { items[$0].token == .pipe }) { return true }
    if let open = widestBracket(line) {
      explode(open)
      return true
    }
    for kinds in FormatLayout.looseOperators {
      let operators = depthZero(line).filter { index in
        guard let kind = items[index].token, items[index].role != .unary else { return false }
        return kinds.contains(kind) && index + 1 < line.items.upperBound && index > line.first
      }
      if breakLine(before: operators.map { $0 + 1 }) { return true }
    }
    return false
  }

  private static let looseOperators: [[TokenKind]] = [
    [.orKeyword], [.andKeyword], [.plus, .minus], [.star, .slash, .doubleSlash, .percent, .at],
  ]

  private mutating func breakLine(before indices: [Int]) -> Bool {
    var hasBroken = false
    for index in indices where !items[index].breaksLine && !items[index].isComment {
      items[index].breaksLine = true
      items[index].column = -1
      hasBroken = true
    }
    return hasBroken
  }

  /// The items of a line that stand in no bracket opened on it.
  private func depthZero(_ line: Line) -> [Int] {
    var result: [Int] = []
    var index = line.first
    while index < line.items.upperBound {
      result.append(index)
      let partner = items[index].partner
      index = partner > index ? partner : index + 1
    }
    return result
  }

  /// The widest of the outermost brackets that open and close on a line and hold something that is better off below.
  private func widestBracket(_ line: Line) -> Int? {
    var best: (item: Int, width: Int)?
    for index in depthZero(line) where items[index].token?.isOpener == true {
      let close = items[index].partner
      guard close > index + 1, close < line.items.upperBound, isWorthExploding(index, line.indent) else {
        continue
      }
      let width = (index...close).reduce(0) { $0 + items[$1].width + 1 }
      if best.map({ width > $0.width }) ?? true { best = (index, width) }
    }
    return best?.item
  }

  /// Whether what a bracket holds gains by a line of its own: a single long text that is too long there as well stays
  /// where it is.
  private func isWorthExploding(_ open: Int, _ indent: Int) -> Bool {
    let content = (open + 1)..<items[open].partner
    guard items[open].role != .block, !content.contains(where: { items[$0].token == .comma }) else {
      return true
    }
    let longest = content.map { items[$0].width }.max() ?? 0
    return indent + Self.step + longest <= Self.lineLength
  }

  /// Puts the contents of a bracket on lines of their own.
  private mutating func explode(_ open: Int) {
    let close = items[open].partner
    var breaks = [open + 1]
    var hasComma = false
    var isComprehension = false
    var index = open + 1
    while index < close {
      switch items[index].token {
      case .comma:
        hasComma = true
        breaks.append(index + 1)
      case .semicolon where items[open].role == .block: breaks.append(index + 1)
      case .forKeyword where items[open].role != .block:
        isComprehension = true
        breaks.append(index)
      case .ifKeyword where isComprehension && items[index - 1].token?.endsExpression == true:
        breaks.append(index)
      default: break
      }
      let partner = items[index].partner
      index = partner > index ? partner : index + 1
    }
    breaks.append(close)
    _ = breakLine(before: breaks)
    if items[open].role == .block { return dropSemicolons(open, close) }
    let isGroup = items[open].token == .leftParen && items[open].role == .none && !hasComma
    guard !isGroup, !isComprehension, items[close - 1].token != .comma else { return }
    items[close - 1].text += ","
    items[close - 1].width += 1
  }

  /// Statements on lines of their own need no semicolon between them; the last one may hide its value.
  private mutating func dropSemicolons(_ open: Int, _ close: Int) {
    var index = open + 1
    while index < close - 1 {
      if items[index].token == .semicolon, items[index + 1].breaksLine {
        items[index].text = ""
        items[index].width = 0
      }
      let partner = items[index].partner
      index = partner > index ? partner : index + 1
    }
  }
}
