import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXSource
import TLXSyntax

/// One run of a notebook: goes down the file once, takes what is known and runs the rest.
public final class NotebookRun {
  public let tree: SyntaxTree
  public let graph: CellGraph
  public private(set) var results: [CellResult]
  public let session: Session
  public let program: CellProgram
  public let recorder: CellOutputRecorder
  /// The seed at the end.
  public private(set) var seed: UInt64
  let notebook: Notebook
  /// Errors that were found before anything ran, by cell.
  private let broken: [Int: [Diagnostic]]
  /// Per cell: what it would be known by, that with what it read, and the seed before it.
  private var keys: [String]
  private var effectiveKeys: [String]
  private var seeds: [UInt64]
  /// Whose value each name has in the session now.
  private var owners: [String: Int] = [:]
  /// Per cell, the values of the names it wrote, once they are in memory.
  private var values: [Int: [String: Value]] = [:]
  private var entries: [Int: CellEntry] = [:]

  init(_ notebook: Notebook, _ whole: SyntaxTree) throws {
    self.notebook = notebook
    let recorder = CellOutputRecorder()
    let sound = try SoundProgram(whole, notebook, recorder)
    self.recorder = recorder
    tree = whole
    session = sound.session
    program = sound.program
    broken = sound.broken
    graph = sound.graph
    results = whole.cells.indices.map { CellResult($0, .pending) }
    seed = notebook.options.seed
    let none = [String](repeating: "", count: whole.cells.count)
    (keys, effectiveKeys) = (none, none)
    seeds = [UInt64](repeating: seed, count: whole.cells.count)
  }

  // MARK: - Going down the file

  func start() throws {
    Interrupt.clear()
    let wanted =
      notebook.options.wanted.map { Set(graph.closure(of: $0)) }
      ?? Set(tree.cells.indices.filter { !isManual($0) })
    for position in tree.cells.indices {
      if Interrupt.isRequested || !notebook.mayGoOn() { return }
      seeds[position] = seed
      let result = try visit(position, isWanted: wanted.contains(position))
      results[position] = result
      notebook.onFinish?(result)
    }
  }

  private func isManual(_ position: Int) -> Bool { tree.cells[position].flags.contains(.manual) }

  private func visit(_ position: Int, isWanted: Bool) throws -> CellResult {
    if let diagnostics = broken[position] { return CellResult(position, .failed(diagnostics)) }
    let missing = graph.dependencies[position].filter { !results[$0].isDone }
    // A cell that only its flag holds back shows what is known of it.
    guard missing.isEmpty else {
      return CellResult(position, isWanted || !isManual(position) ? .blocked(by: missing) : .waiting)
    }
    if tree.cells[position].statements.isEmpty { return CellResult(position, .ran) }
    keys[position] = key(of: position)
    if let known = known(position) {
      let outputs = try shownOutputs(of: known)
      if outputs != nil || !isWanted { return take(known, outputs ?? [], at: position) }
    }
    guard isWanted else { return CellResult(position, isManual(position) ? .waiting : .passed) }
    return perform(position)
  }

  /// The tree with the controls' settings in place of their starts. Settings that do not fit are left out.
  static func applying(_ settings: [String: InputControl.Setting], to tree: SyntaxTree) -> SyntaxTree {
    guard !settings.isEmpty else { return tree }
    var tree = tree
    for position in tree.cells.indices {
      tree.cells[position].statements = tree.cells[position].statements.map { statement in
        guard let control = InputControl(statement), let setting = settings[control.name],
          control.allows(setting)
        else {
          return statement
        }
        return InputControl.applying(setting, to: statement)
      }
    }
    return tree
  }

  /// What the reader has set, where that is not what the file says.
  func setting(of control: InputControl) -> InputControl.Setting? {
    notebook.options.settings[control.name].flatMap { control.allows($0) ? $0 : nil }
  }

  // MARK: - Keys

  /// What decides the cell's result besides what it turns out to read.
  private func key(of position: Int) -> String {
    let cell = program.tree.cells[position]
    var text = "\(notebook.version)\n\(notebook.folder)\n\(cell.code(in: program.tree))\n"
    for name in graph.needed[position].sorted() {
      guard let writer = graph.writer(of: name, before: position) else { continue }
      text += "\(name) = \(effectiveKeys[writer])\n"
    }
    for module in program.importedTexts[position] { text += "\(SHA256.text(of: Array(module.utf8)))\n" }
    for control in cell.controls {
      if let setting = setting(of: control) { text += "\(control.name) is set to \(setting.description)\n" }
    }
    if graph.cells[position].used.contains("args") { text += "\(notebook.options.arguments)\n" }
    let key = SHA256.text(of: Array(text.utf8))
    // A cell that is written twice draws from two streams: each needs a key of its own.
    return keys[..<position].contains(key) ? SHA256.text(of: Array("\(key) again \(position)".utf8)) : key
  }

