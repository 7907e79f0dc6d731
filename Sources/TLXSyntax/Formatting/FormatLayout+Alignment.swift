/// Columns that the author aligned stay aligned: the `=` of bindings and keyword arguments, the values of
/// records, and comments behind code.
extension FormatLayout {
  /// A line's place that neighbours may be aligned with.
  private struct Anchor {
    enum Kind { case binding, keyword, field }

    var kind: Kind
    /// The item that is moved.
    var item: Int
    /// The column it would have without neighbours.
    var natural: Int
    var line: Int
  }

  mutating func undoAlignment() {
    for item in aligned {
      items[item].padding = 0
      items[item].isSpacedAssign = false
    }
    aligned = []
  }

  /// Finds the padding that keeps aligned columns aligned.
  mutating func align() {
    var groups: [Int: [Anchor]] = [:]
    for index in lines.indices {
      let line = lines[index]
      if line.items.count == 1, items[line.first].isComment { continue }
      guard let anchor = anchor(line, index) else {
        if line.opener < 0 || items[line.opener].role == .block {
          settle(groups.removeValue(forKey: line.opener))
        }
        continue
      }
      if let last = groups[line.opener]?.last, belongs(anchor, to: last) {
        groups[line.opener]?.append(anchor)
      } else {
        settle(groups.updateValue([anchor], forKey: line.opener))
      }
    }
    for group in groups.values { settle(group) }
  }

  private func belongs(_ anchor: Anchor, to last: Anchor) -> Bool {
    let gap = lines[(last.line + 1)...anchor.line].contains {
      $0.blanksBefore > 0 && $0.opener == lines[anchor.line].opener
    }
    return anchor.kind == last.kind && !gap && items[anchor.item].column == items[last.item].column
      && lines[anchor.line].indent == lines[last.line].indent
  }

  private mutating func settle(_ group: [Anchor]?) {
    guard let group, group.count > 1 else { return }
    let target = group.map(\.natural).max() ?? 0
    for anchor in group {
      items[anchor.item].isSpacedAssign = anchor.kind == .keyword
      items[anchor.item].padding = target - anchor.natural
      if anchor.kind == .keyword || target > anchor.natural { aligned.append(anchor.item) }
    }
  }

  private func anchor(_ line: Line, _ index: Int) -> Anchor? {
    let first = line.first
    guard line.items.count > 2, !items[first].isMultiline else { return nil }
    let second = items[first + 1]
    let isWord = items[first].token?.isWord == true || items[first].token == .stringStart
    if isWord, second.token == .assign, second.role == .keyword {
      guard second.hasSpaceBefore, items[first + 2].hasSpaceBefore, second.column >= 0 else { return nil }
      return Anchor(
        kind: .keyword, item: first + 1, natural: line.indent + items[first].width + 1, line: index)
    }
    if isWord, second.token == .colon, line.opener >= 0, items[line.opener].role == .record {
      guard items[first + 2].column >= 0, !items[first + 2].isComment else { return nil }
      return Anchor(kind: .field, item: first + 2, natural: line.indent + items[first].width + 2, line: index)
    }
    return items[first].startsStatement ? bindingAnchor(line, index) : nil
  }

  /// The `=` of a statement, outside of brackets.
  private func bindingAnchor(_ line: Line, _ index: Int) -> Anchor? {
    var column = line.indent
    var position = line.first
    while position < line.items.upperBound {
      let item = items[position]
      if position > line.first { column += FormatSpacing.blanks(items[position - 1], item) }
      if item.token == .assign, item.role == .none {
        return item.column < 0 ? nil : Anchor(kind: .binding, item: position, natural: column, line: index)
      }
      if item.isMultiline || item.token == .leftBrace && item.role == .block { return nil }
      if item.partner > position {
        guard item.partner < line.items.upperBound else { return nil }
        for inner in (position + 1)...item.partner {
          column += items[inner - 1].width + FormatSpacing.blanks(items[inner - 1], items[inner])
        }
        position = item.partner
      }
      column += items[position].width
      position += 1
    }
    return nil
  }

  // MARK: Output

  /// The lines as text.
  func output() -> String {
    let columns = commentColumns()
    var text: [UInt8] = []
    text.reserveCapacity(items.count * 8)
    let (newline, blank) = (UInt8(ascii: "\n"), UInt8(ascii: " "))
    func write(_ byte: UInt8, _ count: Int) {
      for _ in 0..<count { text.append(byte) }
    }
    for (index, line) in lines.enumerated() {
      write(newline, line.blanksBefore)
      let isAlone = items[line.first].isComment
      var column = isAlone ? columns[index] ?? line.indent : line.indent
      write(blank, column)
      for position in line.items {
        if position > line.first {
          let isComment = items[position].isComment
          let blanks = isComment ? max((columns[index] ?? 0) - column, 1) : self.blanks(before: position)
          write(blank, blanks)
          column += blanks
        }
        text.append(contentsOf: items[position].text.utf8)
        column = items[position].isMultiline ? items[position].width : column + items[position].width
      }
      write(newline, 1)
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The column of the comment behind a line's code. Comments of neighbouring lines that stood in one column
  /// stay in one; a lone comment keeps its column, or a small distance.
  private func commentColumns() -> [Int: Int] {
    var result: [Int: Int] = [:]
    var group: [Int] = []
    for index in lines.indices {
      guard let comment = trailingComment(index, after: group.last) else {
        place(group, &result)
        group = []
        continue
      }
      if let last = group.last,
        items[comment].column != commentItem(last).map({ items[$0].column }) || lines[index].blanksBefore > 0
      {
        place(group, &result)
        group = []
      }
      group.append(index)
    }
    place(group, &result)
    return result
  }

  private func commentItem(_ line: Int) -> Int? {
    let last = lines[line].items.upperBound - 1
    return items[last].isComment ? last : nil
  }

  /// The comment behind a line's code, or one alone on its line below such a comment in the same column.
  private func trailingComment(_ index: Int, after previous: Int?) -> Int? {
    guard let comment = commentItem(index) else { return nil }
    if lines[index].items.count > 1 { return comment }
    guard let previous, let above = commentItem(previous), lines[index].blanksBefore == 0 else { return nil }
    return items[above].column == items[comment].column && items[comment].column > lines[index].indent
      ? comment : nil
  }

  private func place(_ group: [Int], _ result: inout [Int: Int]) {
    guard let first = group.first, let comment = commentItem(first) else { return }
    let ends = group.map { lines[$0].items.count > 1 ? width(of: lines[$0]) : 0 }
    let end = ends.max() ?? 0
    let source = items[comment].column
    let gap = source - sourceEnd(before: comment)
    let column = group.count == 1 && gap <= 2 ? end + max(gap, 1) : source >= end + 1 ? source : end + 2
    for line in group { result[line] = column }
  }

  /// The column behind the item before a comment, in the source.
  private func sourceEnd(before comment: Int) -> Int {
    guard comment > 0, items[comment - 1].column >= 0 else { return items[comment].column - 2 }
    let previous = items[comment - 1]
    return previous.isMultiline ? previous.width : previous.column + previous.width
  }
}
