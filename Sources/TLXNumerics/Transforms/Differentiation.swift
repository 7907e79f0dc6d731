/// Derivatives of functions that are written in tensor operations.
///
/// A transform hands the function variables in place of its inputs, and walks the retained graph between the result
/// and these variables, building the derivative from the same primitives. So derivatives nest to any order, and pass
/// through closures, loops and branches: they follow the path that was taken. Whole-number inputs count as f64.
public enum Differentiation {
  public typealias Scalar = ([Tensor]) throws -> Tensor
  public typealias Many = ([Tensor]) throws -> [Tensor]

  /// The value of f and its gradient by each input, in the inputs' shapes. Reverse mode: costs a small multiple of f.
  ///
  /// - Throws: E0407 if f does not give one number, or depends on the inputs only through steps without derivative.
  public static func gradient(of f: Scalar, at xs: [Tensor]) throws -> (value: Tensor, gradients: [Tensor]) {
    let results = try TransformScope.run(at: xs) { scope in
      let value = try f(scope.variables)
      guard value.rank == 0 else {
        throw NumericsError(
          "E0407",
          "a gradient needs a function that gives one number, and this one gives \(value.typeDescription)",
          help: "reduce it with sum or mean, or take the jacobian")
      }
      let seed = try value.dtype.isFloat ? value.onesLike() : Tensor(1.0)
      return try [value] + pullback(scope, [value], [seed])
    }
    let settled = try TransformScope.settled(results)
    return (settled[0], Array(settled.dropFirst()))
  }

  /// The values of f and their derivative in the direction of the tangents (shaped like the inputs). Forward mode.
  public static func jvp(of f: Many, at xs: [Tensor], tangents: [Tensor]) throws -> (
    values: [Tensor], tangents: [Tensor]
  ) {
    let directions = try matched(tangents, to: xs, "tangent")
    let (values, derivatives) = try TransformScope.run(at: xs) { scope in
      let values = try f(scope.variables)
      return (values, try pushforward(scope, values, directions))
    }
    let settled = try TransformScope.settled(values + derivatives)
    return (Array(settled.prefix(values.count)), Array(settled.dropFirst(values.count)))
  }

  /// The values of f, and a function from cotangents (shaped like the values) to the inputs' cotangents, which may be
  /// called any number of times. It keeps the graph of f alive.
  public static func vjp(of f: Many, at xs: [Tensor]) throws -> (values: [Tensor], pull: Many) {
    let (values, scope) = try TransformScope.run(at: xs) { scope in (try f(scope.variables), scope) }
    let pull: Many = { cotangents in
      let seeds = try matched(cotangents, to: values, "cotangent")
      return try TransformScope.settled(pullback(scope, values, seeds))
    }
    return (try TransformScope.settled(values), pull)
  }

  /// The derivative of every element of f's result by every element of each input: the result's axes, then the
  /// input's. By rows in reverse mode or by columns in forward mode, whichever are fewer, all in one batch.
  public static func jacobian(of f: Scalar, at xs: [Tensor]) throws -> [Tensor] {
    let blocks = try TransformScope.run(at: xs) { scope in
      let value = try f(scope.variables)
      let inputs = scope.variables.reduce(0) { $0 + $1.count }
      return try value.count <= inputs ? rows(scope, value) : columns(scope, value)
    }
    return try TransformScope.settled(blocks)
  }

  /// Second derivatives of a function that gives one number: block [i][j] has input i's axes, then input j's.
  public static func hessian(of f: Scalar, at xs: [Tensor]) throws -> [[Tensor]] {
    try xs.indices.map { i in
      try jacobian(of: { try gradient(of: f, at: $0).gradients[i] }, at: xs)
    }
  }

  /// Shapes and dtypes of cotangents or tangents as those they belong to.
  private static func matched(_ given: [Tensor], to targets: [Tensor], _ kind: String) throws -> [Tensor] {
    guard given.count == targets.count else {
      throw NumericsError("E0401", "\(targets.count) \(kind)s are needed, and \(given.count) came")
    }
    return try zip(given, targets).map { given, target in
      guard given.shape == target.shape else {
        throw NumericsError(
          "E0401", "the \(kind) \(given.typeDescription) does not match \(target.typeDescription)",
          help: "a \(kind) has the shape of what it belongs to")
      }
      return try given.cast(to: target.dtype.isFloat ? target.dtype : .f64)
    }
  }
}

// MARK: - Walks

