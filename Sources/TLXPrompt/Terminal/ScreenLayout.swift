import TLXRuntime

/// Where the editor puts each character of a text on the screen, so that colours and hints can be painted over what it
/// has drawn. Rows and columns count from the start of the prompt.
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

  /// The text of each row in its styles, as the terminal takes it.
  func rows(_ styles: [StyledRange]) -> [String] {
    var painter = RowPainter(rowCount: rowCount)
    var next = 0
    for (position, scalar) in scalars.enumerated() {
      let offset = offsets[position]
      painter.move(to: places[position].row, at: offset)
      while next < styles.count, styles[next].range.upperBound <= offset { next += 1 }
      if next < styles.count, styles[next].range.contains(offset) { painter.begin(styles[next]) }
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

  /// The escape sequences that draw the text again in its styles, with `hint` dimmed behind its end, starting and
  /// ending with the cursor at `cursor`. Only these rows are drawn, if some are named.
  func painting(_ styles: [StyledRange], hint: String?, cursor: Place) -> String {
    painting(rows(styles), only: nil, hint: hint, cursor: cursor)
  }

  func painting(_ rows: [String], only wanted: Set<Int>?, hint: String?, cursor: Place) -> String {
    var output = "\u{1b}[?25l\u{1b}7"
    if cursor.row > 0 { output += "\u{1b}[\(cursor.row)A" }
    var at = 0
    for (row, text) in rows.enumerated() where !text.isEmpty {
      if let wanted, !wanted.contains(row) { continue }
      output +=
        moved(from: at, to: Place(row: row, column: row == places[0].row ? places[0].column : 0)) + text
      at = row
    }
    if let hint {
      let room = columns - end.column - 1
      let text = TextWidth.cut(hint, to: room)
      if room > 3 { output += moved(from: at, to: end) + "\u{1b}[2m" + text + "\u{1b}[0m" }
    }
    return output + "\u{1b}8\u{1b}[?25h"
  }

  private func moved(from row: Int, to place: Place) -> String {
    var output = "\r"
    if place.row > row { output += "\u{1b}[\(place.row - row)B" }
    if place.column > 0 { output += "\u{1b}[\(place.column)C" }
    return output
  }
}

/// Gathers the bytes of one row after the other; each row sets its style and ends it.
private struct RowPainter {
  var row: [UInt8] = []
  private var rows: [String] = []
  private let rowCount: Int
  private var active: StyledRange?

  init(rowCount: Int) {
    self.rowCount = rowCount
    rows.reserveCapacity(rowCount)
  }

  /// The character at this byte stands on `row`, which is the same as before or below.
  mutating func move(to number: Int, at offset: Int) {
    if let range = active?.range, offset >= range.upperBound { end() }
    while rows.count < number {
      let style = active
      end()
      close()
      if let style { begin(style) }
    }
  }

  mutating func begin(_ style: StyledRange) {
    guard active == nil else { return }
    active = style
    row.append(contentsOf: "\u{1b}[\(style.style)m".utf8)
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
