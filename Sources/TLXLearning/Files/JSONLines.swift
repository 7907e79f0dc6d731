import TLXNumerics

/// Files with one JSON value a line.
public final class JSONLinesReader {
  private let window: ReadWindow
  /// The line of the value that `next` gave, from 1.
  public private(set) var line = 0

  /// - Throws: E0601, E0602, E0608.
  public init(_ file: FileName) throws { window = try ReadWindow(file) }

  /// The value of the next line that is not blank; nil at the end. E0604 with line and column.
  public func next() throws -> JSONValue? {
    while true {
      guard let length = try lineLength() else { return nil }
      line += 1
      defer { window.consume(min(length + 1, window.count)) }
      let text = UnsafeBufferPointer(start: UnsafePointer(window.base), count: length)
      if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      do throws(JSONSyntaxError) {
        return try JSONParser.parse(text)
      } catch {
        throw window.file.failure("E0604", "line \(line), column \(error.offset + 1): \(error.message)")
      }
    }
  }

  /// Bytes up to the line's end, which is then in the window; nil if no line is left.
  private func lineLength() throws -> Int? {
    var searched = 0
    while true {
      let (base, count) = (window.base, window.count)
      while searched < count {
        if base[searched] == 0x0A { return searched }
        searched += 1
      }
      if window.isAtEnd { return count == 0 ? nil : count }
      try window.more()
    }
  }
}

/// Whole files of JSON.
public enum JSONFile {
  /// Every line's value.
  public static func readLines(_ file: FileName) throws -> [JSONValue] {
    let reader = try JSONLinesReader(file)
    var values: [JSONValue] = []
    while let value = try reader.next() { values.append(value) }
    return values
  }

  /// One value a line.
  public static func writeLines(_ values: some Sequence<JSONValue>, to file: FileName) throws {
    try AtomicFile.write(file) { output in
      for value in values { try output.write(value.text + "\n") }
    }
  }

  /// A file that is one JSON value. E0604 with line and column.
  public static func read(_ file: FileName) throws -> JSONValue {
    let contents = try FileContents(of: file).decompressed(of: file)
    defer { withExtendedLifetime(contents) {} }
    var bytes = contents.bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = .init(rebasing: bytes.dropFirst(3)) }
    return try bytes.withMemoryRebound(to: UInt8.self) { text in
      do throws(JSONSyntaxError) {
        return try JSONParser.parse(text)
      } catch {
        let before = text[..<error.offset]
        let line = before.count { $0 == 0x0A } + 1
        let column = error.offset - (before.lastIndex(of: 0x0A) ?? -1)
        throw file.failure("E0604", "line \(line), column \(column): \(error.message)")
      }
    }
  }

  public static func write(_ value: JSONValue, to file: FileName) throws {
    try AtomicFile.write(file) { try $0.write(value.text + "\n") }
  }
}

extension DataFrame {
  /// A table of JSON objects: the union of their names in order of appearance. A column is `ints`, `floats`
  /// (null and absent become NaN), `bools` or `strings` where all its values agree, else `values`. Nil if an
  /// item is not an object.
  public init?(objects: [JSONValue]) {
    var positions: [String: Int] = [:]
    var names: [String] = []
    var cells: [[JSONValue]] = []
    for (row, object) in objects.enumerated() {
      guard case .object(let members) = object else { return nil }
      for member in members {
        let position = positions[member.name] ?? names.count
        if position == names.count {
          positions[member.name] = position
          names.append(member.name)
          cells.append([])
        }
        if cells[position].count > row { cells[position].removeLast() }
        while cells[position].count < row { cells[position].append(.null) }
        cells[position].append(member.value)
      }
    }
    for position in cells.indices {
      while cells[position].count < objects.count { cells[position].append(.null) }
    }
    self.init(
      names: names, columns: cells.map(Column.init(of:)),
      missing: cells.map { $0.count { $0 == .null } })
  }

  /// Row by row.
  public var objects: [JSONValue] {
    (0..<rowCount).map { row in
      .object(zip(names, columns).map { .init($0, $1.value(at: row)) })
    }
  }
}

extension DataFrame.Column {
  init(of values: [JSONValue]) {
    var (nulls, ints, floats, bools, strings) = (0, 0, 0, 0, 0)
    for value in values {
      switch value {
      case .null: nulls += 1
      case .int: ints += 1
      case .float: floats += 1
      case .bool: bools += 1
      case .string: strings += 1
      case .array, .object: break
      }
    }
    if ints == values.count {
      self = .ints(values.map { if case .int(let number) = $0 { number } else { 0 } })
    } else if ints + floats > 0, ints + floats + nulls == values.count {
      self = .floats(
        values.map {
          switch $0 {
          case .int(let number): Double(number)
          case .float(let number): number
          default: .nan
          }
        })
    } else if bools == values.count {
      self = .bools(values.map { $0 == .bool(true) })
    } else if strings == values.count {
      self = .strings(values.map { if case .string(let text) = $0 { text } else { "" } })
    } else {
      self = .values(values)
    }
  }

  func value(at row: Int) -> JSONValue {
    switch self {
    case .ints(let items): .int(items[row])
    case .floats(let items): .float(items[row])
    case .bools(let items): .bool(items[row])
    case .strings(let items): .string(items[row])
    case .values(let items): items[row]
    }
  }
}
