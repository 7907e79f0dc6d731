/// Formulas written as in TeX, as MathML, which browsers draw without help.
///
/// Understood: letters, numbers, operators; `^`, `_`, `'`; groups; `\frac`, `\sqrt`, `\binom`; sums, products, integrals and
/// limits with what stands over and under them; fences with `\left` and `\right`; accents; alphabets (`\mathbf`, `\mathbb`,
/// `\mathcal`, `\mathrm`, `\text`); matrices, cases and aligned rows; spaces; Greek letters and the common symbols. What is
/// not understood stands there as it was written.
enum MathML {
  static func html(_ text: String, isDisplayed: Bool) -> String {
    var parser = FormulaParser(text)
    let rows = parser.formula()
    let display = isDisplayed ? " display=\"block\"" : ""
    return "<math\(display)><semantics><mrow>\(rows)</mrow>"
      + "<annotation encoding=\"application/x-tex\">\(HTML.escaped(text))</annotation></semantics></math>"
  }
}

/// Reads a formula from left to right.
struct FormulaParser {
  private let characters: [Character]
  private var position = 0
  private var depth = 0

  init(_ text: String) { characters = Array(text) }

  private var current: Character? { position < characters.count ? characters[position] : nil }

  mutating func formula() -> String {
    var result = ""
    while current != nil {
      result += row(until: [])
      // What closes nothing is text.
      if let stray = current {
        position += 1
        result += "<mo>\(HTML.escaped(String(stray)))</mo>"
      }
    }
    return result
  }

  /// Items up to one of the enders, which is left for the caller; also up to `&`, `\\` and `\end` inside a table.
  private mutating func row(until enders: Set<String>) -> String {
    var result = ""
    depth += 1
    defer { depth -= 1 }
    guard depth < 60 else {
      defer { position = characters.count }
      return "<mtext>\(HTML.escaped(String(characters[min(position, characters.count)...])))</mtext>"
    }
    while let character = current {
      if character.isWhitespace {
        position += 1
      } else if character == "}" {
        break
      } else if !enders.isEmpty, enders.contains(peek()) {
        break
      } else {
        result += scripted()
      }
    }
    return result
  }

  /// The next command or character, without taking it.
  private func peek() -> String {
    guard let character = current else { return "" }
    guard character == "\\" else { return String(character) }
    let rest = characters[(position + 1)...]
    let name = rest.prefix { $0.isLetter && $0.isASCII }
    return "\\" + (name.isEmpty ? String(rest.prefix(1)) : String(name))
  }

  private mutating func next() -> String {
    let token = peek()
    position += token.count
    return token
  }

  // MARK: - Scripts

  private mutating func scripted() -> String {
    let start = peek()
    let base = item()
    var below: String?
    var above: String?
    while let character = current {
      if character == "_", below == nil {
        position += 1
        below = argument()
      } else if character == "^", above == nil {
        position += 1
        above = argument()
      } else if character == "'" {
        let marks = characters[position...].prefix { $0 == "'" }.count
        position += marks
        above = "<mo>\(String(repeating: "′", count: marks))</mo>" + (above ?? "")
      } else {
        break
      }
    }
    let isStacked = FormulaSymbols.stacked.contains(start)
    switch (below, above) {
    case (nil, nil): return base
    case (let below?, nil): return element(isStacked ? "munder" : "msub", base, below)
    case (nil, let above?): return element(isStacked ? "mover" : "msup", base, above)
    case (let below?, let above?): return element(isStacked ? "munderover" : "msubsup", base, below, above)
    }
  }

  private func element(_ name: String, _ parts: String...) -> String {
    "<\(name)>" + parts.map { "<mrow>\($0)</mrow>" }.joined() + "</\(name)>"
  }

  /// A group, or the one item that stands for it.
  private mutating func argument() -> String {
    while current?.isWhitespace == true { position += 1 }
    guard let character = current else { return "" }
    // Of a number without braces one digit.
    if character.isNumber {
      position += 1
      return "<mn>\(HTML.escaped(String(character)))</mn>"
    }
    return item()
  }

  private mutating func group() -> String {
    position += 1
    let content = row(until: [])
    if current == "}" { position += 1 }
    return "<mrow>\(content)</mrow>"
  }

  /// The text of a group as it is written.
  private mutating func rawGroup() -> String {
    while current?.isWhitespace == true { position += 1 }
    guard current == "{" else { return next() }
    position += 1
    var nesting = 0
    var text = ""
    while let character = current {
      position += 1
      if character == "{" { nesting += 1 }
      if character == "}" {
        if nesting == 0 { break }
        nesting -= 1
      }
      text.append(character)
    }
    return text
  }

  // MARK: - Items

