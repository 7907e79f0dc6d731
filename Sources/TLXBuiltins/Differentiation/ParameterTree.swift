import TLXNumerics
import TLXRuntime

/// A value seen as tensors in a structure: a number or tensor is one leaf; lists and records of such are branches.
/// Texts and other constants inside a branch stay as they are and have no derivative.
struct ParameterTree {
  /// In order of appearance.
  let leaves: [Tensor]
  private let structure: Structure

  private indirect enum Structure {
    case leaf
    case constant(Value)
    case list([Structure])
    case record(Record, [Structure])
  }

  /// Throws E0405 where no leaf is a number or tensor; `role` says what the value is for.
  init(_ value: Value, role: String) throws {
    var leaves: [Tensor] = []
    structure = try Self.read(value, &leaves)
    self.leaves = leaves
    if leaves.isEmpty {
      throw Failure(
        "E0405",
        "\(role) must be numbers, tensors, or records and lists of them, got \(value.kindDescription)")
    }
  }

  private static func read(_ value: Value, _ leaves: inout [Tensor]) throws -> Structure {
    switch value {
    case .list(let items): return .list(try items.map { try read($0, &leaves) })
    case .record(let record): return .record(record, try record.values.map { try read($0, &leaves) })
    case .range:
      guard let tensor = try Operations.tensor(from: value) else { return .constant(value) }
      leaves.append(tensor)
      return .leaf
    default:
      guard let tensor = value.tensorOperand else { return .constant(value) }
      leaves.append(tensor)
      return .leaf
    }
  }

  /// The same structure with other leaves, constants included: what the function is called with.
  func filled(with leaves: [Tensor]) -> Value {
    var rest = leaves[...]
    return Self.build(structure, &rest, keepsConstants: true) { .tensor($0) }
  }

  /// The same structure with other leaves, computed where they can be, and nil for constants: a gradient.
  func settled(_ leaves: [Tensor]) throws -> Value {
    var rest = leaves[...]
    return try Operations.settle(Self.build(structure, &rest, keepsConstants: false) { .tensor($0) })
  }

  /// The same structure with any values as leaves: the blocks of a Hessian.
  func arranged(_ leaves: [Value]) -> Value {
    var rest = leaves[...]
    return Self.build(structure, &rest, keepsConstants: false) { $0 }
  }

  private static func build<Leaf>(
    _ structure: Structure, _ rest: inout ArraySlice<Leaf>, keepsConstants: Bool, _ wrap: (Leaf) -> Value
  ) -> Value {
    switch structure {
    case .leaf: return rest.popFirst().map(wrap) ?? .null
    case .constant(let value): return keepsConstants ? value : .null
    case .list(let items): return .list(items.map { build($0, &rest, keepsConstants: keepsConstants, wrap) })
    case .record(let record, let fields):
      return .record(
        record.replacingValues(fields.map { build($0, &rest, keepsConstants: keepsConstants, wrap) }))
    }
  }
}
