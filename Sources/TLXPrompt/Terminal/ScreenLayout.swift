import TLXSyntax

/// Where the editor puts each character of a text on the screen, so that colours and hints can be painted over what it
/// has drawn (`PaintedText`). Rows and columns count from the start of the prompt.
struct ScreenLayout {
  struct Place: Equatable {
    var row: Int
    var column: Int
  }

  /// Of each character (Unicode scalar), and one more for the end.
  private(set) var places: [Place] = []
  /// Byte offset of each character.
  private(set) var offsets: [Int] = []
  let scalars: [Unicode.Scalar]
  let columns: Int

  /// Nil if the text has characters that the editor cannot place.
  init?(_ text: String, promptWidth: Int, columns: Int) {
    self.columns = columns
    scalars = Array(text.unicodeScalars)
    places.reserveCapacity(scalars.count + 1)
    var row = promptWidth / columns
    var column = promptWidth % columns
    var offset = 0
    for scalar in scalars {
      var width = 0
      switch scalar {
      case "\n": break
      case "\t": width = 8 - column % 8
      case _ where scalar.value < 0x20 || scalar.value == 0x7f: width = 2
      default:
        guard let own = Terminal.columns(of: scalar) else { return nil }
        width = own
        if column + width > columns {
          row += 1
          column = 0
        }
      }
      places.append(Place(row: row, column: column))
      offsets.append(offset)
      offset += UTF8.width(scalar)
      column += width
      if scalar == "\n" || column >= columns {
        row += 1
        // A tab that crosses the edge is drawn as blanks that wrap.
        column = scalar == "\n" ? 0 : column - columns
      }
    }
    places.append(Place(row: row, column: column))
    offsets.append(offset)
  }

  var rowCount: Int { (places.last?.row ?? 0) + 1 }
  var end: Place { places[places.count - 1] }

  /// Where the byte at `offset` is.
  func place(ofByte offset: Int) -> Place {
    var low = 0
    var high = offsets.count - 1
    while low < high {
      let middle = (low + high) / 2
      if offsets[middle] < offset { low = middle + 1 } else { high = middle }
    }
    return places[low]
  }

  /// The text of each row in its colours, as the terminal takes it.
  func rows(_ colors: [ColoredRange]) -> [String] {
    var painter = RowPainter(rowCount: rowCount)
    var next = 0
    for (position, scalar) in scalars.enumerated() {
      let offset = offsets[position]
      painter.move(to: places[position].row, at: offset)
      while next < colors.count, colors[next].range.upperBound <= offset { next += 1 }
      if next < colors.count, colors[next].range.contains(offset) { painter.begin(colors[next]) }
      draw(scalar, position, &painter)
    }
    return painter.finish()
  }

  private func draw(_ scalar: Unicode.Scalar, _ position: Int, _ painter: inout RowPainter) {
    switch scalar.value {
    case 0x20..<0x7f: painter.row.append(UInt8(scalar.value))
    case 0x0a: break
    case 0x09:
      let (place, following) = (places[position], places[position + 1])
      let width = following.row == place.row ? following.column - place.column : columns - place.column
      painter.row.append(contentsOf: repeatElement(UInt8(ascii: " "), count: width))
    case ..<0x20: painter.row.append(contentsOf: [UInt8(ascii: "^"), UInt8(scalar.value) + 0x40])
    case 0x7f: painter.row.append(contentsOf: "^?".utf8)
    default: painter.row.append(contentsOf: String(scalar).utf8)
    }
  }
}

/// Gathers the bytes of one row after the other; each row sets its colour and ends it.
private struct RowPainter {
  var row: [UInt8] = []
  private var rows: [String] = []
  private let rowCount: Int
  private var active: ColoredRange?

  init(rowCount: Int) {
    self.rowCount = rowCount
    rows.reserveCapacity(rowCount)
  }

  /// The character at this byte stands on `row`, which is the same as before or below.
  mutating func move(to number: Int, at offset: Int) {
    if let range = active?.range, offset >= range.upperBound { end() }
    while rows.count < number {
      let color = active
      end()
      close()
      if let color { begin(color) }
    }
  }

  mutating func begin(_ color: ColoredRange) {
    guard active == nil, let escape = color.kind.escape else { return }
    active = color
    row.append(contentsOf: escape.utf8)
  }

  private mutating func end() {
    guard active != nil else { return }
    active = nil
    row.append(contentsOf: "\u{1b}[0m".utf8)
  }

  private mutating func close() {
    rows.append(String(decoding: row, as: UTF8.self))
    row.removeAll(keepingCapacity: true)
  }

  mutating func finish() -> [String] {
    end()
    while rows.count < rowCount { close() }
    return rows
  }
}
