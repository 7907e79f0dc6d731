import TLXNumerics

/// Collects one column of a text file and finds its type: whole numbers, else floats, else true and false, else
/// text.
struct ColumnBuilder {
  private enum Kind { case undecided, ints, floats, bools, strings }

  private var kind = Kind.undecided
  private var ints: [Int] = []
  private var floats: [Double] = []
  private var bools: [Bool] = []
  private var strings: [String] = []
  private(set) var missing = 0
  /// Whether it turned out to be text after its first cells were read as something else: their exact text is gone, and
  /// the file has to be gone through once more.
  private(set) var lostText = false

  init(isText: Bool = false) { if isText { kind = .strings } }

  /// `text` is called only where the cell's text is kept.
  mutating func append(_ cell: UnsafeBufferPointer<UInt8>, text: () throws -> String) throws {
    switch kind {
    case .ints:
      switch NumberText(cell) {
      case .int(let value): ints.append(value)
      case .float(let value):
        becomeFloats()
        add(value)
      case nil: try appendOther(cell, text)
      }
    case .floats:
      if let number = NumberText(cell) { add(number.double) } else { try appendOther(cell, text) }
    case .undecided, .bools: try appendOther(cell, text)
    case .strings: if !lostText { strings.append(try text()) }
    }
  }

  /// A NaN in the text counts as missing too.
  private mutating func add(_ value: Double) {
    if value.isNaN { missing += 1 }
    floats.append(value)
  }

  private mutating func becomeFloats() {
    floats = ints.map(Double.init)
    ints = []
    kind = .floats
  }

  private mutating func appendOther(
    _ cell: UnsafeBufferPointer<UInt8>, _ text: () throws -> String
  ) throws {
    let isMissing = Self.isMissing(cell)
    switch kind {
    case .undecided where isMissing:
      add(.nan)
      return
    case .undecided:
      if let number = NumberText(cell) {
        if case .int(let value) = number, missing == 0 {
          kind = .ints
          ints.append(value)
        } else {
          kind = .floats
          add(number.double)
        }
        return
      }
      if missing == 0, let flag = Self.flag(cell) {
        kind = .bools
        bools.append(flag)
        return
      }
    case .ints where isMissing:
      becomeFloats()
      add(.nan)
      return
    case .floats where isMissing:
      add(.nan)
      return
    case .bools:
      if let flag = Self.flag(cell) { return bools.append(flag) }
    default: break
    }
    lostText = !ints.isEmpty || !floats.isEmpty || !bools.isEmpty
    kind = .strings
    missing = 0
    (ints, floats, bools) = ([], [], [])
    if !lostText { strings.append(try text()) }
  }

  /// Empty, `NA`, `N/A`, `NaN`, `null`, `None` in the usual spellings.
  static func isMissing(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    if cell.isEmpty || cell.allSatisfy({ $0 == 0x20 }) { return true }
    guard cell.count <= 4 else { return false }
    return missingWords.contains(String(decoding: cell, as: UTF8.self))
  }

  private static let missingWords: Set<String> = [
    "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None",
  ]

  private static func flag(_ cell: UnsafeBufferPointer<UInt8>) -> Bool? {
    guard cell.count == 4 || cell.count == 5 else { return nil }
    switch String(decoding: cell, as: UTF8.self) {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: return nil
    }
  }

  func finish() -> DataFrame.Column {
    switch kind {
    case .undecided, .floats: .floats(floats)
    case .ints: .ints(ints)
    case .bools: .bools(bools)
    case .strings: .strings(strings)
    }
  }
}