extension Differentiation {
  /// The cotangents of the variables for cotangents of the outputs; zeros where nothing flows.
  static func pullback(_ scope: TransformScope, _ outputs: [Tensor], _ seeds: [Tensor]) throws -> [Tensor] {
    let trace = Trace(from: outputs, to: scope.variables.map(\.node), level: scope.level)
    try trace.requireDerivative(of: outputs)
    var cotangents = [Tensor?](repeating: nil, count: trace.order.count)
    // Below a `where`, a cotangent may be 0 for branches not taken, whose slopes may be infinite or NaN.
    var isMasked = [Bool](repeating: false, count: trace.order.count)
    func accumulate(_ cotangent: Tensor, at node: Node, masked: Bool = false) throws {
      guard let position = trace.position(of: node), trace.reaches[position] else { return }
      isMasked[position] = isMasked[position] || masked
      cotangents[position] = try cotangents[position].map { try $0 + cotangent } ?? cotangent
    }
    for (output, seed) in zip(outputs, seeds) { try accumulate(seed, at: output.node) }
    let ends = Set(scope.variables.map { ObjectIdentifier($0.node) })
    for position in trace.order.indices.reversed() {
      let node = trace.order[position]
      guard let cotangent = cotangents[position], !ends.contains(ObjectIdentifier(node)) else { continue }
      cotangents[position] = nil
      let wanted = node.inputs.indices.map {
        Derivatives.flows(through: node, from: $0) && trace.isReached(node.inputs[$0])
      }
      var parts = try Derivatives.pullback(node, cotangent, wanted)
      if isMasked[position] { parts = try Derivatives.sheltered(parts, node, cotangent) }
      let masks = Derivatives.keepsMask(node, isMasked[position])
      for (input, part) in zip(node.inputs, parts) {
        if let part { try accumulate(part, at: input, masked: masks) }
      }
    }
    return try scope.variables.map { variable in
      let cotangent = trace.position(of: variable.node).flatMap { cotangents[$0] }
      return try cotangent ?? variable.zerosLike()
    }
  }

  /// The tangents of the outputs for tangents of the variables; zeros where nothing flows.
  static func pushforward(_ scope: TransformScope, _ outputs: [Tensor], _ seeds: [Tensor]) throws -> [Tensor]
  {
    let trace = Trace(from: outputs, to: scope.variables.map(\.node), level: scope.level)
    try trace.requireDerivative(of: outputs)
    var tangents = [Tensor?](repeating: nil, count: trace.order.count)
    for (variable, seed) in zip(scope.variables, seeds) {
      if let position = trace.position(of: variable.node) { tangents[position] = seed }
    }
    let ends = Set(scope.variables.map { ObjectIdentifier($0.node) })
    for (position, node) in trace.order.enumerated() where trace.reaches[position] {
      if ends.contains(ObjectIdentifier(node)) { continue }
      let inputs = node.inputs.indices.map { input -> Tensor? in
        guard Derivatives.flows(through: node, from: input) else { return nil }
        return trace.position(of: node.inputs[input]).flatMap { tangents[$0] }
      }
      if inputs.contains(where: { $0 != nil }) {
        tangents[position] = try Derivatives.pushforward(node, inputs)
      }
    }
    return try outputs.map { output in
      let tangent = trace.position(of: output.node).flatMap { tangents[$0] }
      return try tangent ?? Tensor.zeros(output.shape, output.dtype.isFloat ? output.dtype : .f64)
    }
  }

  // The rows and columns of a Jacobian are independent: all are walked at once, as a batch.

  private static func rows(_ scope: TransformScope, _ value: Tensor) throws -> [Tensor] {
    let dtype: DType = value.dtype.isFloat ? value.dtype : .f64
    let shapes = scope.variables.map { Shape(value.shape.sizes + $0.shape.sizes) }
    guard value.count > 0 else {
      return try zip(shapes, scope.variables).map { try Tensor.zeros($0, $1.dtype) }
    }
    let blocks = try overUnits(value.shape, dtype, work: scope.variables.reduce(0) { $0 + $1.count }) {
      try pullback(scope, [value], [$0])
    }
    return zip(blocks, shapes).map { $0.reshaped($1) }
  }

  private static func columns(_ scope: TransformScope, _ value: Tensor) throws -> [Tensor] {
    try scope.variables.enumerated().map { index, variable in
      let shape = Shape(value.shape.sizes + variable.shape.sizes)
      guard variable.count > 0 else { return try Tensor.zeros(shape, value.dtype) }
      let columns = try overUnits(variable.shape, variable.dtype, work: value.count) { seed in
        var directions = try scope.variables.map { try $0.zerosLike() }
        directions[index] = seed
        return try pushforward(scope, [value], directions)
      }
      return try columns[0].moveAxis(0, to: -1).reshape(shape)
    }
  }

  /// f of every tensor that has a 1 at one place of the shape and zeros elsewhere, stacked in the places' order. In
  /// parts of a bounded number of elements, so that memory does not grow with the square of what one walk takes.
  private static func overUnits(
    _ shape: Shape, _ dtype: DType, work: Int, _ f: (Tensor) throws -> [Tensor]
  ) throws -> [Tensor] {
    let count = try shape.checkedCount(dtype)
    let part = Swift.max(1, Swift.min(count, (1 << 22) / Swift.max(count, work, 1)))
    var results: [[Tensor]] = []
    for start in stride(from: 0, to: count, by: part) {
      let size = Swift.min(part, count - start)
      let rows = try Tensor.oneHot(Tensor.arange(start, start + size), classes: count, dtype: dtype)
      let units = try rows.reshape(Shape([size] + shape.sizes))
      results.append(try Batching.map({ try f($0[0]) }, over: [units]))
    }
    return try (results.first ?? []).indices.map { index in try Tensor.concat(results.map { $0[index] }) }
  }
}
