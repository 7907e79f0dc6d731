import TLXNumerics
import TLXRuntime

/// Which axis of each argument of a mapped function counts the examples.
struct MappedAxes {
  private enum Choice {
    /// One for all arguments.
    case same(Int)
    /// One an argument; nil for one that every example gets whole.
    case each([Int?])
  }

  private let choice: Choice

  /// An int, or a list with an int or nil for each argument. Throws E0405 for anything else.
  init(_ value: Value) throws {
    switch value {
    case .int(let axis): choice = .same(axis)
    case .list(let items):
      choice = .each(
        try items.map { item in
          switch item {
          case .int(let axis): return axis
          case .null: return nil
          default: throw Self.refusal(item)
          }
        })
    case .tensor(let axes) where axes.dtype == .i64 && axes.rank == 1:
      choice = .each(try axes.elements(of: Int.self))
    default: throw Self.refusal(value)
    }
  }

  private static func refusal(_ value: Value) -> Failure {
    Failure(
      "E0405",
      "axis in vmap is an int, or a list of an int or nil for each argument, not \(value.kindDescription)",
      help: "write axis=(1, nil) to map the first argument over its axis 1 and hand the second to all")
  }

  /// The arguments with their axis of examples in front, and which are mapped at all.
  func movedToFront(_ arguments: [Value], _ name: String) throws -> (values: [Value], isMapped: [Bool]) {
    switch choice {
    case .same(0): return (arguments, arguments.map { _ in true })
    case .same(let axis):
      return (try arguments.map { try Self.moved($0, axis, 0) }, arguments.map { _ in true })
    case .each(let axes):
      guard axes.count == arguments.count else {
        throw Failure(
          "E0401", "\(name) got \(arguments.count) arguments, and axis names one for each of \(axes.count)")
      }
      return (
        try zip(arguments, axes).map { argument, axis in
          try axis.map { try Self.moved(argument, $0, 0) } ?? argument
        }, axes.map { $0 != nil }
      )
    }
  }

  /// Results whose examples lie along axis `axis`.
  static func movedFromFront(_ result: Value, to axis: Int) throws -> Value { try moved(result, 0, axis) }

  /// Every tensor with an axis moved. Scalars are handed on as they are.
  private static func moved(_ value: Value, _ from: Int, _ to: Int) throws -> Value {
    guard let tree = try? ParameterTree(value, role: "x") else { return value }
    let leaves = try tree.leaves.map { $0.rank == 0 ? $0 : try $0.moveAxis(from, to: to) }
    return tree.filled(with: leaves)
  }
}
