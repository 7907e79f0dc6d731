import TLXNumerics

/// Lays values out over lines of limited width. What fits on a line stays on it.
struct Layout {
  let width: Int
  let digits: Int?
  /// Items of a list or record beyond which the middle is left out.
  private static let itemLimit = 60
  private static let itemEdge = 10

  init(width: Int, digits: Int?) {
    self.width = width
    self.digits = digits
  }

  /// `used` columns are taken on the first line by a name and a comma.
  func lines(_ value: Value, used: Int = 0, nested: Bool = false) -> [String] {
    switch value {
    case .tensor(let tensor): return lines(tensor, used: used, nested: nested)
    case .list(let items) where items.count > Layout.itemLimit || !fits(value, used):
      return list(items)
    case .record(let record) where record.count > Layout.itemLimit || !fits(value, used):
      return self.record(record)
    case .table(let table) where nested:
      return TableText(table, width: width, digits: digits).text.split(separator: "\n").map(String.init)
    default: return [Display.inline(value, digits: digits)]
    }
  }

  private func fits(_ value: Value, _ used: Int) -> Bool {
    TextWidth.columns(Display.inline(value, digits: digits)) + used <= width
  }

  private func lines(_ tensor: Tensor, used: Int, nested: Bool) -> [String] {
    let text = TensorText(tensor, digits: digits ?? Display.standardDigits)
    if tensor.count <= 1000 {
      let line = Display.inline(.tensor(tensor), digits: digits)
      if TextWidth.columns(line) + used <= width { return [line] }
    }
    return nested ? [text.abridged(width: width - used)] : text.lines(width: width)
  }

  private func list(_ items: [Value]) -> [String] {
    let shown = Abridgement(count: items.count, limit: Layout.itemLimit, edge: Layout.itemEdge)
    let inner = Layout(width: width - 2, digits: digits)
    var parts = shown.positions.map { inner.lines(items[$0], used: 1, nested: true) }
    if let gap = shown.gap { parts.insert(["… \(items.count - shown.positions.count) more"], at: gap) }
    let simple = parts.allSatisfy { $0.count == 1 && TextWidth.columns($0[0]) <= 24 }
    let body = simple && items.count > 8 ? filled(parts.map { $0[0] }, inner.width) : separated(parts)
    return ["("] + body.map { "  " + $0 } + [")"]
  }

  /// Short items side by side.
  private func filled(_ items: [String], _ width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for (position, item) in items.enumerated() {
      let part = position == items.count - 1 ? item : item + ","
      if !line.isEmpty && TextWidth.columns(line) + TextWidth.columns(part) + 1 > width {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? part : " " + part
    }
    return line.isEmpty ? lines : lines + [line]
  }

  private func separated(_ parts: [[String]]) -> [String] {
    parts.flatMap { lines in
      lines.enumerated().map {
        $0.offset == lines.count - 1 && !$0.element.hasPrefix("…") ? $0.element + "," : $0.element
      }
    }
  }

  private func record(_ record: Record) -> [String] {
    let shown = Abridgement(count: record.count, limit: Layout.itemLimit, edge: Layout.itemEdge)
    let names = shown.positions.map { Display.fieldName(record.names[$0]) + ":" }
    let nameWidth = min(24, names.map(TextWidth.columns).max() ?? 0)
    let inner = Layout(width: width - 2, digits: digits)
    var parts: [[String]] = []
    for (name, position) in zip(names, shown.positions) {
      let label = TextWidth.padded(name, to: nameWidth) + " "
      let lines = inner.lines(record.values[position], used: TextWidth.columns(label) + 1, nested: true)
      if lines.count == 1 || lines[0] == "(" || lines[0] == "{" {
        parts.append([label + lines[0]] + lines.dropFirst())
      } else {
        parts.append([name] + lines.map { "  " + $0 })
      }
    }
    if let gap = shown.gap { parts.insert(["… \(record.count - shown.positions.count) more"], at: gap) }
    return ["{"] + separated(parts).map { "  " + $0 } + ["}"]
  }
}
