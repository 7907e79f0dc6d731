import TLXNumerics
import TLXSource
import TLXSyntax

/// A file that is compiled as a whole and run a cell at a time.
public final class CellProgram {
  public let tree: SyntaxTree
  /// Per cell, the names that it brings in by `use "lib.tlx"` without `as`.
  public let importedNames: [[String]]
  /// Per cell, the texts of all files that its `use` lines bring in, directly or through others.
  public let importedTexts: [[String]]
  let units: [Unit]
  /// Where each function of the file and of its modules stands: what an archive writes in a function's stead.
  private let addresses: [ObjectIdentifier: FunctionAddress]
  private let modules: [String: Prototype]

  init(tree: SyntaxTree, units: [Unit]) {
    self.tree = tree
    self.units = units
    var addresses: [ObjectIdentifier: FunctionAddress] = [:]
    var modules: [String: Prototype] = [:]
    var names: [[String]] = []
    var texts: [[String]] = []
    for (position, unit) in units.enumerated() {
      CellProgram.collect(unit.prototype, .init(root: .cell(position), path: []), &addresses)
      var found: [String: Module] = [:]
      CellProgram.collect(unit.prototype.moduleUses, &found)
      for module in found.values where modules[module.path] == nil {
        modules[module.path] = module.prototype
        CellProgram.collect(module.prototype, .init(root: .module(module.path), path: []), &addresses)
      }
      texts.append(found.values.sorted { $0.path < $1.path }.map(\.source.text))
      let aliased = unit.cell.statements.filter { if case .use(_, _, nil) = $0.kind { true } else { false } }
      names.append(aliased.isEmpty ? [] : unit.prototype.moduleUses.flatMap { $0.module.exports.map(\.name) })
    }
    self.addresses = addresses
    self.modules = modules
    importedNames = names
    importedTexts = texts
  }

  private static func collect(
    _ prototype: Prototype, _ address: FunctionAddress, _ addresses: inout [ObjectIdentifier: FunctionAddress]
  ) {
    addresses[ObjectIdentifier(prototype)] = address
    for (position, child) in prototype.children.enumerated() {
      collect(child, FunctionAddress(root: address.root, path: address.path + [position]), &addresses)
    }
  }

  private static func collect(_ uses: [ModuleUse], _ found: inout [String: Module]) {
    for use in uses where found[use.module.path] == nil {
      found[use.module.path] = use.module
      collect(use.module.prototype.moduleUses, &found)
    }
  }

  func address(of prototype: Prototype) -> FunctionAddress? { addresses[ObjectIdentifier(prototype)] }

  func prototype(at address: FunctionAddress) -> Prototype? {
    var prototype: Prototype
    switch address.root {
    case .cell(let position):
      guard units.indices.contains(position) else { return nil }
      prototype = units[position].prototype
    case .module(let path):
      guard let module = modules[path] else { return nil }
      prototype = module
    }
    for step in address.path {
      guard prototype.children.indices.contains(step) else { return nil }
      prototype = prototype.children[step]
    }
    return prototype
  }
}

/// Which function of a program: the cell or module that it stands in, and the way down to it through the functions
/// that enclose it.
struct FunctionAddress: Hashable {
  enum Root: Hashable {
    case cell(Int)
    case module(String)
  }
  var root: Root
  var path: [Int]
}

/// What the run of one cell did besides setting names.
public struct CellRun: Sendable {
  public var seconds: Double
  /// Whether it asked for random numbers of the cell's stream.
  public var drewRandom: Bool
  /// The seed that it fixed, if it did.
  public var seedAfter: UInt64?
  /// What it did with files.
  public var files: FileUse
}

extension Session {
  /// Compiles a file to be run a cell at a time. Nothing runs yet.
  /// - Throws: `Diagnostics` with all that is wrong.
  public func prepare(_ tree: SyntaxTree) throws -> CellProgram {
    try working { CellProgram(tree: tree, units: try self.compile(tree, mode: .file)) }
  }

  /// Runs one cell. The names of other cells that it reads must have been set, by running those cells or by `restore`.
  /// - Parameter position: The cell's place in the program.
  /// - Throws: `Diagnostics`. What ran before an error keeps its effect.
  public func run(
    _ position: Int, of program: CellProgram, onValue: ((Statement, Value) -> Void)? = nil
  ) throws -> CellRun {
    try working { try self.runHere(position, program, onValue) }
  }

  private func runHere(
    _ position: Int, _ program: CellProgram, _ onValue: ((Statement, Value) -> Void)?
  ) throws -> CellRun {
    guard machine.isIdle else {
      throw Diagnostics([Diagnostic("E0600", "the session is running already")])
    }
    let unit = program.units[position]
    mode = .file
    self.onValue = onValue
    lastValue = nil
    defer { self.onValue = nil }
    startStream(unit.cell, position)
    hasDrawn = false
    hasSeeded = false
    let start = ContinuousClock.now
    var files = FileUse()
    do {
      files = try FileAccess.observing { try machine.run(unit: unit.prototype) }.use
    } catch let error as Diagnostic {
      throw Diagnostics([error])
    } catch let error as Failure {
      throw Diagnostics([Diagnostic(error.code, error.message, help: error.help)])
    }
    return CellRun(
      seconds: start.duration(to: .now) / .seconds(1), drewRandom: hasDrawn,
      seedAfter: hasSeeded ? seed : nil,
      files: files)
  }

  /// The name of the random stream that a cell draws from.
  public static func streamName(of cell: Cell, at position: Int) -> String {
    cell.title ?? "cell \(position)"
  }

  /// Gives a name that the prepared program defines its value, as if its cell had run.
  public func restore(_ name: String, to value: Value) {
    guard let variable = variables.names[name] else { return }
    (machine.stack + variable.index).set(value)
  }

  /// Makes names unknown again, as if their cell had not run.
  public func forget(_ names: some Sequence<String>) {
    for name in names {
      guard let variable = variables.names[name] else { continue }
      (machine.stack + variable.index).setScalar(.absent)
    }
  }
}
