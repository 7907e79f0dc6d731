import CMarkdown
import TLXSyntax

#if canImport(Glibc)
  import Glibc
#endif

/// Prose as HTML: CommonMark by cmark-gfm, formulas between dollar signs as MathML, blocks of TLX code with colours.
struct Markdown {
  /// Makes what an image's address means into an address that needs no network; nil if that cannot be.
  var image: (String) -> String?

  func html(_ text: String) -> String {
    let (bare, formulas) = FormulaSearch.separated(text)
    var page = MarkdownPatches(formulas: formulas, image: image)
    return page.applied(to: Markdown.rendered(bare))
  }

  private static func rendered(_ text: String) -> [UInt8] {
    var text = text
    guard
      let html = text.withUTF8({ bytes in
        bytes.withMemoryRebound(to: CChar.self) { tlx_markdown_html($0.baseAddress, $0.count) }
      })
    else { return [] }
    defer { free(html) }
    return Array(UnsafeRawBufferPointer(start: html, count: strlen(html)))
  }
}

/// Formulas between dollar signs, taken out before Markdown is read: it would see emphasis in `$a_1 b_1$`.
enum FormulaSearch {
  struct Formula {
    var text: String
    var isDisplayed: Bool
  }

  // Private characters, which no text has for itself: those that it does have are taken out.
  static let open: Unicode.Scalar = "\u{F8F0}"
  static let close: Unicode.Scalar = "\u{F8F1}"

  static func separated(_ text: String) -> (text: String, formulas: [Formula]) {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return (text, []) }
    var formulas: [Formula] = []
    var result = String.UnicodeScalarView()
    let scalars = Array(text.unicodeScalars).filter { $0 != open && $0 != close }
    var position = 0
    while position < scalars.count {
      let scalar = scalars[position]
      if scalar == "`" {
        let end = codeEnd(scalars, position)
        result.append(contentsOf: scalars[position..<end])
        position = end
      } else if scalar == "\\", position + 1 < scalars.count {
        result.append(contentsOf: scalars[position...position + 1])
        position += 2
      } else if scalar == "$", let (formula, end) = formula(scalars, position) {
        result.append(open)
        result.append(contentsOf: String(formulas.count).unicodeScalars)
        result.append(close)
        formulas.append(formula)
        position = end
      } else {
        result.append(scalar)
        position += 1
      }
    }
    return (String(result), formulas)
  }

  /// The end of a code span or block that starts here: as many backticks as opened it.
  private static func codeEnd(_ scalars: [Unicode.Scalar], _ start: Int) -> Int {
    let count = scalars[start...].prefix { $0 == "`" }.count
    var position = start + count
    while position < scalars.count {
      let run = scalars[position...].prefix { $0 == "`" }.count
      if run == count { return position + run }
      position += max(run, 1)
    }
    return start + count
  }

  private static func formula(_ scalars: [Unicode.Scalar], _ start: Int) -> (Formula, Int)? {
    let isDisplayed = start + 1 < scalars.count && scalars[start + 1] == "$"
    let first = start + (isDisplayed ? 2 : 1)
    guard first < scalars.count, isDisplayed || !scalars[first].properties.isWhitespace else { return nil }
    var position = first
    while position < scalars.count {
      if scalars[position] == "\\" {
        position += 2
        continue
      }
      // Code is not part of a formula.
      if scalars[position] == "`" { return nil }
      // A blank line ends a paragraph, and with it what is not closed.
      if scalars[position] == "\n", position + 1 < scalars.count, scalars[position + 1] == "\n" { return nil }
      guard scalars[position] == "$" else {
        position += 1
        continue
      }
      let content = scalars[first..<position]
      if isDisplayed {
        guard position + 1 < scalars.count, scalars[position + 1] == "$" else { return nil }
        return (Formula(text: text(content), isDisplayed: true), position + 2)
      }
      // `$5 and $6` are prices.
      let isPrice = position + 1 < scalars.count && scalars[position + 1].properties.numericType != nil
      guard !content.isEmpty, content.last?.properties.isWhitespace == false, !isPrice else { return nil }
      return (Formula(text: text(content), isDisplayed: false), position + 1)
    }
    return nil
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}
