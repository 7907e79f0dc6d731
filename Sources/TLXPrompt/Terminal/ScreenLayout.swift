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
    var rows = [String](repeating: "", count: rowCount)
    var next = 0
    var active: StyledRange?
    var row = 0
    for (position, scalar) in scalars.enumerated() {
      let place = places[position]
      let offset = offsets[position]
      if let range = active?.range, offset >= range.upperBound {
        rows[row] += "\u{1b}[0m"
        active = nil
      }
      if place.row != row {
        // Each row stands for itself.
        if let active {
          rows[row] += "\u{1b}[0m"
          rows[place.row] += "\u{1b}[\(active.style)m"
        }
        row = place.row
      }
      while next < styles.count, styles[next].range.upperBound <= offset { next += 1 }
      if active == nil, next < styles.count, styles[next].range.contains(offset) {
        active = styles[next]
        rows[row] += "\u{1b}[\(styles[next].style)m"
      }
      switch scalar {
      case "\n": break
      case "\t":
        let following = places[position + 1]
        let width = following.row == place.row ? following.column - place.column : columns - place.column
        rows[row] += String(repeating: " ", count: width)
      case _ where scalar.value < 0x20: rows[row] += "^" + String(Unicode.Scalar(UInt8(scalar.value) + 0x40))
      case _ where scalar.value == 0x7f: rows[row] += "^?"
      default: rows[row].unicodeScalars.append(scalar)
      }
    }
    if active != nil { rows[row] += "\u{1b}[0m" }
    return rows
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
