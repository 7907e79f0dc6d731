import TLXNumerics

/// `x[…] = v`, `r.a = v`.
extension Operations {
  /// Replaces what `x[…]` picks. In place if `base` is the only owner, else in a copy.
  /// - Throws: as indexing does; E0411 where the dtype cannot hold the value; E0404 for what cannot be changed.
  public static func assign(into base: inout Value, _ subscripts: [SubscriptValue], _ value: Value) throws {
    do { try replace(in: &base, subscripts, value) } catch var failure as Failure
      where failure.code == "E0406"
    {
      if let growing = growth(of: base, subscripts) { failure.help = growing }
      throw failure
    }
  }

  /// How a collection gets an item behind its last, where that is what was tried.
  private static func growth(of base: Value, _ subscripts: [SubscriptValue]) -> String? {
    guard subscripts.count == 1, case .value(.int(let index)) = subscripts[0] else { return nil }
    switch base {
    case .list(let items) where index >= items.count: return "a list grows by a list: xs = xs + (item,)"
    case .tensor(let tensor) where tensor.rank == 1 && index >= tensor.count:
      return "a tensor does not grow in place: x = concat((x, [value]))"
    default: return nil
    }
  }

  private static func replace(in base: inout Value, _ subscripts: [SubscriptValue], _ value: Value) throws {
    if var tensor = base.takeTensor() {
      defer { base = .tensor(tensor) }
      return try assign(&tensor, subscripts, value)
    }
    if var items = base.takeList() {
      defer { base = .list(items) }
      return try assign(&items, subscripts, value)
    }
    switch base {
    case .record: try setField(of: &base, name(in: subscripts, of: base), value)
    case .table:
      if subscripts.count == 1, case .value(.string(let name)) = subscripts[0] {
        try setField(of: &base, name, value)
      } else {
        throw Failure("E0404", "rows of a table cannot be replaced", help: "change a column: t.a = …")
      }
    case .object(let labelled as Labelled):
      var tensor = labelled.tensor
      var plain = subscripts
      if subscripts.count == 1, case .value(.string(let name)) = subscripts[0] {
        guard let position = labelled.position(of: name) else { throw unknown(name, "label", labelled.names) }
        plain = [.value(.int(position))]
      }
      try assign(&tensor, plain, value)
      base = .object(labelled.replacing(tensor))
    case .string:
      throw Failure("E0404", "a string cannot be changed", help: "build a new one with slices and +")
    default: throw Failure("E0404", "the items of \(base.kindDescription) cannot be replaced")
    }
  }

  private static func assign(_ tensor: inout Tensor, _ subscripts: [SubscriptValue], _ value: Value) throws {
    if value.isScalar, tensor.isPlain, subscripts.count == tensor.rank,
      let indices = try leadingIndices(tensor, subscripts)
    {
      return try replaceElement(of: &tensor, at: indices, with: value)
    }
    guard var part = try self.tensor(from: value) else {
      throw Failure("E0404", "\(tensor.typeDescription) cannot hold \(value.kindDescription)")
    }
    if tensor.isPlain, part.isPlain {
      part = try converted(part, to: tensor.dtype, for: tensor)
      if let indices = try leadingIndices(tensor, subscripts) {
        let rest = Array(tensor.shape.sizes.dropFirst(indices.count))
        var position = 0
        for (axis, index) in indices.enumerated() { position = position * tensor.shape[axis] + index }
        let shaped = part.shape.sizes == rest ? part : try part.broadcast(to: Shape(rest))
        try tensor.replaceElements(from: position * rest.reduce(1, *), with: shaped)
        return
      }
    } else if part.dtype != tensor.dtype {
      part = try part.cast(to: tensor.dtype)
    }
    tensor = try tensor.updated(at: tensorIndices(tensor, subscripts), with: part)
  }

  /// One element at once, in the dtype of the tensor.
  private static func replaceElement(of tensor: inout Tensor, at indices: [Int], with value: Value) throws {
    var position = 0
    for (axis, index) in indices.enumerated() { position = position * tensor.shape[axis] + index }
    switch (tensor.dtype, value) {
    case (.f64, _):
      if let number = value.number ?? value.truth.map({ $0 ? 1 : 0 }) {
        return try tensor.replaceElement(at: position, with: number)
      }
    case (.f32, _):
      if let number = value.number ?? value.truth.map({ $0 ? 1 : 0 }) {
        return try tensor.replaceElement(at: position, with: Float(number))
      }
    case (.i64, _):
      if let number = value.exactInt ?? value.truth.map({ $0 ? 1 : 0 }) {
        return try tensor.replaceElement(at: position, with: number)
      }
    case (.bool, .bool(let flag)): return try tensor.replaceElement(at: position, with: flag)
    case (.bool, _): break
    }
    throw cannotHold(tensor, Display.canonical(value))
  }

  private static func cannotHold(_ target: Tensor, _ sample: String) -> Failure {
    Failure(
      "E0411", "\(target.typeDescription) cannot hold \(sample)",
      help: target.dtype == .bool ? "compare to get bools, as in x != 0" : "make it floats first: x = f64(x)")
  }

  /// The values in the dtype of what they are put into, if nothing is lost.
  private static func converted(_ part: Tensor, to dtype: DType, for target: Tensor) throws -> Tensor {
    if part.dtype == dtype { return part }
    return try losslessly(part, to: dtype) { cannotHold(target, $0) }
  }

  /// A conversion of dtype that fails where an element would change: a fraction or a number out of range for i64,
  /// anything but 0 and 1 for bool. Floats of either precision convert into each other.
  public static func losslessly(
    _ tensor: Tensor, to dtype: DType, orThrow failure: (_ sample: String) -> Failure
  ) throws -> Tensor {
    guard tensor.isPlain, !dtype.isFloat, tensor.dtype.rawValue > dtype.rawValue else {
      return tensor.dtype == dtype ? tensor : try tensor.cast(to: dtype)
    }
    for number in try tensor.doubles() {
      let fits = dtype == .i64 ? Int(exactly: number) != nil : number == 0 || number == 1
      if !fits { throw failure(Number.exact(number)) }
    }
    return try tensor.cast(to: dtype)
  }

  private static func assign(_ items: inout [Value], _ subscripts: [SubscriptValue], _ value: Value) throws {
    guard subscripts.count == 1 else {
      throw Failure("E0412", "a list takes one index, not \(subscripts.count)")
    }
    switch subscripts[0] {
    case .value(let index):
      items[try position(indexNumber(index), length: items.count, of: "the list")] = value
    case .slice(let start, let stop, let step):
      let bounds = try SliceBounds(start, stop, step, length: items.count, of: "the list")
      let replacements = try self.items(of: value)
      guard replacements.count == bounds.count else {
        throw Failure("E0403", "a slice of \(bounds.count) items cannot be replaced by \(replacements.count)")
      }
      for (position, item) in zip(bounds.positions, replacements) { items[position] = item }
    case .newAxis, .ellipsis: throw Failure("E0412", "`new` and `...` index tensors, not a list")
    }
  }
}
