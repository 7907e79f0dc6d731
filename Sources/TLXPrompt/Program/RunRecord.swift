import Glibc
import TLXLearning
import TLXNumerics
import TLXSource

/// What was run, on what, and what it showed: the file that `--manifest` writes and `tlx replay` compares with.
struct RunRecord {
  struct Cell {
    var title: String
    var seconds: Double
    /// Of all that the cell wrote and showed.
    var checksum: String
    /// That text; nil where it is too long to keep.
    var shown: String?

    init(title: String, seconds: Double, shown: String) {
      self.title = title
      self.seconds = seconds
      self.checksum = SHA256.text(of: Array(shown.utf8))
      self.shown = shown.utf8.count <= 20_000 ? shown : nil
    }
  }

  struct File: Equatable {
    var path: String
    /// `script`, `import` or `data`.
    var role: String
    var checksum: String
  }

  var version: String
  /// Absolute; nil for `-e` and standard input, whose text is kept.
  var file: String?
  var code: String?
  var arguments: [String]
  var seed: UInt64
  var threads: Int
  var processor: String
  var time: String
  var status: Int
  var files: [File]
  var cells: [Cell]

  init(
    source: SourceText, file: String?, arguments: [String], seed: UInt64, status: ExitStatus, cells: [Cell]
  ) {
    version = Program.version
    self.file = file.flatMap { FileAccess.realPath($0) }
    code = file == nil ? source.text : nil
    self.arguments = arguments
    self.seed = seed
    threads = Parallel.threadCount
    processor = RunRecord.processor()
    time = History.now()
    self.status = Int(status.rawValue)
    let script = self.file
    files = FileAccess.recorded.compactMap { path in
      let role = path == script ? "script" : path.hasSuffix(".tlx") ? "import" : "data"
      guard let sum = try? SHA256.text(ofFile: FileName(path)) else { return nil }
      return File(path: path, role: role, checksum: sum)
    }
    self.cells = cells
  }

  /// `AMD EPYC 7B13, avx2 fma avx512f`: what decides the last digits of results.
  private static func processor() -> String {
    guard let text = try? TextFile.text(ofSystemFile: "/proc/cpuinfo") else { return "" }
    func field(_ name: String) -> String? {
      text.split(separator: "\n").first { $0.hasPrefix(name) }?
        .split(separator: ":", maxSplits: 1).last.map { String($0.drop { $0 == " " }) }
    }
    let known: Set<Substring> = ["avx2", "fma", "avx512f", "sse4_2"]
    let features = (field("flags") ?? "").split(separator: " ").filter(known.contains).joined(separator: " ")
    return [field("model name") ?? "", features].filter { !$0.isEmpty }.joined(separator: ", ")
  }

  // MARK: - As JSON

  /// The record as the file `path` holds it; paths are relative to that file's folder, so that both can move together.
  func text(beside path: String) -> String {
    let folder = RunRecord.folder(of: path)
    let program: JSONValue.Member =
      file.map { .init("file", .string(RelativePath.text(to: $0, from: folder))) }
      ?? .init("code", .string(code ?? ""))
    let fields: [JSONValue.Member] = [
      .init("tlx", .string(version)), program, .init("arguments", .array(arguments.map { .string($0) })),
      .init("seed", .int(Int(truncatingIfNeeded: seed))), .init("threads", .int(threads)),
      .init("processor", .string(processor)), .init("time", .string(time)), .init("status", .int(status)),
      .init(
        "files",
        .array(
          files.map {
            .fields([
              "path": .string(RelativePath.text(to: $0.path, from: folder)), "role": .string($0.role),
              "sha256": .string($0.checksum),
            ])
          })),
      .init("cells", .array(cells.map(RunRecord.json))),
    ]
    return JSONValue.object(fields).lines() + "\n"
  }

  private static func json(_ cell: Cell) -> JSONValue {
    .fields([
      "title": .string(cell.title), "seconds": .float((cell.seconds * 1e6).rounded() / 1e6),
      "sha256": .string(cell.checksum), "shown": cell.shown.map { .string($0) } ?? .null,
    ])
  }

  static func folder(of path: String) -> String {
    let folder = TextFile.split(path).folder
    return FileAccess.realPath(folder.isEmpty ? "." : folder) ?? folder
  }

  /// - Throws: E0601, E0602; E0625 if the file holds no record.
  init(reading path: String) throws {
    guard let json = JSONValue(parsing: Array(try TextFile.read(path).utf8)) else {
      throw RunRecord.damaged(path, "it is no JSON")
    }
    guard let version = json["tlx"]?.string, let seed = json["seed"]?.int, let cells = json["cells"],
      json["file"]?.string != nil || json["code"]?.string != nil
    else { throw RunRecord.damaged(path, "it lacks the fields of one") }
    let folder = RunRecord.folder(of: path)
    self.version = version
    file = json["file"]?.string.map { RelativePath.resolved($0, in: folder) }
    code = json["code"]?.string
    arguments = json["arguments"]?.items.compactMap(\.string) ?? []
    self.seed = UInt64(truncatingIfNeeded: seed)
    threads = json["threads"]?.int ?? 1
    processor = json["processor"]?.string ?? ""
    time = json["time"]?.string ?? ""
    status = json["status"]?.int ?? 0
    files = (json["files"]?.items ?? []).compactMap { item in
      guard let path = item["path"]?.string, let sum = item["sha256"]?.string else { return nil }
      return File(
        path: RelativePath.resolved(path, in: folder), role: item["role"]?.string ?? "data", checksum: sum)
    }
    self.cells = cells.items.map { item in
      var cell = Cell(
        title: item["title"]?.string ?? "", seconds: item["seconds"]?.number ?? 0,
        shown: item["shown"]?.string ?? "")
      cell.checksum = item["sha256"]?.string ?? cell.checksum
      cell.shown = item["shown"]?.string
      return cell
    }
  }

  private static func damaged(_ path: String, _ why: String) -> Diagnostic {
    Diagnostic(
      "E0625", "\(path) is not the record of a run: \(why)",
      help: "tlx run --manifest run.json FILE writes one")
  }
}

/// Paths as seen from a folder.
enum RelativePath {
  /// Both absolute, without links and dots.
  static func text(to path: String, from folder: String) -> String {
    let target = path.split(separator: "/")
    let base = folder.split(separator: "/")
    let common = zip(target, base).prefix { $0 == $1 }.count
    // What shares nothing but the root stays where it is.
    guard common > 0 else { return path }
    return (Array(repeating: "..", count: base.count - common) + target[common...]).joined(separator: "/")
  }

  static func resolved(_ path: String, in folder: String) -> String {
    path.hasPrefix("/") ? path : TextFile.join(folder, path)
  }
}
