import TLXNumerics

/// Whole CSV files.
public enum CSV {
  public struct Options: Sendable {
    /// Nil: a tab for `.tsv`, else a comma.
    public var delimiter: UInt8?
    /// Whether the first record holds names; nil finds out: it does if none of its fields is a number.
    public var header: Bool?
    /// Names that replace those of the header, or stand for it.
    public var names: [String]?
    /// Records to pass over before the header.
    public var skip = 0
    public var comment: UInt8?
    /// Columns that are text whatever they look like.
    public var text: Set<String> = []

    public init() {}
  }

  /// Reads a file into typed columns.
  ///
  /// A column is `ints` if every cell is a whole number, `floats` if every cell is a number or missing (missing cells
  /// become NaN and are counted), `bools` if every cell is true or false, else `strings`, as written. Goes
  /// through the file a second time only if a column turns out to be text late.
  ///
  /// - Throws: E0601, E0602, E0608; E0603 with the line for bad quotes, a record of another length, text that is not
  ///   UTF-8, a file without a record.
  public static func read(_ file: FileName, _ options: Options = Options()) throws -> DataFrame {
    var first = try Pass(file, options, isText: nil)
    try first.readAll()
    guard first.builders.contains(where: \.lostText) else { return first.frame }
    var second = try Pass(file, options, isText: first.builders.map(\.lostText))
    try second.readAll()
    return second.frame
  }

  /// One time through the file.
  private struct Pass {
    let reader: CSVReader
    let names: [String]
    var builders: [ColumnBuilder]
    /// Whether the reader stands on the first record of data.
    private var holdsRecord: Bool

    init(_ file: FileName, _ options: Options, isText: [Bool]?) throws {
      let delimiter = options.delimiter ?? (file.format == "tsv" ? 0x09 : 0x2C)
      reader = try CSVReader(file, delimiter: delimiter, comment: options.comment)
      for _ in 0..<max(options.skip, 0) { _ = try reader.next() }
      guard try reader.next() else { throw file.failure("E0603", "the file holds no record") }
      let width = reader.fieldCount
      let hasHeader = options.header ?? (options.names == nil && Self.looksLikeHeader(reader))
      if let given = options.names {
        guard given.count == width else {
          throw file.failure(
            "E0603", "line \(reader.line): \(given.count) names for \(width) fields")
        }
        names = given
      } else if hasHeader {
        names = try Self.unique(Self.texts(reader))
      } else {
        names = (0..<width).map { "c\($0)" }
      }
      holdsRecord = !hasHeader
      builders = []
      for (index, name) in names.enumerated() {
        builders.append(ColumnBuilder(isText: options.text.contains(name) || isText?[index] == true))
      }
      for name in options.text.sorted() where !names.contains(name) {
        throw file.failure("E0603", "there is no column \(name); there are \(names.joined(separator: ", "))")
      }
    }

    private static func texts(_ reader: CSVReader) throws -> [String] {
      try (0..<reader.fieldCount).map { try reader.text($0) }
    }

    /// Names: at least one field holds text, and none a number.
    private static func looksLikeHeader(_ reader: CSVReader) -> Bool {
      var sawText = false
      for index in 0..<reader.fieldCount {
        let cell = reader.bytes(index)
        if !cell.isEmpty && NumberText(cell) != nil { return false }
        if !ColumnBuilder.isMissing(cell) { sawText = true }
      }
      return sawText
    }

    /// Empty names become `c0`, `c1`, …; repeated ones get a number.
    private static func unique(_ names: [String]) -> [String] {
      var used: Set<String> = []
      return names.enumerated().map { index, name in
        let trimmed = name.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        let stem = trimmed.isEmpty ? "c\(index)" : trimmed
        var result = stem
        var number = 2
        while !used.insert(result).inserted {
          result = "\(stem)_\(number)"
          number += 1
        }
        return result
      }
    }

    mutating func readAll() throws {
      let reader = reader
      while try holdsRecord || reader.next() {
        holdsRecord = false
        guard reader.fieldCount == names.count else {
          throw reader.file.failure(
            "E0603",
            "line \(reader.line): expected \(Self.fields(names.count)), found \(reader.fieldCount)",
            help: reader.fieldCount == 1 || names.count == 1
              ? "is the delimiter right? delimiter=\";\" or \"\\t\" names another" : nil)
        }
        for index in builders.indices {
          try builders[index].append(reader.bytes(index)) { try reader.text(index) }
        }
      }
    }

    private static func fields(_ count: Int) -> String { count == 1 ? "1 field" : "\(count) fields" }

    var frame: DataFrame {
      DataFrame(names: names, columns: builders.map { $0.finish() }, missing: builders.map(\.missing))
    }
  }

  // MARK: - Writing

  /// Writes columns under a header line; floats so that they read back exactly, NaN as `nan`.
  public static func write(_ frame: DataFrame, to file: FileName, delimiter: UInt8? = nil) throws {
    let mark = Character(UnicodeScalar(delimiter ?? (file.format == "tsv" ? 0x09 : 0x2C)))
    try AtomicFile.write(file) { output in
      try output.write(line(frame.names.map { quoted($0, mark) }, mark))
      for row in 0..<frame.rowCount {
        try output.write(line(frame.columns.map { cell($0, row, mark) }, mark))
      }
    }
  }

  private static func line(_ cells: [String], _ mark: Character) -> String {
    cells.joined(separator: String(mark)) + "\n"
  }

  private static func cell(_ column: DataFrame.Column, _ row: Int, _ mark: Character) -> String {
    switch column {
    case .ints(let items): String(items[row])
    case .floats(let items): items[row].description
    case .bools(let items): items[row] ? "true" : "false"
    case .strings(let items): quoted(items[row], mark)
    case .values(let items):
      switch items[row] {
      case .null: ""
      case .string(let text): quoted(text, mark)
      default: quoted(items[row].text, mark)
      }
    }
  }

  private static func quoted(_ text: String, _ mark: Character) -> String {
    let needsQuotes =
      text.isEmpty || text.utf8.contains { $0 == 0x22 || $0 == 0x0A || $0 == 0x0D || $0 == mark.asciiValue }
      || text.utf8.first == 0xEF
    guard needsQuotes else { return text }
    var result = "\""
    for character in text.unicodeScalars {
      if character == "\"" { result += "\"\"" } else { result.unicodeScalars.append(character) }
    }
    return result + "\""
  }
}
