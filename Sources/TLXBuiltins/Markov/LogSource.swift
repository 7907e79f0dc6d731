import TLXMarkov
import TLXNumerics
import TLXRuntime

/// What a chain object keeps of the log that it was counted from.
struct LogSource: ChainSource {
  let logged: LoggedChain

  private var log: LogEvidence { logged.log }

  func summaryLines() -> [String] {
    var lines = ["from \(grouped(log.turns)) turns in \(grouped(log.walks)) walks"]
    var asides: [String] = []
    if log.signalTurns > 0 { asides.append("\(grouped(log.signalTurns)) turns were signal words") }
    if log.unfinished > 0 { asides.append("\(grouped(log.unfinished)) walks ended without an outcome") }
    if log.rareTransitions > 0 { asides.append("\(grouped(log.rareTransitions)) rare transitions set apart") }
    if log.skippedLines > 0 {
      asides.append(
        "\(grouped(log.skippedLines)) malformed \(log.skippedLines == 1 ? "line" : "lines") skipped")
    }
    if !asides.isEmpty { lines.append(asides.joined(separator: "; ")) }
    return lines
  }

  var fieldNames: [String] { ["turns", "walks", "unfinished", "signal_turns", "skipped", "requests"] }

  func field(_ name: String) throws -> Value? {
    switch name {
    case "turns": .int(log.turns)
    case "walks": .int(log.walks)
    case "unfinished": .int(log.unfinished)
    case "signal_turns": .int(log.signalTurns)
    case "skipped": .int(log.skippedLines)
    case "requests": .table(try requests())
    default: nil
    }
  }

  /// A row for each state that is no outcome: how often it was seen, by how many, how often walks began with it.
  private func requests() throws -> Table {
    let chain = logged.chain
    let ends = Set(chain.absorbingStates)
    let states = (0..<chain.stateCount).filter { !ends.contains($0) }
    let seen = chain.evidence?.stateCounts ?? []
    return Table(
      names: ["state", "seen", "customers", "starts"],
      columns: [
        .list(states.map { .string(chain.names[$0]) }), .tensor(try Tensor(states.map { seen[$0] })),
        .tensor(try Tensor(states.map { log.stateCustomers[$0] })),
        .tensor(try Tensor(states.map { log.starts[$0] })),
      ], rowCount: states.count)
  }
}

extension Arguments {
  /// The chain argument together with its log.
  func loggedChain(_ name: String) throws -> LoggedChain {
    guard case .object(let object as ChainObject) = value(name) else {
      throw failure(name, mustBe: "a chain", help: "make one with chain_from(log, …)")
    }
    guard let source = object.source as? LogSource else {
      throw failure(
        name, "E0405",
        "the chain was not counted from a log, so nothing is known of how often states were seen",
        help: "make it with chain_from(log, …)")
    }
    return source.logged
  }
}
