import TLXLearning
import TLXNumerics
import TLXRuntime
import TLXSource
import TLXSyntax

/// A file that is run cell by cell, now or again after an edit: what is known already does not run a second time.
///
/// A result is known by a key made of the cell's code without comments, the keys of the cells that it depends on, the
/// random stream if it draws from it, the contents of the files that it read, and the program that ran it.
public final class Notebook {
  public enum Keeping: Sendable {
    /// Cells flagged `[cache]`.
    case flagged
    /// Those, and all that take longer than so many seconds.
    case slower(than: Double)
    case nothing
  }

  public struct Options: Sendable {
    /// Where nothing in the file fixes the seed. A fixed one, so that the same file gives the same page.
    public var seed: UInt64 = 0
    public var arguments: [String] = []
    public var keeping = Keeping.slower(than: 0.002)
    /// The cells to run, with what they need; nil for all that are not `[manual]`.
    public var wanted: Set<Int>?
    /// Whether a cell that is not flagged may take its result from the cache.
    public var reusesUnflagged = true
    /// What the reader of a live page has set, by the names of its controls.
    public var settings: [String: InputControl.Setting] = [:]

    public init() {}
  }

  struct Memory {
    var entry: CellEntry
    var values: [UInt8]?
    /// Tables that are too large for the entry, by the places of their outputs.
    var tables: [Int: CellOutput]
  }

  public let builtins: BuiltinTable
  /// What names the file in messages and listings.
  public let name: String
  /// Where its relative paths start.
  public let folder: String
  public var options = Options()
  /// Told when a cell begins to run, and of progress, new output, pictures of what goes on and the end of each cell.
  public var onStart: ((Int) -> Void)?
  public var onProgress: ((Int, String?) -> Void)?
  public var onOutput: ((Int, [CellOutput]) -> Void)?
  public var onSketch: ((Int, (() throws -> any Picture)?) -> Void)?
  public var onFinish: ((CellResult) -> Void)?
  /// Given the run before its first cell.
  public var onPrepared: ((NotebookRun) -> Void)?
  /// Asked before each cell whether the rest is still wanted.
  public var mayGoOn: () -> Bool = { true }
  let cache: CellCache?
  /// Results of earlier runs of this notebook, also of those too quick for the disk.
  var memory: [String: Memory] = [:]
  /// Names the program: a result of another one is not to be trusted.
  let version: String

  /// - Parameters:
  ///   - version: Changes whenever results could: the program's version and build.
  ///   - cache: Nil keeps nothing on disk.
  public init(builtins: BuiltinTable, name: String, folder: String, version: String, cache: CellCache?) {
    self.builtins = builtins
    self.name = name
    self.folder = folder
    self.version = version
    self.cache = cache
  }

  /// Runs a text of the file. Cells with errors and those that need them are left out; all others run.
  public func run(_ source: SourceText) throws -> NotebookRun {
    let run = try NotebookRun(self, NotebookRun.applying(options.settings, to: parse(source)))
    onPrepared?(run)
    try run.start()
    // Undoing an edit finds what was known before it; what is older goes.
    if memory.count > 4 * run.results.count + 40 {
      let keys = Set(run.results.map(\.key))
      memory = memory.filter { keys.contains($0.key) }
    }
    return run
  }
}

extension Notebook {
  /// The names of the cells: titles, or numbers from 1.
  public static func label(of cell: Cell, at position: Int) -> String { cell.title ?? "cell \(position + 1)" }

  /// The cell that a name means: its number from 1, its title, or the one title that contains it.
  /// - Throws: E0322 naming the nearest title.
  public static func position(of name: String, in tree: SyntaxTree) throws -> Int {
    let titles = tree.cells.map { $0.title ?? "" }
    if let number = Int(name), tree.cells.indices.contains(number - 1) { return number - 1 }
    if let exact = titles.firstIndex(of: name) { return exact }
    let lower = name.lowercased()
    let similar = titles.indices.filter { titles[$0].lowercased().contains(lower) }
    if similar.count == 1 { return similar[0] }
    let nearest = Spelling.nearest(to: name, in: titles.filter { !$0.isEmpty })
    throw Diagnostic(
      "E0322", similar.isEmpty ? "there is no cell “\(name)”" : "“\(name)” fits \(similar.count) cells",
      help: nearest.map { "did you mean “\($0)”?" }
        ?? (tree.cells.count == 1
          ? "the file has one cell" : "cells are named by title or by number, 1 to \(tree.cells.count)"))
  }
}