  private mutating func item() -> String {
    guard let character = current else { return "" }
    switch character {
    case "{": return group()
    case "\\": return command(next())
    case _ where character.isNumber: return number()
    case _ where character.isLetter:
      position += 1
      return "<mi>\(HTML.escaped(String(character)))</mi>"
    default:
      position += 1
      let sign = character == "-" ? "−" : character == "*" ? "∗" : String(character)
      return
        "<mo\(FormulaSymbols.fences.contains(sign) ? " stretchy=\"false\"" : "")>\(HTML.escaped(sign))</mo>"
    }
  }

  private mutating func number() -> String {
    var text = ""
    while let character = current, character.isNumber || character == "." {
      if character == ".", position + 1 >= characters.count || !characters[position + 1].isNumber { break }
      text.append(character)
      position += 1
    }
    return "<mn>\(HTML.escaped(text))</mn>"
  }

  private mutating func command(_ name: String) -> String {
    if let symbol = FormulaSymbols.identifiers[name] { return "<mi>\(symbol)</mi>" }
    if let symbol = FormulaSymbols.operators[name] { return "<mo>\(symbol)</mo>" }
    if FormulaSymbols.functions.contains(name) { return function(String(name.dropFirst())) }
    if let width = FormulaSymbols.spaces[name] { return "<mspace width=\"\(width)em\"></mspace>" }
    if let accent = FormulaSymbols.accents[name] {
      return "<mover accent=\"true\"><mrow>\(argument())</mrow><mo>\(accent)</mo></mover>"
    }
    if let alphabet = FormulaSymbols.alphabets[name] { return styled(rawGroup(), alphabet) }
    switch name {
    case "\\frac", "\\dfrac", "\\tfrac": return element("mfrac", argument(), argument())
    case "\\binom":
      return
        "<mrow><mo>(</mo><mfrac linethickness=\"0\"><mrow>\(argument())</mrow><mrow>\(argument())</mrow></mfrac><mo>)</mo></mrow>"
    case "\\sqrt": return root()
    case "\\text", "\\textrm", "\\mbox": return "<mtext>\(HTML.escaped(rawGroup()))</mtext>"
    case "\\operatorname": return function(rawGroup())
    case "\\underline": return "<munder><mrow>\(argument())</mrow><mo>_</mo></munder>"
    case "\\left": return fenced()
    case "\\begin": return table(rawGroup())
    case "\\{", "\\}", "\\%", "\\#", "\\&", "\\_", "\\$":
      return "<mo stretchy=\"false\">\(HTML.escaped(String(name.dropFirst())))</mo>"
    case "\\displaystyle", "\\textstyle", "\\limits", "\\nolimits", "\\right": return ""
    default: return "<mtext class=\"unknown\">\(HTML.escaped(name))</mtext>"
    }
  }

  private func function(_ name: String) -> String {
    "<mi mathvariant=\"normal\">\(HTML.escaped(name))</mi><mo>&#x2061;</mo>"
  }

  private mutating func root() -> String {
    guard current == "[" else { return "<msqrt>\(argument())</msqrt>" }
    position += 1
    let degree = row(until: ["]"])
    if current == "]" { position += 1 }
    return element("mroot", argument(), degree)
  }

  private func styled(_ text: String, _ alphabet: FormulaAlphabet) -> String {
    if alphabet == .upright { return "<mi mathvariant=\"normal\">\(HTML.escaped(text))</mi>" }
    var inner = FormulaParser(text)
    if text.contains("\\") { return "<mrow style=\"font-weight:bold\">\(inner.formula())</mrow>" }
    return "<mi>\(HTML.escaped(alphabet.letters(text)))</mi>"
  }

  // MARK: - Fences and tables

  private mutating func fence() -> String {
    while current?.isWhitespace == true { position += 1 }
    let token = next()
    switch token {
    case ".": return ""
    case "\\{", "\\lbrace": return "{"
    case "\\}", "\\rbrace": return "}"
    case "\\|": return "‖"
    default: return FormulaSymbols.operators[token] ?? HTML.escaped(token)
    }
  }

  private mutating func fenced() -> String {
    let open = fence()
    var content = ""
    while current != nil, peek() != "\\right" {
      content += row(until: ["\\right"])
      if current == "}" { break }
    }
    var close = ""
    if peek() == "\\right" {
      _ = next()
      close = fence()
    }
    func mark(_ text: String, _ form: String) -> String {
      text.isEmpty ? "" : "<mo fence=\"true\" form=\"\(form)\">\(text)</mo>"
    }
    return "<mrow>\(mark(open, "prefix"))<mrow>\(content)</mrow>\(mark(close, "postfix"))</mrow>"
  }

  private mutating func table(_ kind: String) -> String {
    if kind.hasPrefix("array") { _ = rawGroup() }
    var rows: [String] = []
    var cells: [String] = []
    while current != nil {
      cells.append("<mtd>\(row(until: ["&", "\\\\", "\\end"]))</mtd>")
      let ender = next()
      if ender == "&" { continue }
      rows.append("<mtr>\(cells.joined())</mtr>")
      cells = []
      if ender == "\\end" || ender == "}" {
        if ender == "\\end" { _ = rawGroup() }
        break
      }
    }
    if !cells.isEmpty { rows.append("<mtr>\(cells.joined())</mtr>") }
    let (open, close) = FormulaSymbols.tableFences[kind] ?? ("", "")
    let isLeft = kind == "cases"
    let isAligned = kind.hasPrefix("align") || kind == "split"
    let style = isLeft ? " class=\"left\"" : isAligned ? " class=\"aligned\" displaystyle=\"true\"" : ""
    func mark(_ text: String) -> String { text.isEmpty ? "" : "<mo fence=\"true\">\(text)</mo>" }
    return "<mrow>\(mark(open))<mtable\(style)>\(rows.joined())</mtable>\(mark(close))</mrow>"
  }
}
