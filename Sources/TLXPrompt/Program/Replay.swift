import TLXBuiltins
import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXSource

/// `tlx replay`: runs again what a record tells of, with its seed, arguments and threads, and compares.
enum Replay {
  enum Likeness: Equatable {
    case same
    /// The same but for the last digits of numbers: the largest difference in relation to the numbers.
    case near(Double)
    case different
  }

  /// Numbers that differ by no more than this, in relation to their size, count as near.
  static let tolerance = 1e-5

  static func run(_ path: String) throws -> ExitStatus {
    Signals.install(leavingOnSecondInterrupt: true)
    Watch.start()
    let record = try RunRecord(reading: path)
    let changed = changedFiles(record)
    for file in changed { Terminal.write("changed  \(file)\n") }
    if record.version != Program.version {
      Terminal.write("recorded by TLX \(record.version), this is \(Program.version)\n")
    }
    let (cells, diagnostics) = try runAgain(record)
    let status = diagnostics.first { $0.severity == .error }.map(ExitStatus.init) ?? .success
    if status == .interrupted {
      ErrorReport.write(diagnostics)
      return status
    }
    let different = compare(record, cells)
    var problems: [String] = []
    if !changed.isEmpty { problems.append(counted(changed.count, "file")) }
    if different > 0 { problems.append(counted(different, "cell")) }
    if Int(status.rawValue) != record.status {
      ErrorReport.write(diagnostics)
      problems.append("its end: status \(status.rawValue), recorded \(record.status)")
    }
    guard !problems.isEmpty else { return .success }
    ErrorReport.write([
      Diagnostic("E0624", "the run differs from its record in \(problems.joined(separator: ", "))")
    ])
    return .failedTest
  }

  private static func counted(_ count: Int, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
  }

  private static func changedFiles(_ record: RunRecord) -> [String] {
    record.files.filter { file in
      (try? SHA256.text(ofFile: FileName(file.path))) != file.checksum
    }.map(\.path)
  }

  private static func runAgain(_ record: RunRecord) throws -> ([RunRecord.Cell], [Diagnostic]) {
    Parallel.threadCount = record.threads
    let source = SourceText(
      name: record.file ?? "-e", text: try record.file.map(TextFile.read) ?? record.code ?? "")
    let output = RecordingOutput(passingTo: SilentOutput())
    let folder = record.file.map { TextFile.split($0).folder } ?? "."
    let session = Session(
      builtins: .standard, output: output, folder: folder, seed: record.seed, arguments: record.arguments)
    session.onCell = output.cellEnded
    do {
      try session.run(source, mode: .file)
      return (output.cells, [])
    } catch {
      return (output.cells, Failures.diagnostics(error))
    }
  }

  /// Writes a line for each cell and the sum; gives the number of those that differ.
  private static func compare(_ record: RunRecord, _ cells: [RunRecord.Cell]) -> Int {
    var counts = (same: 0, near: 0, different: 0)
    for position in 0..<max(cells.count, record.cells.count) {
      guard position < cells.count, position < record.cells.count else {
        let (title, what) =
          position < cells.count
          ? (cells[position].title, "not in the record") : (record.cells[position].title, "did not run")
        Terminal.write("differs  \(title): \(what)\n")
        counts.different += 1
        continue
      }
      let (old, new) = (record.cells[position], cells[position])
      switch likeness(old, new) {
      case .same:
        counts.same += 1
        Terminal.write("same     \(new.title)\n")
      case .near(let difference):
        counts.near += 1
        Terminal.write(
          "near     \(new.title): numbers differ by \(Display.canonical(.float(difference), digits: 2))\n")
      case .different:
        counts.different += 1
        Terminal.write("differs  \(new.title)\(firstDifference(old, new))\n")
      }
    }
    let before = record.cells.reduce(0) { $0 + $1.seconds }
    let now = cells.reduce(0) { $0 + $1.seconds }
    Terminal.write(
      "\(counts.same) same, \(counts.near) near, \(counts.different) different;"
        + " \(Duration.text(before)) recorded, \(Duration.text(now)) now\n")
    return counts.different
  }

  private static func likeness(_ old: RunRecord.Cell, _ new: RunRecord.Cell) -> Likeness {
    if old.checksum == new.checksum { return .same }
    guard let before = old.shown, let after = new.shown else { return .different }
    return likeness(before, after)
  }

  /// Compares two texts word by word; numbers may differ a little.
  static func likeness(_ before: String, _ after: String) -> Likeness {
    if before == after { return .same }
    let (old, new) = (pieces(before), pieces(after))
    guard old.count == new.count else { return .different }
    var largest = 0.0
    for (a, b) in zip(old, new) where a != b {
      guard let x = Double(a), let y = Double(b), x.isFinite, y.isFinite else { return .different }
      largest = max(largest, abs(x - y) / max(abs(x), abs(y), 1e-300))
      // Two ways to round nothing.
      if max(abs(x), abs(y)) < 1e-12 { largest = min(largest, tolerance) }
    }
    return largest <= tolerance ? .near(largest) : .different
  }

  /// Numbers, and what stands between them without blanks: a number of another length moves columns.
  private static func pieces(_ text: String) -> [String] {
    var result: [String] = []
    var word = ""
    for character in text {
      if character.isWhitespace || "[](){},:=".contains(character) {
        if !word.isEmpty { result.append(word) }
        word = ""
        if !character.isWhitespace { result.append(String(character)) }
      } else {
        word.append(character)
      }
    }
    return word.isEmpty ? result : result + [word]
  }

  private static func firstDifference(_ old: RunRecord.Cell, _ new: RunRecord.Cell) -> String {
    guard let before = old.shown, let after = new.shown else { return "" }
    let (a, b) = (before.split(separator: "\n"), after.split(separator: "\n"))
    let position = zip(a, b).prefix { $0 == $1 }.count
    let was = position < a.count ? String(a[position]) : "nothing"
    let now = position < b.count ? String(b[position]) : "nothing"
    return "\n  recorded  \(TextWidth.cut(was, to: 100))\n  now       \(TextWidth.cut(now, to: 100))"
  }
}
