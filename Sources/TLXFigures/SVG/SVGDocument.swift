/// An SVG text being written: escaped, with numbers of bounded length, free of scripts and of links.
struct SVGDocument {
  private(set) var body = ""
  let width: Double
  let height: Double

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  mutating func append(_ element: String) { body += element }

  mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, stroke: String, width: Double = 1
  ) {
    body +=
      "<line x1=\"\(svg(x1))\" y1=\"\(svg(y1))\" x2=\"\(svg(x2))\" y2=\"\(svg(y2))\" stroke=\"\(stroke)\" stroke-width=\"\(svg(width))\"/>\n"
  }

  mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String, tip: String = ""
  ) {
    let shape =
      "<rect x=\"\(svg(x))\" y=\"\(svg(y))\" width=\"\(svg(max(0, width)))\" height=\"\(svg(max(0, height)))\" fill=\"\(fill)\""
    body += tip.isEmpty ? shape + "/>\n" : shape + "><title>\(escaped(tip))</title></rect>\n"
  }

  mutating func circle(_ x: Double, _ y: Double, radius: Double, fill: String, tip: String = "") {
    let shape =
      "<circle cx=\"\(svg(x))\" cy=\"\(svg(y))\" r=\"\(svg(radius))\" fill=\"\(fill)\" fill-opacity=\"0.85\""
    body += tip.isEmpty ? shape + "/>\n" : shape + "><title>\(escaped(tip))</title></circle>\n"
  }

  mutating func polyline(_ points: [(Double, Double)], stroke: String, dash: String = "") {
    guard points.count > 1 else { return }
    let path = points.map { "\(svg($0.0)),\(svg($0.1))" }.joined(separator: " ")
    let dashes = dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\""
    body +=
      "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(stroke)\" stroke-width=\"2\" stroke-linejoin=\"round\"\(dashes)/>\n"
  }

  enum Anchor: String { case start, middle, end }

  mutating func text(
    _ text: String, _ x: Double, _ y: Double, size: Double = 12, anchor: Anchor = .start,
    fill: String = "#333333",
    isBold: Bool = false, rotation: Double = 0
  ) {
    let weight = isBold ? " font-weight=\"600\"" : ""
    let turn = rotation == 0 ? "" : " transform=\"rotate(\(svg(rotation)) \(svg(x)) \(svg(y)))\""
    body +=
      "<text x=\"\(svg(x))\" y=\"\(svg(y))\" font-size=\"\(svg(size))\" text-anchor=\"\(anchor.rawValue)\" fill=\"\(fill)\"\(weight)\(turn)>\(escaped(text))</text>\n"
  }

  /// The whole document; `title` is what a screen reader says.
  func document(title: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(svg(width)) \(svg(height))" width="\(svg(width))" \
    height="\(svg(height))" role="img" font-family="system-ui, 'DejaVu Sans', Arial, sans-serif">
    <title>\(escaped(title))</title>
    <rect width="\(svg(width))" height="\(svg(height))" fill="#ffffff"/>
    \(body)</svg>

    """
  }
}

/// A coordinate with at most two decimals.
func svg(_ value: Double) -> String {
  guard value.isFinite else { return "0" }
  let text = fixedText(value, decimals: 2)
  guard text.contains(".") else { return text }
  var end = text.endIndex
  while text[text.index(before: end)] == "0" { end = text.index(before: end) }
  if text[text.index(before: end)] == "." { end = text.index(before: end) }
  return String(text[..<end])
}

/// Text that is safe inside elements and attributes; characters that XML forbids become `�`.
func escaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    case "\t", "\n": result += " "
    case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += "\u{FFFD}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// About how wide a text is drawn, for layout: SVG cannot be asked.
func textWidth(_ text: String, size: Double) -> Double { Double(columnWidth(text)) * size * 0.58 }
