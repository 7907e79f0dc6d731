import TLXFigures
import TLXMarkov
import TLXNumerics
import TLXRuntime

/// What a chain was made from, where more is known than its transitions: a log of sessions.
protocol ChainSource: Sendable {
  /// Lines below the chain's own summary.
  func summaryLines() -> [String]
  var fieldNames: [String] { get }
  func field(_ name: String) throws -> Value?
}

/// A Markov chain as a value of the language.
final class ChainObject: LanguageObject {
  let chain: MarkovChain
  let source: (any ChainSource)?
  /// The elements as they were written, where they were written as fractions.
  let fractions: [Rational]?

  init(_ chain: MarkovChain, source: (any ChainSource)? = nil, fractions: [Rational]? = nil) {
    self.chain = chain
    self.source = source
    self.fractions = fractions
  }

  var kindName: String { "chain" }

  var fieldNames: [String] {
    ["states", "matrix", "sparse", "transitions", "absorbing"] + (chain.evidence == nil ? [] : ["counts"])
      + (source?.fieldNames ?? [])
  }

  func field(_ name: String) throws -> Value? {
    switch name {
    case "states": return .list(chain.states.map { .string($0) })
    case "matrix": return .tensor(try Tensor(chain.transitions.dense()).reshape(shape))
    case "sparse": return .object(SparseObject(chain.transitions))
    case "transitions": return .table(transitionTable())
    case "absorbing": return .list(chain.absorbingStates.map { .string(chain.names[$0]) })
    case "counts":
      guard let evidence = chain.evidence else { return nil }
      return .object(SparseObject(chain.transitions.replacing(values: evidence.transitionCounts)))
    default: return try source?.field(name)
    }
  }

  private var shape: Shape { [chain.stateCount, chain.stateCount] }

  /// A row for each transition: from, to, probability.
  private func transitionTable() -> Table {
    let matrix = chain.transitions
    var (from, to): ([Value], [Value]) = ([], [])
    for row in 0..<matrix.rowCount {
      for position in matrix.positions(ofRow: row) {
        from.append(.string(chain.names[row]))
        to.append(.string(chain.names[Int(matrix.columns[position])]))
      }
    }
    let probability = (try? Tensor(matrix.values)).map { Value.tensor($0) } ?? .list([])
    return Table(
      names: ["from", "to", "probability"], columns: [.list(from), .list(to), probability],
      rowCount: matrix.entryCount)
  }

  func equals(_ other: any LanguageObject) -> Bool {
    guard let other = other as? ChainObject else { return false }
    let (a, b) = (chain.transitions, other.chain.transitions)
    return a.rowStarts == b.rowStarts && a.columns == b.columns && a.values == b.values
      && chain.states == other.chain.states
  }

  func summary(width: Int) -> String {
    var lines = [
      "chain: \(counted(chain.stateCount, "state")), \(counted(chain.transitions.entryCount, "transition"))"
    ]
    if let structure = try? structureLine() { lines.append("  " + structure) }
    if chain.correction > 0 {
      lines.append(
        "  rows renormalised: sums were off by up to \(Display.canonical(.float(chain.correction), digits: 2))"
      )
    }
    if let source { lines += source.summaryLines().map { "  " + $0 } }
    return lines.joined(separator: "\n")
  }

  private func structureLine() throws -> String {
    let structure = try chain.structure()
    if structure.classCount == 1 {
      let period = try chain.period(ofClass: 0)
      let kind = period == 1 ? "aperiodic" : "period \(period)"
      return chain.stateCount == 1 ? "irreducible, one absorbing state" : "irreducible, \(kind)"
    }
    let absorbing = chain.absorbingStates
    var parts = [
      "\(counted(structure.classCount, "class", "classes")), \(structure.closedClasses.count) closed"
    ]
    if !absorbing.isEmpty {
      let names = absorbing.prefix(4).map { chain.names[$0] }.joined(separator: ", ")
      parts.append("absorbing: \(names)\(absorbing.count > 4 ? ", … (\(absorbing.count))" : "")")
    }
    return parts.joined(separator: "; ")
  }

  private func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    "\(grouped(count)) \(count == 1 ? one : many ?? one + "s")"
  }
}

extension ChainObject: DrawnObject {
  /// The transition probabilities, from the row's state to the column's.
  var heatmap: Figure? {
    get throws {
      guard chain.stateCount <= 200 else {
        throw Failure(
          "E0702", "a heatmap of \(chain.stateCount) states cannot be read; at most 200",
          help: "lump(chain, parts) merges states")
      }
      return Figure(
        content: .heatmap(
          Heatmap(
            rows: chain.stateCount, columns: chain.stateCount, values: chain.transitions.dense(),
            rowLabels: chain.states, columnLabels: chain.states)))
    }
  }
}
