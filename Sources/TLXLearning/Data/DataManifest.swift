import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// The list of bundled data sets, `MANIFEST.tsv`, and the folder it lies in.
public struct DataManifest: Sendable {
  public struct Entry: Sendable {
    public var name: String
    public var rows: Int
    /// Whether it is a table of text and numbers, `table.csv.gz`, and not arrays of examples and labels.
    public var isTable: Bool
    /// The shape of one example: `[8, 8]` for an image, `[4]` for features; the number of columns of a table.
    public var shape: [Int]
    /// What stored numbers are divided by.
    public var scale: Int
    public var classes: [String]
    public var features: [String]
    public var licence: String
    public var origin: String
    /// sha256 of `x.npy` followed by `y.npy`, or of the table's unpacked text.
    public var checksum: String
  }

  public let folder: String
  public let entries: [Entry]

  static let fileName = "MANIFEST.tsv"

  /// Reads a folder's manifest. E0611 with the line if it is damaged.
  public init(folder: String) throws {
    self.folder = folder
    let file = FileName(Self.fileName, in: folder)
    let text = try FileContents(of: file).withBytes { String(decoding: $0, as: UTF8.self) }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: true).map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    guard !lines.isEmpty else { throw FileName(file.path).failure("E0611", "it is empty") }
    let columns = lines.removeFirst()
    entries = try lines.enumerated().map { index, cells in
      guard cells.count == columns.count, let entry = Self.entry(columns, cells) else {
        throw FileName(file.path).failure("E0611", "line \(index + 2) is damaged")
      }
      return entry
    }
  }

  private static func entry(_ columns: [String], _ cells: [String]) -> Entry? {
    func cell(_ name: String) -> String? { columns.firstIndex(of: name).map { cells[$0] } }
    func list(_ name: String) -> [String]? { cell(name)?.split(separator: "|").map(String.init) }
    guard let name = cell("name"), let rows = cell("rows").flatMap(Int.init),
      let shape = cell("shape")?.split(separator: "x").map({ Int($0) ?? -1 }), !shape.contains(-1),
      let scale = cell("scale").flatMap(Int.init), scale > 0, let classes = list("classes"),
      let features = list("features"), let licence = cell("licence"), let origin = cell("origin"),
      let checksum = cell("sha256")
    else { return nil }
    return Entry(
      name: name, rows: rows, isTable: cell("format") == "table", shape: shape, scale: scale,
      classes: classes, features: features,
      licence: licence, origin: origin, checksum: checksum)
  }

  // MARK: - Finding

  /// The manifest of the folder that `TLX_DATA` names, or else of the installed data beside the program, or else
  /// of the repository that the program was built in, or else of `Datasets` in the current folder.
  ///
  /// - Throws: E0611 naming the places where it was looked for.
  public static func find() throws -> DataManifest {
    if let given = getenv("TLX_DATA") {
      let folder = String(cString: given)
      guard holdsManifest(folder) else {
        throw NumericsError(
          "E0611", "no data sets in \(folder), which TLX_DATA names",
          help: "TLX_DATA must name a folder with a \(fileName)")
      }
      return try DataManifest(folder: folder)
    }
    let places = places()
    guard let folder = places.first(where: holdsManifest) else {
      throw NumericsError(
        "E0611", "no data sets found: looked in \(places.joined(separator: ", "))",
        help: "set the variable TLX_DATA to the folder that holds \(fileName)")
    }
    return try DataManifest(folder: folder)
  }

  private static func holdsManifest(_ folder: String) -> Bool {
    access(folder + "/" + fileName, R_OK) == 0
  }

  private static func places() -> [String] {
    var parts = executable().split(separator: "/").map(String.init)
    var places: [String] = []
    if !parts.isEmpty { parts.removeLast() }
    if !parts.isEmpty { places.append(path(parts.dropLast()) + "/share/tlx/datasets") }
    if let build = parts.firstIndex(where: { $0.hasPrefix(".build") }) {
      places.append(path(parts[..<build]) + "/Datasets")
    }
    places.append("Datasets")
    return places
  }

  private static func path(_ parts: ArraySlice<String>) -> String {
    parts.isEmpty ? "" : "/" + parts.joined(separator: "/")
  }

  private static func executable() -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
      guard let base = buffer.baseAddress else { return "" }
      let length = readlink("/proc/self/exe", base, buffer.count)
      guard length > 0 else { return "" }
      return String(
        decoding: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<length]), as: UTF8.self)
    }
  }
}
