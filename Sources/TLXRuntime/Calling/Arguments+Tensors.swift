import TLXNumerics

extension Arguments {
  /// A tensor; numbers and bools count as scalars, lists and ranges of numbers as tensors.
  public func tensor(_ name: String) throws -> Tensor {
    guard let tensor = try optionalTensor(name) else { throw failure(name, mustBe: "a tensor") }
    return tensor
  }

  public func optionalTensor(_ name: String) throws -> Tensor? {
    guard let value = optional(name) else { return nil }
    guard let tensor = try Self.tensor(from: value) else {
      throw failure(name, mustBe: "a tensor", help: Self.wayToTensor(from: value))
    }
    return tensor
  }

  /// What keeps a value from being a tensor, or where in it there is one.
  private static func wayToTensor(from value: Value) -> String? {
    func named(_ fields: [String]) -> String {
      fields.prefix(6).map { ".\($0)" }.joined(separator: ", ") + (fields.count > 6 ? ", …" : "")
    }
    switch value {
    case .list(let items):
      let tensors = items.map { try? tensor(from: $0) }
      if let place = tensors.firstIndex(where: { $0 == nil }) {
        return "a tensor holds numbers, and item \(place) is \(items[place].kindDescription)"
      }
      let types = tensors.compactMap { $0?.typeDescription }
      guard let place = types.firstIndex(where: { $0 != types[0] }) else { return nil }
      return "its items differ: item 0 is \(types[0]), item \(place) is \(types[place])"
    case .table(let table): return "its columns are \(named(table.names))"
    case .record(let record): return record.count == 0 ? nil : "its fields are \(named(record.names))"
    case .object(let object):
      return object.fieldNames.isEmpty ? nil : "its fields are \(named(object.fieldNames))"
    default: return nil
    }
  }

  /// A tensor of exactly this rank. `shape` is how the message writes it: `f64[n, d]`.
  public func tensor(_ name: String, rank: Int, shape: String) throws -> Tensor {
    let result = try tensor(name)
    guard result.rank == rank else {
      throw Failure(
        "E0405", "\(builtin.name): \(name) must be \(shape), got \(result.typeDescription)", parameter: name)
    }
    return result
  }

  /// The value as a tensor, or nil if it has no such reading.
  public static func tensor(from value: Value) throws -> Tensor? { try Operations.tensor(from: value) }

  /// A shape: one size or a list of sizes, none negative.
  public func shape(_ name: String) throws -> Shape {
    let sizes = try ints(name)
    if let negative = sizes.first(where: { $0 < 0 }) {
      throw failure(name, "E0405", "\(name) cannot have an axis of size \(negative)")
    }
    return Shape(sizes)
  }
  public func optionalShape(_ name: String) throws -> Shape? { has(name) ? try shape(name) : nil }

  /// An axis of a tensor of this rank, made non-negative. E0418 if there is no such axis.
  public func axis(_ name: String, rank: Int) throws -> Int {
    try normalised(try int(name), name, rank: rank)
  }
  public func optionalAxis(_ name: String, rank: Int) throws -> Int? {
    has(name) ? try axis(name, rank: rank) : nil
  }

  /// One axis or a list of them, made non-negative; nil (all axes) where it was left out.
  public func axes(_ name: String, rank: Int) throws -> [Int]? {
    guard let given = try optionalInts(name) else { return nil }
    var result: [Int] = []
    for axis in given {
      let axis = try normalised(axis, name, rank: rank)
      if result.contains(axis) { throw failure(name, "E0405", "\(name) names axis \(axis) twice") }
      result.append(axis)
    }
    return result
  }

  private func normalised(_ axis: Int, _ name: String, rank: Int) throws -> Int {
    guard axis >= -rank, axis < rank else {
      let range = rank == 0 ? "a scalar has no axes" : "axes are \(-rank) to \(rank - 1)"
      throw Failure(
        "E0418", "\(builtin.name): there is no axis \(axis): \(range)", parameter: name)
    }
    return axis < 0 ? axis + rank : axis
  }

  /// A dtype: one of the conversion functions `f32 f64 i64 bool`, or its name as a string.
  public func dtype(_ name: String) throws -> DType {
    try require(name, "a dtype (f64, f32, i64 or bool)") {
      ElementType.named(by: $0)
    }
  }
  public func optionalDType(_ name: String) throws -> DType? { has(name) ? try dtype(name) : nil }
}