  /// The key with what the cell turned out to depend on.
  private func effectiveKey(of entry: CellEntry) -> String {
    var text = entry.key
    if let random = entry.random { text += "\nrandom \(random.seed) \(random.stream)" }
    for file in entry.files { text += "\n\(file.checksum) \(file.path)" }
    return SHA256.text(of: Array(text.utf8))
  }

  // MARK: - What is known

  private func known(_ position: Int) -> CellEntry? {
    let cell = tree.cells[position]
    guard notebook.options.reusesUnflagged || cell.flags.contains(.cache) else { return nil }
    let key = keys[position]
    if let entry = notebook.memory[key]?.entry,
      entry.files.allSatisfy({ $0.isCurrent(recorded: entry.created) }), draws(entry, asNowAt: position)
    {
      return entry
    }
    guard let entry = notebook.cache?.entry(key), draws(entry, asNowAt: position) else { return nil }
    return entry
  }

  /// What is in memory of just this result: another run of the same code may have read other files.
  private func memory(of entry: CellEntry) -> Notebook.Memory? {
    notebook.memory[entry.key].flatMap { effectiveKey(of: $0.entry) == effectiveKey(of: entry) ? $0 : nil }
  }

  private func draws(_ entry: CellEntry, asNowAt position: Int) -> Bool {
    guard let random = entry.random else { return true }
    return random.seed == seed && random.stream == Session.streamName(of: tree.cells[position], at: position)
  }

  private func take(_ entry: CellEntry, _ outputs: [CellOutput], at position: Int) -> CellResult {
    entries[position] = entry
    effectiveKeys[position] = effectiveKey(of: entry)
    if let after = entry.seedAfter { seed = after }
    return CellResult(
      position, .cached(saved: entry.seconds), outputs: outputs, seconds: entry.seconds,
      note: reason(entry.values), files: entry.files, key: entry.key, identity: effectiveKeys[position])
  }

  private func reason(_ values: CellEntry.Values) -> String? {
    if case .notKept(let reason) = values { reason } else { nil }
  }

  /// The outputs of an entry; nil if they cannot be read.
  private func shownOutputs(of entry: CellEntry) throws -> [CellOutput]? {
    do {
      return try entry.outputs.enumerated().map { index, output in
        if let whole = memory(of: entry)?.tables[index] { return whole }
        switch output {
        case .text(let text): return .text(text)
        case .drawn(let text, let kind): return .drawn(text, kind: kind)
        case .picture(let picture, let text): return .picture(picture, text: text)
        case .value(let bytes, let digits):
          var reader = ValueReader(bytes, program, session, cellPositions: [:])
          return .value(try reader.value(), digits: digits)
        case .head(let bytes, let rowCount, let digits, let text):
          var reader = ValueReader(bytes, program, session, cellPositions: [:])
          guard case .table(let table) = try reader.value() else { throw DamagedArchive() }
          return .head(table, rowCount: rowCount, digits: digits, text: text)
        }
      }
    } catch is DamagedArchive {
      return nil
    }
  }

  // MARK: - Running

  private func perform(_ position: Int) -> CellResult {
    notebook.onStart?(position)
    recorder.onProgress = { [notebook] in notebook.onProgress?(position, $0) }
    recorder.onOutput = { [notebook, recorder] in notebook.onOutput?(position, recorder.outputs) }
    recorder.onSketch = { [notebook] in notebook.onSketch?(position, $0) }
    defer { (recorder.onProgress, recorder.onOutput, recorder.onSketch) = (nil, nil, nil) }
    do {
      try prepareNames(for: position)
      _ = recorder.take()
      let started = fileTimeNow()
      let run = try execute(position)
      let outputs = recorder.take()
      return keep(position, run, outputs, started: started)
    } catch {
      // What it set before the error is nobody's value.
      session.forget(graph.written[position])
      for name in graph.written[position] { owners[name] = nil }
      return CellResult(position, .failed(NotebookRun.diagnostics(error)), outputs: recorder.take())
    }
  }

  private func execute(_ position: Int) throws -> CellRun {
    session.seed(seeds[position])
    let cell = try session.run(position, of: program)
    if effectiveKeys[position].isEmpty, let after = cell.seedAfter { seed = after }
    var values: [String: Value] = [:]
    for name in graph.written[position] {
      values[name] = session.value(of: name)
      owners[name] = position
    }
    self.values[position] = values
    return cell
  }

