import TLXNumerics

/// `x[…]`.
extension Operations {
  /// An element, a slice, a row, a column: 0-based, half-open, negative from the end, never clamped.
  /// - Throws: E0406 out of range, E0412 for an index of a wrong kind, E0408 for an unknown name.
  public static func index(_ base: Value, _ subscripts: [SubscriptValue]) throws -> Value {
    switch base {
    case .tensor(let tensor): return try index(tensor, subscripts)
    case .list(let items): return try index(items, subscripts)
    case .string(let text): return try index(text, subscripts)
    case .range(let range): return try index(range, subscripts)
    case .record(let record): return try field(of: .record(record), name(in: subscripts, of: base))
    case .table(let table): return try index(table, subscripts)
    case .object(let labelled as Labelled): return try index(labelled, subscripts)
    case .object(let object):
      if let part = try object.part(at: subscripts) { return part }
      if let tensor = object.tensorValue {
        // Rows of what knows more than its numbers (embeddings) keep that knowledge.
        return try items(of: object, subscripts) ?? index(tensor, subscripts)
      }
      if case .value(.string(let name)) = subscripts.first, subscripts.count == 1 {
        return try field(of: base, name)
      }
      if let part = try items(of: object, subscripts) { return part }
    default: break
    }
    throw Failure("E0412", "\(base.kindDescription) cannot be indexed")
  }

  /// An item of an object that has items, or an object of some of them.
  private static func items(of object: any LanguageObject, _ subscripts: [SubscriptValue]) throws -> Value? {
    guard let count = object.itemCount, subscripts.count == 1 else { return nil }
    let what = "the " + object.kindName
    switch subscripts[0] {
    case .value(let value):
      if let chosen = try positions(value, length: count, of: what) { return try object.selecting(chosen) }
      return try object.items?.element(position(indexNumber(value), length: count, of: what))
    case .slice: return try object.selecting(bounds(subscripts[0], count, what).positions)
    default: return nil
    }
  }

  // MARK: Tensors

  private static func index(_ tensor: Tensor, _ subscripts: [SubscriptValue]) throws -> Value {
    if tensor.isPlain, let indices = try leadingIndices(tensor, subscripts) {
      if indices.count == 1 { return try element(of: tensor, at: indices[0]) }
      let view = try tensor.leadingView(indices)
      return view.rank == 0 ? try scalar(view) : .tensor(view)
    }
    return .tensor(try tensor.indexed(by: tensorIndices(tensor, subscripts)))
  }

  /// The positions if all subscripts are ints, checked against the axes: the common case, read without a graph.
  static func leadingIndices(_ tensor: Tensor, _ subscripts: [SubscriptValue]) throws -> [Int]? {
    guard subscripts.count <= tensor.rank, !subscripts.isEmpty else { return nil }
    var indices: [Int] = []
    indices.reserveCapacity(subscripts.count)
    for (axis, item) in subscripts.enumerated() {
      guard case .value(.int(let index)) = item else { return nil }
      let length = tensor.shape[axis]
      let place = index < 0 ? index &+ length : index
      // The words for a refusal cost more than the look-up: they are found where it is one.
      let isInside = place >= 0 && place < length
      indices.append(isInside ? place : try position(index, length: length, of: axisName(axis, tensor)))
    }
    return indices
  }

  private static func axisName(_ axis: Int, _ tensor: Tensor) -> String {
    tensor.rank == 1 ? tensor.typeDescription : "axis \(axis) of \(tensor.typeDescription)"
  }

  /// Subscripts as the numerics core takes them, bounds checked here so that messages speak of the language.
  static func tensorIndices(_ tensor: Tensor, _ subscripts: [SubscriptValue]) throws -> [TensorIndex] {
    let used = try subscripts.reduce(0) { try $0 + axesUsed(by: $1) }
    guard used <= tensor.rank else {
      throw Failure("E0412", "\(used) indices are too many for \(tensor.typeDescription)")
    }
    var axis = 0
    var result: [TensorIndex] = []
    var sawEllipsis = false
    for item in subscripts {
      switch item {
      case .newAxis: result.append(.newAxis)
      case .ellipsis:
        if sawEllipsis { throw Failure("E0412", "only one ... may stand in an index") }
        sawEllipsis = true
        axis += tensor.rank - used
        result.append(.ellipsis)
      case .slice(let start, let stop, let step):
        let bounds = try SliceBounds(
          start, stop, step, length: tensor.shape[axis], of: axisName(axis, tensor))
        result.append(bounds.tensorIndex)
        axis += 1
      case .value(let value):
        let (index, width) = try tensorIndex(value, tensor, axis)
        result.append(index)
        axis += width
      }
    }
    return result
  }

