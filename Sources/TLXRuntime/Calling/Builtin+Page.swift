extension Builtin {
  /// `leep(theta: f64[n, z], y: i64[n], *, weights: f64[n] = nil) -> float`
  public var typedSignature: String {
    var parts: [String] = []
    var sawOption = false
    for parameter in parameters {
      if parameter.isOption && !sawOption {
        sawOption = true
        parts.append("*")
      }
      let name = (parameter.isVariadic ? ".." : "") + parameter.name
      parts.append("\(name): \(parameter.type)" + (parameter.defaultText.map { " = " + $0 } ?? ""))
    }
    return "\(name)(\(parts.joined(separator: ", "))) -> \(result)"
  }

  /// What `help` and `?name` show: signature, arguments, details, errors, examples and source, in lines of at most
  /// `width` columns.
  public func page(width: Int) -> String {
    var lines = Page.wrapped(typedSignature, width: width, indent: 0, hang: 4)
    lines += Page.wrapped(summary.capitalizedFirst + ".", width: width, indent: 2)
    if !parameters.isEmpty { lines += [""] + argumentLines(width: width) }
    if !details.isEmpty {
      lines.append("")
      for paragraph in details.split(separator: "\n", omittingEmptySubsequences: false) {
        lines += Page.wrapped(String(paragraph), width: width, indent: 2)
      }
    }
    if !errors.isEmpty {
      lines.append("")
      lines += errors.flatMap { Page.wrapped($0, width: width, indent: 2, hang: 8) }
    }
    for example in examples {
      lines.append("")
      lines += example.code.split(separator: "\n").map { "  > " + $0 }
      lines += example.output.split(separator: "\n").map { "    " + $0 }
    }
    if let source { lines += [""] + Page.wrapped("Source: " + source, width: width, indent: 2) }
    return lines.map { $0 + "\n" }.joined()
  }

  private func argumentLines(width: Int) -> [String] {
    let heads = parameters.map { "\($0.name)  \($0.type)" + ($0.defaultText.map { " = " + $0 } ?? "") }
    let column = min(heads.map(\.count).max() ?? 0, max(width / 2 - 4, 8))
    return zip(heads, parameters).flatMap { head, parameter -> [String] in
      var text = parameter.summary
      if !parameter.choices.isEmpty {
        text += (text.isEmpty ? "" : "; ") + parameter.choices.map { "\"\($0)\"" }.joined(separator: ", ")
      }
      // A head that is too long, or a narrow terminal, puts the text below.
      let available = width - column - 4
      guard head.count <= column, available >= 20 else {
        return ["  " + head] + Page.wrapped(text, width: width, indent: 6)
      }
      let gap = String(repeating: " ", count: column - head.count + 2)
      let rows = Page.wrapped(text, width: available, indent: 0)
      let blank = String(repeating: " ", count: column + 4)
      return rows.enumerated().map { $0.offset == 0 ? "  " + head + gap + $0.element : blank + $0.element }
    }
  }
}

/// Text broken into lines.
public enum Page {
  /// The words of `text` in lines of at most `width`, the first moved in by `indent`, the others by `indent + hang`.
  /// Words that are wider stand alone. A line that starts with blanks is code and stays as it is.
  public static func wrapped(_ text: String, width: Int, indent: Int, hang: Int = 0) -> [String] {
    let start = String(repeating: " ", count: indent)
    if text.hasPrefix("  ") { return [start + text] }
    let next = String(repeating: " ", count: indent + hang)
    var lines: [String] = []
    var line = start
    var isEmpty = true
    for word in text.split(separator: " ") {
      if !isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = next
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return lines + [isEmpty ? "" : line]
  }
}

extension String {
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension BuiltinTable {
  /// The families in the order of the table, each with its built-ins.
  public var families: [(name: String, builtins: [Builtin])] {
    var order: [String] = []
    var members: [String: [Builtin]] = [:]
    for builtin in builtins {
      if members[builtin.family] == nil { order.append(builtin.family) }
      members[builtin.family, default: []].append(builtin)
    }
    return order.map { ($0, members[$0] ?? []) }
  }

  /// What `?` shows: every name under its family.
  public func map(width: Int) -> String {
    let column = (families.map(\.name.count).max() ?? 0) + 2
    return families.flatMap { family -> [String] in
      let names = Page.wrapped(
        family.builtins.map(\.name).joined(separator: " "), width: max(width - column, 20), indent: 0)
      return names.enumerated().map { row, text in
        let head = row == 0 ? family.name : ""
        return head + String(repeating: " ", count: column - head.count) + text + "\n"
      }
    }.joined()
  }
}
