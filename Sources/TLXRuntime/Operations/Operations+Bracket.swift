import TLXNumerics

/// `[…]` and comprehensions: stacking values into tensors.
extension Operations {
  /// A tensor if all items are numbers, bools or tensors of one shape, else a list. Numbers: all bools give bool,
  /// bools and ints i64, a float among them f64; beside float tensors, numbers are weak. No items give `f64[0]`.
  public static func bracket(_ items: [Value]) throws -> Value {
    guard let first = items.first else { return .tensor(try Tensor([Double]())) }
    switch first {
    case .float:
      if let tensor = try stackedFloats(items) { return .tensor(tensor) }
    case .int:
      if let tensor = try stackedIntegers(items) { return .tensor(tensor) }
    case .bool:
      if let tensor = try stackedBools(items) { return .tensor(tensor) }
    case .tensor, .object: break
    default: return .list(items)
    }
    return try stacked(items)
  }

  private static func stackedFloats(_ items: [Value]) throws -> Tensor? {
    var elements: [Double] = []
    elements.reserveCapacity(items.count)
    for item in items {
      switch item {
      case .float(let number): elements.append(number)
      case .int(let number): elements.append(Double(number))
      default: return nil
      }
    }
    return try Tensor(elements)
  }

  private static func stackedIntegers(_ items: [Value]) throws -> Tensor? {
    var elements: [Int] = []
    elements.reserveCapacity(items.count)
    for item in items {
      switch item {
      case .int(let number): elements.append(number)
      case .float: return try stackedFloats(items)
      default: return nil
      }
    }
    return try Tensor(elements)
  }

  private static func stackedBools(_ items: [Value]) throws -> Tensor? {
    var elements: [Bool] = []
    elements.reserveCapacity(items.count)
    for item in items {
      guard case .bool(let flag) = item else { return nil }
      elements.append(flag)
    }
    return try Tensor(elements)
  }

  /// The general case: tensors among the items.
  private static func stacked(_ items: [Value]) throws -> Value {
    var tensors: [Tensor] = []
    tensors.reserveCapacity(items.count)
    for item in items {
      guard let tensor = item.tensorOperand, tensor.shape == tensors.first?.shape ?? tensor.shape else {
        return .list(items)
      }
      tensors.append(tensor)
    }
    let dtype = commonType(items, tensors)
    if let joined = try joinedPlain(tensors, dtype) { return .tensor(joined) }
    let converted = try tensors.map { $0.dtype == dtype ? $0 : try $0.cast(to: dtype) }
    return .tensor(try Tensor.stack(converted, axis: 0))
  }

  /// The promoted dtype; numbers of the language count only against each other, or as floats against whole tensors.
  private static func commonType(_ items: [Value], _ tensors: [Tensor]) -> DType {
    var strong: DType?
    var weak: DType?
    for (item, tensor) in zip(items, tensors) {
      if item.isScalar {
        weak = weak.map { $0.promoted(with: tensor.dtype) } ?? tensor.dtype
      } else {
        strong = strong.map { $0.promoted(with: tensor.dtype) } ?? tensor.dtype
      }
    }
    guard let strong else { return weak ?? .f64 }
    return strong.isFloat ? strong : strong.promoted(with: weak ?? .bool)
  }

  /// Small tensors that are in memory are copied side by side at once: no graph for `[[1, 2], [3, 4]]`.
  private static func joinedPlain(_ tensors: [Tensor], _ dtype: DType) throws -> Tensor? {
    guard let first = tensors.first, first.count <= 4096,
      tensors.allSatisfy({ $0.isPlain && ($0.isRealized || $0.rank == 0) })
    else { return nil }
    try Tensor.realize(tensors.filter { !$0.isRealized })
    let shape = Shape([tensors.count] + first.shape.sizes)
    switch dtype {
    case .f64: return try Tensor(tensors.flatMap { try $0.doubles() }, shape: shape)
    case .f32: return try Tensor(tensors.flatMap { try $0.doubles().map(Float.init) }, shape: shape)
    case .bool: return try Tensor(tensors.flatMap { try $0.elements(of: Bool.self) }, shape: shape)
    case .i64: return try Tensor(tensors.flatMap { try integers($0) }, shape: shape)
    }
  }

  private static func integers(_ tensor: Tensor) throws -> [Int] {
    tensor.dtype == .i64
      ? try tensor.elements(of: Int.self) : try tensor.elements(of: Bool.self).map { $0 ? 1 : 0 }
  }

  /// A collection of numbers as one tensor, for built-ins that take either: tensors and labelled values, numbers,
  /// ranges, and lists that `[…]` would stack. Nil for others.
  public static func tensor(from value: Value) throws -> Tensor? {
    if let tensor = value.tensorOperand { return tensor }
    switch value {
    case .range(let range): return try Tensor(range.map { $0 })
    case .list(let items):
      if case .tensor(let tensor) = try bracket(items.map { try nestedTensor($0) ?? $0 }) { return tensor }
      return nil
    default: return nil
    }
  }

  private static func nestedTensor(_ item: Value) throws -> Value? {
    switch item {
    case .list, .range: try tensor(from: item).map { .tensor($0) }
    default: nil
    }
  }
}