  private static func diagnostics(_ error: any Error) -> [Diagnostic] {
    switch error {
    case let diagnostics as Diagnostics: diagnostics.items
    case let diagnostic as Diagnostic: [diagnostic]
    case let failure as Failure: [Diagnostic(failure.code, failure.message, help: failure.help)]
    case let error as NumericsError: [Diagnostic(error.code, error.message, help: error.help)]
    default: [Diagnostic("E0600", "\(error)")]
    }
  }

  /// Gives every name that the cell may read the value that the last cell above left it.
  private func prepareNames(for position: Int) throws {
    var pending = Array(directNames(of: position))
    var seen = Set(pending)
    while let name = pending.popLast() {
      guard let writer = graph.writer(of: name, before: position) else { continue }
      try bring(name, from: writer)
      // A function reads its own names when it is called.
      guard holdsFunctions(writer) else { continue }
      let more = graph.needed[writer].union(graph.cells[writer].defined)
      for name in more where seen.insert(name).inserted { pending.append(name) }
    }
  }

  private func directNames(of position: Int) -> Set<String> {
    graph.cells[position].used.union(graph.cells[position].changed)
  }

  private func holdsFunctions(_ position: Int) -> Bool {
    if case .kept(_, let holds)? = entries[position]?.values { return holds }
    return true
  }

  private func bring(_ name: String, from writer: Int) throws {
    guard owners[name] != writer else { return }
    if values[writer] == nil { values[writer] = storedValues(of: writer) }
    if values[writer] == nil {
      try prepareNames(for: writer)
      _ = try execute(writer)
      _ = recorder.take()
      return
    }
    if let value = values[writer]?[name] { session.restore(name, to: value) }
    owners[name] = writer
  }

