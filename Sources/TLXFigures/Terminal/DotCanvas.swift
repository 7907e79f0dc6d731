/// A grid of braille dots, 2 × 4 a character, over which single characters can be put.
struct DotCanvas {
  let columns: Int
  let rows: Int
  private var dots: [UInt8]
  private var owners: [Int]
  private var glyphs: [Character?]

  init(columns: Int, rows: Int) {
    self.columns = max(1, columns)
    self.rows = max(1, rows)
    dots = [UInt8](repeating: 0, count: self.columns * self.rows)
    owners = [Int](repeating: -1, count: self.columns * self.rows)
    glyphs = [Character?](repeating: nil, count: self.columns * self.rows)
  }

  var dotColumns: Int { columns * 2 }
  var dotRows: Int { rows * 4 }

  private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

  /// Sets the dot at (x, y) from the top left, for a series.
  mutating func set(_ x: Int, _ y: Int, owner: Int) {
    guard x >= 0, y >= 0, x < dotColumns, y < dotRows else { return }
    let cell = (y / 4) * columns + x / 2
    dots[cell] |= DotCanvas.bits[y % 4][x % 2]
    owners[cell] = owner
  }

  /// A straight line; `period` 2 draws every other dot, so that series differ without colour.
  mutating func line(from: (x: Int, y: Int), to: (x: Int, y: Int), owner: Int, period: Int) {
    let steps = max(abs(to.x - from.x), abs(to.y - from.y))
    guard steps > 0 else { return set(from.x, from.y, owner: owner) }
    for step in 0...steps where step % period == 0 {
      let t = Double(step) / Double(steps)
      let x = Double(from.x) + t * Double(to.x - from.x)
      let y = Double(from.y) + t * Double(to.y - from.y)
      set(Int(x.rounded()), Int(y.rounded()), owner: owner)
    }
  }

  func isFree(column: Int, row: Int, count: Int) -> Bool {
    guard row >= 0, row < rows, column >= 0, column + count <= columns else { return false }
    return (column..<column + count).allSatisfy {
      dots[row * columns + $0] == 0 && glyphs[row * columns + $0] == nil
    }
  }

  mutating func put(_ text: String, column: Int, row: Int, owner: Int) {
    guard row >= 0, row < rows else { return }
    var place = column
    for character in text {
      guard place >= 0, place < columns else { break }
      glyphs[row * columns + place] = character
      owners[row * columns + place] = owner
      place += 1
    }
  }

  func line(_ row: Int, style: TerminalStyle) -> String {
    var result = ""
    var run = ""
    var runOwner = -1
    func flush() {
      guard !run.isEmpty else { return }
      result += runOwner >= 0 ? style.colored(run, series: runOwner) : run
      run = ""
    }
    for column in 0..<columns {
      let cell = row * columns + column
      let character: Character
      if let glyph = glyphs[cell] {
        character = glyph
      } else if dots[cell] == 0 {
        character = " "
      } else {
        character = Character(Unicode.Scalar(0x2800 + UInt32(dots[cell])) ?? " ")
      }
      let owner = character == " " ? -1 : owners[cell]
      if owner != runOwner {
        flush()
        runOwner = owner
      }
      run.append(character)
    }
    flush()
    return result
  }
}
