import TLXRuntime
import TLXSyntax

/// Which cells of a file need which: the edges of a notebook.
///
/// A cell sees a name as the last cell above it left it: the one that defined it or, for a `var`, that assigned to it.
/// Calling a function may read and change what the function names, so what a function may reach counts as reached by
/// every cell that can get hold of it.
public struct CellGraph: Sendable {
  /// Per cell, its own names.
  public let cells: [CellDependencies]
  /// Per cell, the names whose values it may set.
  public let written: [Set<String>]
  /// Per cell, the names of earlier cells that it may read, directly or through functions.
  public let needed: [Set<String>]
  /// Per cell, the cells that must have run before it, in the order of the file.
  public let dependencies: [[Int]]
  private let writers: [String: [Int]]

  /// - Parameter imported: Per cell, the names that its `use` lines bring in.
  public init(_ cells: [CellDependencies], imported: [[String]] = []) {
    self.cells = cells
    var builder = CellGraphBuilder(cells, imported)
    for position in cells.indices { builder.add(position) }
    written = builder.written
    needed = builder.needed
    dependencies = builder.dependencies
    writers = builder.writers
  }

  public init(_ program: CellProgram) {
    self.init(program.tree.cells.map(\.dependencies), imported: program.importedNames)
  }

  /// The cell that gives a name the value that cell `position` finds.
  public func writer(of name: String, before position: Int) -> Int? {
    writers[name]?.last { $0 < position }
  }

  /// The cells and all that they need, in the order of the file.
  public func closure(of positions: some Sequence<Int>) -> [Int] {
    var found = Set<Int>()
    var pending = Array(positions)
    while let position = pending.popLast() {
      if found.insert(position).inserted { pending += dependencies[position] }
    }
    return found.sorted()
  }

  /// The cells that need this one, directly.
  public func dependents(of position: Int) -> [Int] {
    dependencies.indices.filter { dependencies[$0].contains(position) }
  }
}

/// Goes down the file once.
private struct CellGraphBuilder {
  let cells: [CellDependencies]
  let imported: [[String]]
  var written: [Set<String>] = []
  var needed: [Set<String>] = []
  var dependencies: [[Int]] = []
  var writers: [String: [Int]] = [:]
  /// Names that can be read and changed through functions that came from a cell, its own included.
  private var readThrough: [Set<String>] = []
  private var changedThrough: [Set<String>] = []

  init(_ cells: [CellDependencies], _ imported: [[String]]) {
    self.cells = cells
    self.imported = imported
  }

  mutating func add(_ position: Int) {
    let cell = cells[position]
    var needed = cell.used.union(cell.changed)
    var changed = cell.changed
    var pending = Array(needed)
    var cellsSeen = Set<Int>()
    while let name = pending.popLast() {
      guard let writer = writers[name]?.last, cellsSeen.insert(writer).inserted else { continue }
      changed.formUnion(changedThrough[writer])
      for more in readThrough[writer] where needed.insert(more).inserted { pending.append(more) }
    }
    let known = needed.filter { writers[$0] != nil }
    let defined = cell.defined.union(imported.indices.contains(position) ? imported[position] : [])
    let all = defined.union(changed)
    dependencies.append(Set(known.compactMap { writers[$0]?.last }).sorted())
    self.needed.append(known)
    written.append(all)
    let functions = cell.makesFunctions ? cell.used.union(cell.defined) : []
    readThrough.append(cellsSeen.reduce(functions) { $0.union(readThrough[$1]) })
    changedThrough.append(cellsSeen.reduce(cell.changedByFunctions) { $0.union(changedThrough[$1]) })
    for name in all { writers[name, default: []].append(position) }
  }
}
