import TLXMarkov
import TLXNumerics
import TLXRuntime

/// A chain in continuous time as a value of the language.
final class ContinuousChainObject: LanguageObject {
  let chain: ContinuousChain

  init(_ chain: ContinuousChain) { self.chain = chain }

  var kindName: String { "continuous chain" }
  var fieldNames: [String] { ["states", "rates", "sparse", "exit_rates", "embedded", "uniformised"] }

  func field(_ name: String) throws -> Value? {
    switch name {
    case "states": return .list(chain.names.all.map { .string($0) })
    case "rates":
      return .tensor(try Tensor(chain.rates.dense()).reshape([chain.names.count, chain.names.count]))
    case "sparse": return .object(SparseObject(chain.rates))
    case "exit_rates":
      return .object(try Labelled(names: chain.names.all, tensor: Tensor(chain.exitRates)))
    case "embedded": return .object(ChainObject(try chain.embedded()))
    case "uniformised": return .object(ChainObject(try chain.uniformised()))
    default: return nil
    }
  }

  func summary(width: Int) -> String {
    let fastest = chain.exitRates.max() ?? 0
    let absorbing = chain.exitRates.filter { $0 == 0 }.count
    return
      "continuous chain: \(grouped(chain.names.count)) states, largest exit rate \(Display.canonical(.float(fastest), digits: 6))"
      + (absorbing > 0 ? ", \(absorbing) absorbing" : "")
  }

  /// `absorb` in continuous time: steps are times.
  func absorption() throws -> Value {
    let (times, classes, probability) = try chain.absorption()
    let embedded = try chain.embedded()
    let ends = classes.map(embedded.className)
    let shape: Shape = [chain.names.count, ends.count]
    var fields: [SolutionObject.Field] = [
      .init(name: "probability") { .tensor(try Tensor(probability).reshape(shape)) },
      .init(name: "steps") { try embedded.labelled(times) },
      .init(name: "ends") { .list(ends.map { .string($0) }) },
    ]
    for (position, name) in ends.enumerated() where !fields.contains(where: { $0.name == name }) {
      fields.append(
        .init(name: name) {
          try embedded.labelled(
            stride(from: position, to: probability.count, by: ends.count).map { probability[$0] })
        })
    }
    return .object(
      SolutionObject(
        "absorption", lines: ["absorption in continuous time, ends: \(ends.joined(separator: ", "))"], fields)
    )
  }
}

/// A hidden Markov model as a value of the language.
final class HiddenModelObject: LanguageObject {
  let model: HiddenMarkovModel
  let states: StateNames
  let symbols: StateNames

  init(_ model: HiddenMarkovModel, states: StateNames, symbols: StateNames) {
    self.model = model
    self.states = states
    self.symbols = symbols
  }

  var kindName: String { "hidden Markov model" }
  var fieldNames: [String] { ["start", "transitions", "emissions", "states", "symbols"] }

  func field(_ name: String) throws -> Value? {
    switch name {
    case "start": return .object(try Labelled(names: states.all, tensor: Tensor(model.start)))
    case "transitions":
      return .tensor(try Tensor(model.transitions).reshape([model.stateCount, model.stateCount]))
    case "emissions":
      return .tensor(try Tensor(model.emissions).reshape([model.stateCount, model.symbolCount]))
    case "states": return .list(states.all.map { .string($0) })
    case "symbols": return .list(symbols.all.map { .string($0) })
    default: return nil
    }
  }

  func summary(width: Int) -> String {
    "hidden Markov model: \(model.stateCount) states, \(model.symbolCount) symbols"
  }
}
