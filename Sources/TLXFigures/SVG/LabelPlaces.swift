/// Finds places for texts that cover neither points nor each other.
struct LabelPlaces {
  struct Label {
    var text: String
    var x: Double
    var y: Double
  }

  private typealias Box = (left: Double, top: Double, right: Double, bottom: Double)
  private let area: PlotArea
  private var boxes: [Box] = []
  private static let size = 12.0

  init(_ area: PlotArea) { self.area = area }

  mutating func take(around x: Double, _ y: Double, _ radius: Double) {
    boxes.append((x - radius, y - radius, x + radius, y + radius))
  }

  private func isFree(_ box: Box) -> Bool {
    box.left >= area.left + 1 && box.right <= area.right + 10 && box.top >= area.top - 10
      && box.bottom <= area.bottom
      && boxes.allSatisfy {
        box.right < $0.left || box.left > $0.right || box.bottom < $0.top || box.top > $0.bottom
      }
  }

  /// Beside its point, or further away with a line to it. A label without room stays readable as the point's tip.
  mutating func write(_ label: Label, in document: inout SVGDocument) {
    let width = textWidth(label.text, size: Self.size)
    let height = Self.size + 1
    for distance in [8.0, 18, 30, 44] {
      let places: [(Double, Double)] = [
        (label.x + distance, label.y - height / 2), (label.x - distance - width, label.y - height / 2),
        (label.x - width / 2, label.y - distance - height), (label.x - width / 2, label.y + distance),
        (label.x + distance * 0.8, label.y - distance * 0.8 - height),
        (label.x - distance * 0.8 - width, label.y - distance * 0.8 - height),
        (label.x + distance * 0.8, label.y + distance * 0.8),
        (label.x - distance * 0.8 - width, label.y + distance * 0.8),
      ]
      for (left, top) in places {
        let box: Box = (left, top, left + width, top + height)
        guard isFree(box) else { continue }
        if distance > 10 {
          let end = (min(max(label.x, left), left + width), label.y < top ? top + 1 : top + height - 1)
          document.line(label.x, label.y, end.0, end.1, .axis, width: 0.7)
        }
        document.text(label.text, left, top + Self.size - 1.5, size: Self.size, hasHalo: true)
        boxes.append(box)
        return
      }
    }
  }
}
