import TLXNotebook
import TLXRuntime
import TLXSource
import TLXSyntax

/// Two files, or the records of two runs, compared cell by cell. Cells of the same title belong together; those without
/// are matched by number.
struct NotebookDifference {
  private struct Side {
    var code: [String: String] = [:]
    var shown: [String: [String]] = [:]
    /// The values that it shows, where they are known.
    var values: [String: [Value]] = [:]
    var order: [String] = []
    var seed: UInt64 = 0
    var version = Program.version
    /// Checksums of the data that were read, by the names of the files.
    var data: [String: String] = [:]
    /// Whether what it shows is known only as lines of text.
    var isRecord = false
  }

  let text: String
  let isEmpty: Bool

  init(_ first: String, _ second: String, _ options: RunOptions, comparesCode: Bool) throws {
    let (a, b) = (try NotebookDifference.side(first, options), try NotebookDifference.side(second, options))
    var lines: [String] = []
    if a.seed != b.seed { lines.append("seed: \(a.seed) and \(b.seed)") }
    if a.version != b.version { lines.append("TLX: \(a.version) and \(b.version)") }
    for name in Set(a.data.keys).union(b.data.keys).sorted() where a.data[name] != b.data[name] {
      let only = a.data[name] == nil ? second : b.data[name] == nil ? first : nil
      lines.append("\(name): " + (only.map { "read only by \($0)" } ?? "its contents differ"))
    }
    for name in a.order + b.order.filter({ a.shown[$0] == nil }) {
      guard let left = a.shown[name] else {
        lines.append("\(name): only in \(second)")
        continue
      }
      guard let right = b.shown[name] else {
        lines.append("\(name): only in \(first)")
        continue
      }
      if comparesCode, !a.isRecord, !b.isRecord, a.code[name] != b.code[name] {
        lines.append("\(name): its code differs")
      }
      let shown = NotebookDifference.lines(name, left, right)
      lines += shown.isEmpty ? NotebookDifference.hidden(name, a.values[name], b.values[name]) : shown
    }
    isEmpty = lines.isEmpty
    text = lines.isEmpty ? "\(first) and \(second) show the same\n" : lines.map { $0 + "\n" }.joined()
  }

  private static func side(_ path: String, _ options: RunOptions) throws -> Side {
    if path.hasSuffix(".json") { return try side(of: RunRecord(reading: path)) }
    let file = NotebookFile(path: path)
    let run = try file.notebook(options).run(try file.source())
    var side = Side(seed: run.seed)
    for version in run.results.flatMap(\.files) {
      side.data[NotebookDifference.name(of: version.path)] = version.checksum
    }
    for result in run.results where !run.tree.cells[result.position].statements.isEmpty {
      let cell = run.tree.cells[result.position]
      let name = Notebook.label(of: cell, at: result.position)
      let outputs = result.outputs.map { output -> String in
        switch output {
        case .text(let text), .drawn(let text, _), .picture(_, let text), .head(_, _, _, let text): text
        case .value(let value, let digits): Display.show(value, width: 80, digits: digits)
        }
      }
      let errors = result.diagnostics.map { "\($0.code): \($0.message)" }
      side.order.append(name)
      side.code[name] = cell.code(in: run.tree)
      side.values[name] = result.outputs.compactMap {
        if case .value(let value, _) = $0 { value } else { nil }
      }
      side.shown[name] = (outputs + errors).flatMap { $0.split(separator: "\n").map(String.init) }
    }
    return side
  }

  /// What `tlx run --manifest` wrote.
  private static func side(of record: RunRecord) -> Side {
    var side = Side(seed: record.seed, version: record.version, isRecord: true)
    for file in record.files where file.role == "data" { side.data[name(of: file.path)] = file.checksum }
    for cell in record.cells {
      side.order.append(cell.title)
      // What is too long for a record stands in it as its checksum.
      side.shown[cell.title] = (cell.shown ?? "(SHA-256 \(cell.checksum))").split(separator: "\n").map(
        String.init)
    }
    return side
  }

  private static func name(of path: String) -> String { TextFile.split(path).name }

  /// What differs between values that look the same.
  private static func hidden(_ name: String, _ left: [Value]?, _ right: [Value]?) -> [String] {
    guard let left, let right, left.count == right.count else { return [] }
    for (a, b) in zip(left, right) {
      if let difference = ValueDifference.text(a, b) {
        return ["\(name): shows the same, but its values are others: \(difference)"]
      }
    }
    return []
  }

  /// The lines that differ, a few of them.
  private static func lines(_ name: String, _ left: [String], _ right: [String]) -> [String] {
    guard left != right else { return [] }
    var lines = ["\(name): shows something else"]
    let limit = 6
    for index in 0..<max(left.count, right.count) {
      let (a, b) = (index < left.count ? left[index] : nil, index < right.count ? right[index] : nil)
      guard a != b else { continue }
      if lines.count > 2 * limit {
        lines.append("  …")
        break
      }
      if let a { lines.append("  - \(a)") }
      if let b { lines.append("  + \(b)") }
    }
    return lines
  }
}
