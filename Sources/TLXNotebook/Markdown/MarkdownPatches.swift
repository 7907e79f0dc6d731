import TLXSyntax

/// What a page changes in cmark's HTML, in one pass over its bytes: headings go below those of the cells, links give no
/// referrer, images come into the page, blocks of TLX code get colours, and formulas their MathML.
struct MarkdownPatches {
  let formulas: [FormulaSearch.Formula]
  let image: (String) -> String?
  private var result: [UInt8] = []
  private var isInTag = false

  init(formulas: [FormulaSearch.Formula], image: @escaping (String) -> String?) {
    (self.formulas, self.image) = (formulas, image)
  }

  mutating func applied(to html: [UInt8]) -> String {
    result.reserveCapacity(html.count * 2)
    var rest = html[...]
    while let byte = rest.first {
      switch byte {
      case UInt8(ascii: "<"): if takeTag(&rest) { continue }
      case UInt8(ascii: ">"): isInTag = false
      case Self.open.first: if takeFormula(&rest) { continue }
      default: break
      }
      result.append(byte)
      rest.removeFirst()
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// A tag that does not stay as it is; of any other only that it begins.
  private mutating func takeTag(_ rest: inout ArraySlice<UInt8>) -> Bool {
    isInTag = true
    if takeHeading(&rest, "<h") || takeHeading(&rest, "</h") { return true }
    if rest.starts(with: Self.link) {
      result += "<a rel=\"noopener noreferrer\" href=".utf8
      rest = rest.dropFirst(Self.link.count)
      return true
    }
    if rest.starts(with: Self.picture) { return takeImage(&rest) }
    if rest.starts(with: Self.code) { return takeCode(&rest) }
    return false
  }

  /// Cells have headings of their own above those of their prose: `<h1>` becomes `<h3>`.
  private mutating func takeHeading(_ rest: inout ArraySlice<UInt8>, _ opening: StaticString) -> Bool {
    let length = opening.utf8CodeUnitCount
    let place = rest.startIndex + length
    guard rest.count > length + 1, opening.withUTF8Buffer({ rest.starts(with: $0) }),
      (UInt8(ascii: "1")...UInt8(ascii: "4")).contains(rest[place]), rest[place + 1] == UInt8(ascii: ">")
    else { return false }
    opening.withUTF8Buffer { result += $0 }
    result += [rest[place] + 2, UInt8(ascii: ">")]
    isInTag = false
    rest = rest.dropFirst(length + 2)
    return true
  }

  /// cmark writes `<img src="…" alt="…" />`, both escaped.
  private mutating func takeImage(_ rest: inout ArraySlice<UInt8>) -> Bool {
    let after = rest.dropFirst(Self.picture.count)
    guard let quote = after.firstIndex(of: UInt8(ascii: "\"")) else { return false }
    let address = HTML.unescaped(String(decoding: after[..<quote], as: UTF8.self))
    if let inlined = image(address) {
      result += "<img src=\"\(HTML.escaped(inlined))\"".utf8
      rest = after[(quote + 1)...]
      return true
    }
    guard let end = after.firstIndex(of: UInt8(ascii: ">")) else { return false }
    result += "<span class=\"missing\">image \(HTML.escaped(address)) is not part of this page</span>".utf8
    isInTag = false
    rest = after[(end + 1)...]
    return true
  }

  private mutating func takeCode(_ rest: inout ArraySlice<UInt8>) -> Bool {
    let after = rest.dropFirst(Self.code.count)
    guard let end = after.firstRange(of: Self.codeEnd) else { return false }
    let text = HTML.unescaped(String(decoding: after[..<end.lowerBound], as: UTF8.self))
    result += Self.code
    result += CodeText.html(text).utf8
    isInTag = false
    rest = after[end.lowerBound...]
    return true
  }

  /// A mark that stands for a formula: MathML, or inside a tag, where no element may stand, what was written.
  private mutating func takeFormula(_ rest: inout ArraySlice<UInt8>) -> Bool {
    guard rest.starts(with: Self.open), let end = rest.firstRange(of: Self.close),
      let number = Int(
        String(decoding: rest[(rest.startIndex + Self.open.count)..<end.lowerBound], as: UTF8.self)),
      formulas.indices.contains(number)
    else { return false }
    let formula = formulas[number]
    let written =
      isInTag
      ? HTML.escaped("$\(formula.text)$") : MathML.html(formula.text, isDisplayed: formula.isDisplayed)
    result += written.utf8
    rest = rest[end.upperBound...]
    return true
  }

  private static let link = Array("<a href=".utf8)
  private static let picture = Array("<img src=\"".utf8)
  private static let code = Array("<pre><code class=\"language-tlx\">".utf8)
  private static let codeEnd = Array("</code>".utf8)
  private static let open = Array(String(FormulaSearch.open).utf8)
  private static let close = Array(String(FormulaSearch.close).utf8)
}