  private static func axesUsed(by item: SubscriptValue) throws -> Int {
    switch item {
    case .newAxis, .ellipsis: 0
    case .slice: 1
    case .value(let value):
      if let mask = try indexTensor(value), mask.dtype == .bool { max(mask.rank, 1) } else { 1 }
    }
  }

  /// The tensor that an index of several positions stands for.
  private static func indexTensor(_ value: Value) throws -> Tensor? {
    switch value {
    case .tensor(let tensor): tensor.rank > 0 ? tensor : nil
    case .list, .range: try tensor(from: value)
    case .object(let object): object.tensorValue
    default: nil
    }
  }

  private static func tensorIndex(_ value: Value, _ tensor: Tensor, _ axis: Int) throws -> (TensorIndex, Int)
  {
    if let indices = try indexTensor(value) {
      if indices.dtype == .bool { return (try mask(indices, tensor, axis), indices.rank) }
      // `x[[]]` picks nothing; an empty bracket is f64.
      if indices.count == 0 { return (.tensor(try indices.cast(to: .i64)), 1) }
      guard indices.dtype == .i64 else {
        throw Failure(
          "E0412", "an index tensor must be i64 or bool, not \(indices.typeDescription)",
          help: "i64(x) converts whole numbers")
      }
      if indices.isPlain {
        let length = tensor.shape[axis]
        for index in try indices.elements(of: Int.self) where index < -length || index >= length {
          _ = try position(index, length: length, of: axisName(axis, tensor))
        }
      }
      return (.tensor(indices), 1)
    }
    return (.at(try position(indexNumber(value), length: tensor.shape[axis], of: axisName(axis, tensor))), 1)
  }

  private static func mask(_ mask: Tensor, _ tensor: Tensor, _ axis: Int) throws -> TensorIndex {
    let axes = Array(tensor.shape.sizes[axis..<min(axis + mask.rank, tensor.rank)])
    guard mask.shape.sizes == axes else {
      throw Failure(
        "E0412",
        "the mask is \(mask.typeDescription), but it stands for "
          + (axes.count == 1 ? "an axis of \(axes[0])" : "axes of \(Shape(axes).crossDescription)")
          + " of \(tensor.typeDescription)")
    }
    return .tensor(mask)
  }

  // MARK: Other collections

  private static func index(_ items: [Value], _ subscripts: [SubscriptValue]) throws -> Value {
    switch try single(subscripts, "a list") {
    case .value(.int(let index)): return items[try position(index, length: items.count, of: "the list")]
    case .value(let value):
      if let positions = try positions(value, length: items.count, of: "the list") {
        return .list(positions.map { items[$0] })
      }
      return items[try position(indexNumber(value), length: items.count, of: "the list")]
    case let slice: return .list(try bounds(slice, items.count, "the list").positions.map { items[$0] })
    }
  }

  private static func index(_ text: String, _ subscripts: [SubscriptValue]) throws -> Value {
    let part = try single(subscripts, "a string")
    if case .value(let value) = part {
      let plain = try text.withPlainBytes { bytes in
        String(plain: bytes[try position(indexNumber(value), length: bytes.count, of: "the string")])
      }
      if let plain { return .string(plain) }
    }
    let characters = Array(text)
    switch part {
    case .value(let value):
      return .string(
        String(characters[try position(indexNumber(value), length: characters.count, of: "the string")]))
    case let slice:
      return .string(
        String(try bounds(slice, characters.count, "the string").positions.map { characters[$0] }))
    }
  }

  private static func index(_ range: IntegerRange, _ subscripts: [SubscriptValue]) throws -> Value {
    switch try single(subscripts, "a range") {
    case .value(let value):
      return .int(range[try position(indexNumber(value), length: range.count, of: "the range")])
    case let slice:
      let bounds = try bounds(slice, range.count, "the range")
      let start = range[bounds.start]
      let step = range.step * bounds.step
      return .range(IntegerRange(start: start, stop: start + step * bounds.count, step: step))
    }
  }

  private static func index(_ table: Table, _ subscripts: [SubscriptValue]) throws -> Value {
    switch try single(subscripts, "a table") {
    case .value(.string(let name)): return try field(of: .table(table), name)
    case .value(let value):
      if case .list(let names) = value, case .string = names.first {
        return .table(try columns(names, of: table))
      }
      if let rows = try positions(value, length: table.rowCount, of: "the table") {
        return .table(try table.selecting(rows: rows))
      }
      return .record(try table.row(position(indexNumber(value), length: table.rowCount, of: "the table")))
    case let slice:
      return .table(try table.selecting(rows: bounds(slice, table.rowCount, "the table").positions))
    }
  }

