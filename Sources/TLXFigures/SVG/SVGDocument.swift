/// An SVG text being written: escaped, with numbers of bounded length, free of scripts and of links. Colours of paper,
/// text and lines are classes, so that a page can give them those of its theme.
struct SVGDocument {
  private(set) var body = ""
  let width: Double
  let height: Double

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  mutating func append(_ element: String) { body += element }

  /// What a colour is for.
  enum Ink: String {
    case ink = "g-ink"
    case soft = "g-soft"
    case grid = "g-grid"
    case axis = "g-axis"
    case edge = "g-edge"
  }

  mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ ink: Ink, width: Double = 1, dash: String = ""
  ) {
    let dashes = dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\""
    body +=
      "<line x1=\"\(svg(x1))\" y1=\"\(svg(y1))\" x2=\"\(svg(x2))\" y2=\"\(svg(y2))\" class=\"\(ink.rawValue)\" stroke-width=\"\(svg(width))\"\(dashes)/>\n"
  }

  mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String, radius: Double = 0,
    opacity: Double = 1,
    tip: String = ""
  ) {
    var shape =
      "<rect x=\"\(svg(x))\" y=\"\(svg(y))\" width=\"\(svg(max(0, width)))\" height=\"\(svg(max(0, height)))\" \(paint(fill, "fill"))"
    if radius > 0 { shape += " rx=\"\(svg(radius))\"" }
    if opacity < 1 { shape += " fill-opacity=\"\(svg(opacity))\"" }
    body += tip.isEmpty ? shape + "/>\n" : shape + "><title>\(escaped(tip))</title></rect>\n"
  }

  /// What cannot be seen but says its tip when the pointer is over it.
  mutating func sensitive(_ x: Double, _ y: Double, _ width: Double, _ height: Double, tip: String) {
    body +=
      "<rect x=\"\(svg(x))\" y=\"\(svg(y))\" width=\"\(svg(width))\" height=\"\(svg(height))\" fill=\"none\" pointer-events=\"all\"><title>\(escaped(tip))</title></rect>\n"
  }

  mutating func circle(
    _ x: Double, _ y: Double, radius: Double, fill: String, opacity: Double = 0.85, tip: String = ""
  ) {
    let shape =
      "<circle cx=\"\(svg(x))\" cy=\"\(svg(y))\" r=\"\(svg(radius))\" \(paint(fill, "fill")) fill-opacity=\"\(svg(opacity))\""
    body += tip.isEmpty ? shape + "/>\n" : shape + "><title>\(escaped(tip))</title></circle>\n"
  }

  mutating func polyline(_ points: [(Double, Double)], stroke: String, dash: String = "", width: Double = 2) {
    guard points.count > 1 else { return }
    let dashes = dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\""
    body +=
      "<path d=\"\(path(points))\" fill=\"none\" \(paint(stroke, "stroke")) stroke-width=\"\(svg(width))\" stroke-linejoin=\"round\" stroke-linecap=\"round\"\(dashes)/>\n"
  }

  mutating func polygon(_ points: [(Double, Double)], fill: String, opacity: Double) {
    guard points.count > 2 else { return }
    body += "<path d=\"\(path(points))z\" \(paint(fill, "fill")) fill-opacity=\"\(svg(opacity))\"/>\n"
  }

  /// Steps from point to point in tenths: a third of the length of full coordinates.
  private func path(_ points: [(Double, Double)]) -> String {
    func tenths(_ value: Double) -> Int {
      value.isFinite ? Int((min(max(value, -1e5), 1e5) * 10).rounded()) : 0
    }
    func text(_ tenths: Int) -> String {
      let sign = tenths < 0 ? "-" : ""
      let size = abs(tenths)
      if size % 10 == 0 { return "\(sign)\(size / 10)" }
      return size < 10 ? "\(sign).\(size)" : "\(sign)\(size / 10).\(size % 10)"
    }
    var (x, y) = (tenths(points[0].0), tenths(points[0].1))
    var result = "M\(text(x)) \(text(y))l"
    var isFirst = true
    for point in points.dropFirst() {
      let (nextX, nextY) = (tenths(point.0), tenths(point.1))
      let (stepX, stepY) = (text(nextX - x), text(nextY - y))
      if !isFirst && !stepX.hasPrefix("-") { result += " " }
      result += stepX + (stepY.hasPrefix("-") ? "" : " ") + stepY
      (x, y) = (nextX, nextY)
      isFirst = false
    }
    return result
  }

  /// A picture made of pixels, each drawn as a sharp square.
  mutating func image(
    _ address: String, _ x: Double, _ y: Double, _ width: Double, _ height: Double, isSharp: Bool = true,
    tip: String = ""
  ) {
    let style = isSharp ? " style=\"image-rendering:pixelated\"" : ""
    let shape =
      "<image x=\"\(svg(x))\" y=\"\(svg(y))\" width=\"\(svg(width))\" height=\"\(svg(height))\" preserveAspectRatio=\"none\"\(isSharp ? style : " class=\"g-dots\"") href=\"\(address)\""
    body += tip.isEmpty ? shape + "/>\n" : shape + "><title>\(escaped(tip))</title></image>\n"
  }

  /// A series' colour as a class, so that a dark page can lighten it; any other as it is.
  private func paint(_ color: String, _ attribute: String) -> String {
    guard let number = Palette.series.firstIndex(where: { $0.hex == color }) else {
      return "\(attribute)=\"\(color)\""
    }
    return "class=\"g-\(attribute == "fill" ? "f" : "l")\(number)\""
  }

  enum Anchor: String { case start, middle, end }

  mutating func text(
    _ text: String, _ x: Double, _ y: Double, size: Double = 13, anchor: Anchor = .start, _ ink: Ink = .ink,
    fill: String = "", isBold: Bool = false, hasHalo: Bool = false, rotation: Double = 0
  ) {
    guard !text.isEmpty else { return }
    let weight = isBold ? " font-weight=\"600\"" : ""
    let turn = rotation == 0 ? "" : " transform=\"rotate(\(svg(rotation)) \(svg(x)) \(svg(y)))\""
    let color =
      fill.isEmpty ? " class=\"\(ink.rawValue)\(hasHalo ? " g-halo" : "")\"" : " \(paint(fill, "fill"))"
    let halo = hasHalo ? " stroke-width=\"3\" paint-order=\"stroke\" stroke-linejoin=\"round\"" : ""
    body +=
      "<text x=\"\(svg(x))\" y=\"\(svg(y))\" font-size=\"\(svg(size))\" text-anchor=\"\(anchor.rawValue)\"\(color)\(weight)\(halo)\(turn)>\(escaped(text))</text>\n"
  }

  /// Another document's contents, moved and scaled.
  mutating func insert(_ document: SVGDocument, _ x: Double, _ y: Double, scale: Double) {
    body += "<g transform=\"translate(\(svg(x)) \(svg(y))) scale(\(svg(scale)))\">\n\(document.body)</g>\n"
  }

  private static let style = """
    <style>\(seriesStyle { $0.hex }).g-ink{fill:#1d1f23}.g-soft{fill:#595f69}.g-grid{stroke:#e4e6ea}.g-axis{stroke:#6b717b}.g-edge{stroke:#1d1f23}\
    .g-halo{stroke:#fff}</style>
    """

  /// The colours of series as a page's style gives them.
  static func seriesStyle(_ color: (Palette.Color) -> String) -> String {
    Palette.series.enumerated().map { ".g-f\($0){fill:\(color($1))}.g-l\($0){stroke:\(color($1))}" }.joined()
  }

  /// The whole document; `title` is what a screen reader says. One that stands alone has paper and colours of its own.
  func document(title: String, isStandalone: Bool, name: String = "") -> String {
    let paper =
      isStandalone
      ? "\(SVGDocument.style)\n<rect width=\"\(svg(width))\" height=\"\(svg(height))\" fill=\"#ffffff\"/>\n"
      : ""
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(svg(width)) \(svg(height))" width="\(svg(width))" \
      height="\(svg(height))"\(name.isEmpty ? "" : " class=\"\(name)\"") role="img" aria-label="\(escaped(title))" font-family="system-ui, 'DejaVu Sans', Arial, sans-serif">
      \(isStandalone ? "<title>\(escaped(title))</title>\n" : "")\(paper)\(body)</svg>

      """
  }
}

/// A coordinate with at most two decimals.
func svg(_ value: Double) -> String {
  guard value.isFinite else { return "0" }
  let hundredths = (value * 100).rounded()
  guard abs(hundredths) < 1e15 else { return fixedText(value, decimals: 0) }
  let size = Int(abs(hundredths))
  let sign = hundredths < 0 ? "-" : ""
  let (whole, rest) = (size / 100, size % 100)
  if rest == 0 { return sign.isEmpty ? String(whole) : sign + String(whole) }
  if rest % 10 == 0 { return "\(sign)\(whole).\(rest / 10)" }
  return rest < 10 ? "\(sign)\(whole).0\(rest)" : "\(sign)\(whole).\(rest)"
}

/// Text that is safe inside elements and attributes; characters that XML forbids become `�`.
func escaped(_ text: String) -> String {
  func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0xE2 && byte != 0x26 && byte != 0x3C && byte != 0x3E && byte != 0x22
      && byte != 0x27
  }
  if text.utf8.allSatisfy(isPlain) { return text }
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
    case _ where (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value):
      result += "\u{FFFD}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// About how wide a text is drawn, for layout: SVG cannot be asked.
func textWidth(_ text: String, size: Double) -> Double {
  var width = 0.0
  for character in text {
    switch character {
    case "i", "l", "j", ".", ",", ":", ";", "'", "|", "!", "I", " ", "t", "f", "r", "(", ")": width += 0.38
    case "m", "w", "M", "W", "—", "…", "%", "@": width += 0.9
    case _ where character.isUppercase: width += 0.7
    default: width += 0.6 * Double(max(1, columnWidth(character)))
    }
  }
  return width * size
}
