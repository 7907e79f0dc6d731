import TLXNumerics

/// Shape annotations: `v: f64[n]`, `-> f64`, `let x: f32[n, 64]`.
extension Machine {
  /// Checks a register against an annotation, converting what is lossless.
  func checkType(_ register: Register, _ index: Int) throws {
    let check = currentPrototype.annotations[index]
    let value = register.pointee.value
    guard let dtype = DType(name: check.typeName), !(dtype == .bool && check.dimensions == nil) else {
      return try checkKind(register, check, value)
    }
    guard let dimensions = check.dimensions else { return try checkScalar(register, check, value, dtype) }
    guard case .tensor(let tensor) = value else {
      var help: String?
      if case .list = value { help = "tensor(xs) makes a tensor of a list of numbers" }
      throw mismatch(check, value, help: help)
    }
    if tensor.dtype != dtype {
      // f64 holds every f32 and the integers of everyday size; nothing else is lossless.
      guard dtype == .f64 && tensor.dtype != .bool else {
        throw mismatch(check, value, help: "\(dtype.name)(x) converts it")
      }
    }
    try matchShape(tensor.shape, dimensions, check, value)
    if tensor.dtype != dtype { register.set(.tensor(try tensor.cast(to: dtype))) }
  }

  private func checkScalar(_ register: Register, _ check: TypeCheck, _ value: Value, _ dtype: DType) throws {
    switch (value, dtype) {
    case (.float, .f64), (.int, .i64): return
    case (.int(let number), .f64): register.setFloat(Double(number))
    case (.tensor(let tensor), _) where tensor.rank == 0 && tensor.dtype == dtype: return
    case (.tensor(let tensor), .f64) where tensor.rank == 0 && tensor.dtype != .bool:
      register.set(.tensor(try tensor.cast(to: .f64)))
    case (.int(let number), .f32): register.set(.tensor(try Tensor(Double(number)).cast(to: .f32)))
    case (.float(let number), .f32): register.set(.tensor(try Tensor(number).cast(to: .f32)))
    default: throw mismatch(check, value, help: nil)
    }
  }

  private func checkKind(_ register: Register, _ check: TypeCheck, _ value: Value) throws {
    let matches: Bool
    switch check.typeName {
    case "int":
      if case .tensor(let tensor) = value, tensor.rank == 0, tensor.dtype == .i64 { return }
      if case .int = value { matches = true } else { matches = false }
    case "float":
      if case .int(let number) = value {
        register.setFloat(Double(number))
        return
      }
      if case .tensor(let tensor) = value, tensor.rank == 0, tensor.dtype.isFloat { return }
      if case .float = value { matches = true } else { matches = false }
    case "bool":
      if case .tensor(let tensor) = value, tensor.rank == 0, tensor.dtype == .bool { return }
      if case .bool = value { matches = true } else { matches = false }
    case "fn": if case .function = value { matches = true } else { matches = false }
    case "any", "_": matches = true
    default: matches = value.kindName == check.typeName || check.typeName.count == 1
    }
    guard matches else { throw mismatch(check, value, help: nil) }
  }

  /// Letters bind to sizes the first time and must be equal from then on.
  private func matchShape(
    _ shape: Shape, _ dimensions: [TypeCheck.Dimension], _ check: TypeCheck, _ value: Value
  ) throws {
    let restIndex = dimensions.firstIndex { if case .rest = $0 { true } else { false } }
    let fixed = restIndex == nil ? dimensions.count : dimensions.count - 1
    guard shape.rank == fixed || (restIndex != nil && shape.rank > fixed) else {
      throw mismatch(check, value, help: nil)
    }
    var axis = 0
    for dimension in dimensions {
      switch dimension {
      case .rest: axis += shape.rank - fixed
      case .any: axis += 1
      case .size(let size):
        if shape[axis] != size { throw mismatch(check, value, help: nil) }
        axis += 1
      case .letter(_, let register):
        let bound = (base + register).pointee
        if bound.tag == Slot.int {
          if bound.asInt != shape[axis] { throw mismatch(check, value, help: nil) }
        } else {
          (base + register).setInt(shape[axis])
        }
        axis += 1
      }
    }
  }

  private func mismatch(_ check: TypeCheck, _ value: Value, help: String?) -> OperandError {
    let bound = check.letters.compactMap { letter -> String? in
      let slot = (base + letter.register).pointee
      return slot.tag == Slot.int ? "\(letter.name) = \(slot.asInt)" : nil
    }
    let known = bound.isEmpty ? "" : ", where " + bound.joined(separator: ", ")
    return OperandError(
      Failure(
        "E0426", "\(check.subject) must be \(check.written)\(known), got \(value.kindDescription)", help: help
      ),
      [value])
  }
}

extension TypeCheck {
  /// As it is written: `f64[n, 64]`.
  var written: String {
    guard let dimensions else { return DType(name: typeName) == nil ? Value.withArticle(typeName) : typeName }
    let parts = dimensions.map { dimension in
      switch dimension {
      case .size(let size): String(size)
      case .letter(let name, _): name
      case .any: "_"
      case .rest: "..."
      }
    }
    return typeName + "[" + parts.joined(separator: ", ") + "]"
  }
}