  private static func columns(_ names: [Value], of table: Table) throws -> Table {
    var result = Table(names: [], columns: [], rowCount: table.rowCount)
    for case .string(let name) in names {
      result = try result.setting(name, to: field(of: .table(table), name))
    }
    return result
  }

  private static func index(_ labelled: Labelled, _ subscripts: [SubscriptValue]) throws -> Value {
    guard subscripts.count == 1 else { return try index(labelled.tensor, subscripts) }
    switch subscripts[0] {
    case .value(.string(let name)):
      guard let position = labelled.position(of: name) else { throw unknown(name, "label", labelled.names) }
      return try element(of: labelled.tensor, at: position)
    case .value(.list(let names)):
      if case .string = names.first {
        return .object(
          try labelled.selecting(
            names.map { item in
              guard case .string(let name) = item, let position = labelled.position(of: name) else {
                throw unknown(Display.text(of: item), "label", labelled.names)
              }
              return position
            }))
      }
    default: break
    }
    switch subscripts[0] {
    case .value(let value):
      if let chosen = try positions(value, length: labelled.names.count, of: "the labelled values") {
        return .object(try labelled.selecting(chosen))
      }
      return try index(labelled.tensor, subscripts)
    case .slice:
      let bounds = try bounds(subscripts[0], labelled.names.count, "the labelled values")
      return .object(try labelled.selecting(bounds.positions))
    default: return try index(labelled.tensor, subscripts)
    }
  }

  // MARK: Parts

  private static func single(_ subscripts: [SubscriptValue], _ what: String) throws -> SubscriptValue {
    guard subscripts.count == 1 else {
      throw Failure("E0412", "\(what) takes one index, not \(subscripts.count)")
    }
    switch subscripts[0] {
    case .newAxis, .ellipsis: throw Failure("E0412", "`new` and `...` index tensors, not \(what)")
    default: return subscripts[0]
    }
  }

  /// The positions along an axis that an index picks, and whether it is a single one. For objects that have axes.
  public static func chosen(_ item: SubscriptValue, length: Int, of what: String) throws -> (
    positions: [Int], isSingle: Bool
  ) {
    guard case .value(let value) = item else { return (try bounds(item, length, what).positions, false) }
    if let positions = try positions(value, length: length, of: what) { return (positions, false) }
    return ([try position(indexNumber(value), length: length, of: what)], true)
  }

  private static func bounds(_ slice: SubscriptValue, _ length: Int, _ what: String) throws -> SliceBounds {
    guard case .slice(let start, let stop, let step) = slice else {
      throw Failure("E0412", "`new` and `...` index tensors")
    }
    return try SliceBounds(start, stop, step, length: length, of: what)
  }

  /// The positions that an index tensor, mask, range or list of ints picks; nil for a single index.
  static func positions(_ value: Value, length: Int, of what: String) throws -> [Int]? {
    guard let indices = try indexTensor(value) else { return nil }
    if indices.dtype == .bool {
      guard indices.shape == [length] else {
        throw Failure(
          "E0412", "a mask of \(indices.typeDescription) does not fit \(what) of length \(length)")
      }
      return try indices.elements(of: Bool.self).enumerated().filter(\.element).map(\.offset)
    }
    guard indices.rank == 1, indices.dtype == .i64 || indices.count == 0 else {
      throw Failure("E0412", "\(value.kindDescription) cannot be used as an index here")
    }
    if indices.count == 0 { return [] }
    return try indices.elements(of: Int.self).map { try position($0, length: length, of: what) }
  }

  static func name(in subscripts: [SubscriptValue], of base: Value) throws -> String {
    if subscripts.count == 1, case .value(.string(let name)) = subscripts[0] { return name }
    if subscripts.count == 1, case .value(let value) = subscripts[0] {
      throw Failure(
        "E0412", "a record is indexed by a name, not by \(value.kindDescription)",
        help: "values(r) is a list of its values")
    }
    throw Failure("E0412", "a record is indexed by one name")
  }
}

extension SliceBounds {
  /// As the numerics core takes it: a stop before the first element has no number, nil says it.
  var tensorIndex: TensorIndex {
    if count == 0 { return .slice(0, 0, 1) }
    // Just past the last element that is taken: a whole step further may lie outside of the axis.
    let stop = start + step * (count - 1) + (step > 0 ? 1 : -1)
    return .slice(start, step < 0 && stop < 0 ? nil : stop, step)
  }
}