  /// The values that a known cell left, from memory or disk. Nil if they were not kept or are damaged.
  private func storedValues(of position: Int) -> [String: Value]? {
    guard let entry = entries[position] else { return nil }
    guard let bytes = memory(of: entry)?.values ?? notebook.cache?.values(of: entry) else {
      // An entry whose values are gone or damaged would run its cell each time: it is made anew.
      if case .kept = entry.values { notebook.cache?.remove(entry.key) }
      return nil
    }
    let positions = Dictionary(
      keys.enumerated().filter { !$1.isEmpty }.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var reader = ValueReader(bytes, program, session, cellPositions: positions)
    var found: [String: Value] = [:]
    do {
      while !reader.isAtEnd {
        guard case .string(let name) = try reader.value() else { throw DamagedArchive() }
        found[name] = try reader.value()
      }
    } catch {
      notebook.cache?.remove(entry.key)
      return nil
    }
    return graph.written[position].isSubset(of: found.keys) ? found : nil
  }

  // MARK: - After the run

  /// The values of the names that a cell wrote, whether it ran or was known, without those that hold functions: these belong
  /// to this run's session. Runs the cell if its values were not kept.
  public func values(of position: Int) throws -> [String: Value] {
    if values[position] == nil { values[position] = storedValues(of: position) }
    if values[position] == nil {
      try prepareNames(for: position)
      _ = try execute(position)
      _ = recorder.take()
    }
    return (values[position] ?? [:]).filter { isData($0.value) }
  }

  private func isData(_ value: Value) -> Bool {
    switch value {
    case .null, .bool, .int, .float, .string, .tensor, .range: return true
    case .function: return false
    case .list, .record, .table, .object:
      var writer = ValueWriter(program, cellKeys: keys)
      // What cannot be written may hold functions as well.
      return (try? writer.write(value)) != nil && !writer.holdsFunctions
    }
  }

  /// The seed that a cell begins with.
  public func seed(before position: Int) -> UInt64 { seeds[position] }

  // MARK: - Keeping

  private func keep(
    _ position: Int, _ run: CellRun, _ outputs: [CellOutput], started: Int
  ) -> CellResult {
    let cell = tree.cells[position]
    let files = run.files.read.compactMap(FileVersion.init(of:))
    var entry = CellEntry(
      key: keys[position], title: Notebook.label(of: cell, at: position), file: notebook.name,
      seconds: run.seconds,
      random: run.drewRandom
        ? (seed: seeds[position], stream: Session.streamName(of: cell, at: position)) : nil,
      seedAfter: run.seedAfter, files: files, values: .notKept(""), outputs: [])
    effectiveKeys[position] = effectiveKey(of: entry)
    var note = effects(run.files, files, started: started)
    if note == nil {
      var bytes: [UInt8]?
      (entry.values, bytes) = archive(position)
      entry.outputs = outputs.map { stored($0) }
      note = store(entry, bytes, outputs, isFlagged: cell.flags.contains(.cache))
    }
    entries[position] = entry
    return CellResult(
      position, .ran, outputs: outputs, seconds: run.seconds, note: note, files: files, key: entry.key,
      identity: effectiveKeys[position])
  }

  /// What the cell does beyond its values, so that leaving it out would be noticed.
  private func effects(_ use: FileUse, _ files: [FileVersion], started: Int) -> String? {
    if let file = use.written.first { return "it writes \(file)" }
    if let pattern = use.listed.first { return "it lists the files that match \(pattern)" }
    if files.count < use.read.count { return "a file that it read cannot be read again" }
    if let file = files.first(where: { $0.modified >= started }) {
      return "\(file.path) was written while it ran"
    }
    return nil
  }

  private func archive(_ position: Int) -> (CellEntry.Values, [UInt8]?) {
    if !program.importedTexts[position].isEmpty { return (.notKept("it brings in a file with `use`"), nil) }
    var writer = ValueWriter(program, cellKeys: keys)
    for (name, value) in (values[position] ?? [:]).sorted(by: { $0.key < $1.key }) {
      do {
        try writer.write(.string(name))
        try writer.write(value)
      } catch let error as NotStorable {
        return (.notKept("`\(name)`: \(error.reason)"), nil)
      } catch {
        return (.notKept("`\(name)`: \(error)"), nil)
      }
    }
    let bytes = writer.archive.bytes
    return (.kept(checksum: SHA256.text(of: bytes), holdsFunctions: writer.holdsFunctions), bytes)
  }

  private func stored(_ output: CellOutput) -> CellEntry.StoredOutput {
    switch output {
    case .text(let text): return .text(text)
    case .drawn(let text, let kind): return .drawn(text, kind: kind)
    case .picture(let picture, let text): return .picture(picture, text: text)
    case .head(_, _, _, let text): return .drawn(text, kind: "table")
    case .value(.table(let table), let digits) where table.rowCount > ValueView.rowLimit:
      return storedHead(of: table, digits)
    case .value(let value, let digits):
      var writer = ValueWriter(program, cellKeys: keys)
      // A drawn figure is smaller than many points.
      let limit = value.kindName == "figure" ? 1 << 17 : 2 << 20
      if (try? writer.write(value)) != nil, !writer.holdsFunctions, writer.archive.bytes.count < limit {
        return .value(writer.archive.bytes, digits: digits)
      }
      if case .object(let object) = value, object.kindName == "figure", let picture = object.picture {
        return .picture(KeptPicture(picture), text: object.summary(width: recorder.width))
      }
      return .drawn(Display.show(value, width: recorder.width, digits: digits), kind: value.kindName)
    }
  }

  /// As much of a large table as a page that is a file shows.
  private func storedHead(of table: Table, _ digits: Int?) -> CellEntry.StoredOutput {
    let text = Display.show(.table(table), width: recorder.width, digits: digits)
    var writer = ValueWriter(program, cellKeys: keys)
    guard let head = try? table.selecting(rows: Array(0..<ValueView.rowLimit)),
      (try? writer.write(.table(head))) != nil, !writer.holdsFunctions, writer.archive.bytes.count < 8 << 20
    else { return .drawn(text, kind: "table") }
    return .head(writer.archive.bytes, rowCount: table.rowCount, digits: digits, text: text)
  }

  /// Returns why nothing was kept, where something should have been.
  private func store(_ entry: CellEntry, _ bytes: [UInt8]?, _ outputs: [CellOutput], isFlagged: Bool)
    -> String?
  {
    switch notebook.options.keeping {
    case .nothing: return nil
    case .flagged where !isFlagged: return nil
    default: break
    }
    let tables = outputs.enumerated().filter { index, _ in
      if case .head? = entry.outputs.indices.contains(index) ? entry.outputs[index] : nil {
        true
      } else {
        false
      }
    }
    notebook.memory[entry.key] = Notebook.Memory(
      entry: entry, values: bytes,
      tables: Dictionary(tables.map { ($0.offset, $0.element) }, uniquingKeysWith: { first, _ in first }))
    if case .slower(let limit) = notebook.options.keeping, !isFlagged, entry.seconds < limit { return nil }
    do {
      try notebook.cache?.keep(entry, values: bytes)
      return reason(entry.values)
    } catch let error as Diagnostic {
      return error.message
    } catch {
      return "\(error)"
    }
  }
}
