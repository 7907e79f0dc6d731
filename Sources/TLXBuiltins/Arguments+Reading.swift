import TLXNumerics
import TLXRuntime

extension Arguments {
  /// A shape written as sizes, `zeros(2, 3)`, or as one list of them, `zeros((2, 3))`, from a variadic parameter.
  func sizes(_ name: String) throws -> Shape {
    let given = variadic(name)
    let items: [Value]
    if given.count == 1, given[0].exactInt == nil {
      guard case .object = given[0] else {
        items = try Operations.items(of: given[0])
        return try shape(name, of: items)
      }
    }
    items = given
    return try shape(name, of: items)
  }

  private func shape(_ name: String, of items: [Value]) throws -> Shape {
    Shape(
      try items.map { item in
        guard let size = item.exactInt else {
          throw failure(name, "E0405", "\(name) must be ints, got \(item.kindDescription)")
        }
        return size
      })
  }

  /// A shape without negative sizes.
  func newShape(_ name: String) throws -> Shape {
    let shape = try sizes(name)
    if let negative = shape.first(where: { $0 < 0 }) {
      throw failure(name, "E0405", "a shape cannot have an axis of size \(negative)")
    }
    return shape
  }

  /// The stream that a random function draws from: the cell's, or a fresh one from `key=`.
  func stream() throws -> RandomStream {
    guard let value = optional("key") else { return context.random }
    if let seed = value.exactInt {
      return RandomStream(key: Self.rootKey.derived(from: [UInt64(bitPattern: Int64(seed))]))
    }
    guard case .object(let object as Key) = value else {
      throw failure("key", mustBe: "a key", help: "make one with key(7)")
    }
    return RandomStream(key: object.key)
  }

  static let rootKey = RandomKey(seed: 0)

  /// Calls the function argument with these values.
  func call(_ name: String, _ values: Value...) throws -> Value {
    try context.call(callable(name), values)
  }

  /// The result of a function argument as a condition.
  func holds(_ name: String, _ value: Value) throws -> Bool {
    let result = try Operations.settle(call(name, value))
    guard let truth = result.truth else {
      throw failure(name, "E0405", "\(name) must give true or false, and gave \(result.kindDescription)")
    }
    return truth
  }

  /// The tensor argument; what came, for keeping its labels: `relabelled`.
  func relabelled(_ name: String, _ result: Tensor) throws -> Value {
    guard case .object(let object as Labelled)? = optional(name), result.shape == object.tensor.shape else {
      return .tensor(result)
    }
    return .object(try Labelled(names: object.names, tensor: result))
  }
}

extension Builtin.Parameter {
  static func x(_ type: String = "tensor", _ summary: String = "the numbers") -> Self {
    .positional("x", type, summary)
  }
  static let axes: Self = .option(
    "axis", "int | list", "the axis or axes to reduce; all if left out", default: "nil")
  static let keepdims: Self = .option("keepdims", "bool", "keeps reduced axes with size 1", default: "false")
  static let key: Self = .option(
    "key", "key | int", "draws from this key instead of the cell's stream", default: "nil")
  static func dtype(_ standard: String = "f64") -> Self {
    .option("dtype", "f64 | f32 | i64 | bool", "the type of the elements", default: standard)
  }
  static let shape: Self = .variadic("shape", "int", "the sizes of the axes, or one list of them")
}
