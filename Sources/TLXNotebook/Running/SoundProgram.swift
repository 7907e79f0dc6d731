import TLXRuntime
import TLXSource
import TLXSyntax

/// The part of a file that can run: cells with errors, and those that need them, are emptied, so that the others keep
/// their places.
struct SoundProgram {
  let session: Session
  let program: CellProgram
  let graph: CellGraph
  /// By cell, what is wrong.
  let broken: [Int: [Diagnostic]]

  init(_ whole: SyntaxTree, _ notebook: Notebook, _ output: any Output) throws {
    var broken: [Int: [Diagnostic]] = [:]
    for diagnostic in whole.diagnostics where diagnostic.severity == .error {
      broken[SoundProgram.cell(of: diagnostic, in: whole) ?? 0, default: []].append(diagnostic)
    }
    while true {
      let session = Session(
        builtins: notebook.builtins, output: output, folder: notebook.folder, seed: notebook.options.seed,
        arguments: notebook.options.arguments)
      do {
        let tree = SoundProgram.emptied(whole, broken)
        let program = try session.prepare(tree)
        self.session = session
        self.program = program
        self.broken = broken
        // Names of broken cells still block those that use them.
        graph = CellGraph(whole.cells.map(\.dependencies), imported: program.importedNames)
        return
      } catch let error as Diagnostics {
        var isNew = false
        for diagnostic in error.items {
          guard let cell = SoundProgram.cell(of: diagnostic, in: whole), broken[cell] == nil else { continue }
          broken[cell] = error.items.filter { SoundProgram.cell(of: $0, in: whole) == cell }
          isNew = true
        }
        guard isNew else { throw error }
      }
    }
  }

  private static func cell(of diagnostic: Diagnostic, in tree: SyntaxTree) -> Int? {
    guard let location = diagnostic.primary?.location, location.source === tree.source else { return nil }
    return tree.cells.lastIndex { $0.span.start <= location.span.start }
  }

  private static func emptied(_ whole: SyntaxTree, _ broken: [Int: [Diagnostic]]) -> SyntaxTree {
    var tree = whole
    tree.diagnostics.removeAll { $0.severity == .error }
    let graph = CellGraph(whole.cells.map(\.dependencies))
    var lost = Set(broken.keys)
    for position in whole.cells.indices {
      if graph.dependencies[position].contains(where: lost.contains) { lost.insert(position) }
      if lost.contains(position) { tree.cells[position].statements = [] }
    }
    return tree
  }
}
