import TLXNumerics
import TLXRuntime

/// A call of a user's function as a function of some of its arguments: what the transforms differentiate.
struct DifferentiatedCall {
  let function: Value
  let context: any CallContext
  private var positional: [Value]
  private var keywords: [(name: String, value: Value)]
  /// Where each differentiated argument stands: a position, or a keyword's beyond the positional ones.
  private var targets: [Int] = []
  private(set) var trees: [ParameterTree] = []

  /// The function of its first argument alone.
  init(_ function: Value, at x: Value, _ context: any CallContext, role: String) throws {
    try self.init(function, [x], [], by: nil, context, role: role)
  }

  /// By the arguments of these names, or by the first one.
  init(
    _ function: Value, _ positional: [Value], _ keywords: [(name: String, value: Value)], by names: [String]?,
    _ context: any CallContext, role: String
  ) throws {
    self.function = function
    self.context = context
    self.positional = positional
    self.keywords = keywords
    let all = positional + keywords.map(\.value)
    guard let names else {
      guard let first = all.first else {
        throw Failure("E0414", "\(role) needs an argument to differentiate by", help: "call it as \(role)(x)")
      }
      targets = [0]
      trees = [try ParameterTree(first, role: "the argument of \(role)")]
      return
    }
    let parameters = Self.parameterNames(of: function)
    for name in names {
      let keyword = keywords.firstIndex { $0.name == name }.map { positional.count + $0 }
      let place = parameters.firstIndex(of: name).flatMap { $0 < positional.count ? $0 : nil }
      guard let target = keyword ?? place else { throw Self.unknown(name, parameters, role) }
      targets.append(target)
      trees.append(try ParameterTree(all[target], role: "\(name) in \(role)"))
    }
  }

  private static func unknown(_ name: String, _ parameters: [String], _ role: String) -> Failure {
    if parameters.contains(name) {
      return Failure("E0414", "\(role) differentiates by \(name), and no \(name) came", parameter: "wrt")
    }
    let list = parameters.isEmpty ? "" : ": they are \(parameters.joined(separator: ", "))"
    return Failure("E0405", "\(role): the function has no parameter \(name)\(list)", parameter: "wrt")
  }

  /// The names in a function's signature, in order: `f(x, y=2, ..rest)` has x, y and rest.
  private static func parameterNames(of function: Value) -> [String] {
    guard case .function(let function) = function, let open = function.signature.firstIndex(of: "(") else {
      return []
    }
    var names: [String] = []
    var depth = 0
    var name = ""
    var reading = true
    for character in function.signature[function.signature.index(after: open)...] {
      switch character {
      case "(", "[", "{": depth += 1
      case ")" where depth == 0, "," where depth == 0:
        if !name.isEmpty && name != "*" { names.append(name) }
        (name, reading) = ("", true)
      case ")", "]", "}": depth -= 1
      case "=", ":": if depth == 0 { reading = false }
      case " ", ".": break
      default: if reading && depth == 0 { name.append(character) }
      }
    }
    return names
  }

  /// The differentiated leaves of all arguments.
  var leaves: [Tensor] { trees.flatMap(\.leaves) }

  /// Calls the function with other leaves.
  func value(_ leaves: [Tensor]) throws -> Value {
    var (positional, keywords) = (positional, keywords)
    for (target, argument) in zip(targets, arguments(leaves) { $0.filled(with: $1) }) {
      if target < positional.count {
        positional[target] = argument
      } else {
        keywords[target - positional.count].value = argument
      }
    }
    return try context.call(function, positional, keywords: keywords)
  }

  /// As `value`, where one number or tensor is expected.
  func tensor(_ leaves: [Tensor]) throws -> Tensor {
    let result = try value(leaves)
    guard let tensor = result.tensorOperand else {
      throw Failure(
        "E0407", "the function to differentiate must give a number or tensor, got \(result.kindDescription)")
    }
    return tensor
  }

  /// Something for each differentiated argument from leaves of all.
  func arguments<Leaf, Result>(_ leaves: [Leaf], _ make: (ParameterTree, [Leaf]) throws -> Result) rethrows
    -> [Result]
  {
    var rest = leaves[...]
    return try trees.map { tree in
      let own = Array(rest.prefix(tree.leaves.count))
      rest = rest.dropFirst(tree.leaves.count)
      return try make(tree, own)
    }
  }
}
