import Glibc

extension Tensor {
  /// Zeros of a shape.
  public static func zeros(_ shape: Shape, _ dtype: DType = .f64) throws -> Tensor {
    try full(shape, 0.0, dtype)
  }
  /// Ones of a shape.
  public static func ones(_ shape: Shape, _ dtype: DType = .f64) throws -> Tensor {
    try full(shape, 1.0, dtype)
  }

  /// One number everywhere. Throws E0411 where the dtype cannot hold it.
  public static func full(_ shape: Shape, _ value: Double, _ dtype: DType = .f64) throws -> Tensor {
    try full(shape, .float(value), dtype)
  }
  public static func full(_ shape: Shape, _ value: Int, _ dtype: DType = .i64) throws -> Tensor {
    try full(shape, .int(value), dtype)
  }
  public static func full(_ shape: Shape, _ value: Bool, _ dtype: DType = .bool) throws -> Tensor {
    try full(shape, .bool(value), dtype)
  }

  private static func full(_ shape: Shape, _ value: Scalar, _ dtype: DType) throws -> Tensor {
    guard let scalar = value.converted(to: dtype), dtype != .i64 || scalar.double == value.double else {
      throw NumericsError("E0411", "\(value.double) is not a whole number, so \(dtype.name) cannot hold it")
    }
    return try filled(scalar, shape, dtype)
  }

  /// Zeros of this tensor's shape and dtype.
  public func zerosLike() throws -> Tensor { try Tensor.zeros(shape, dtype) }
  public func onesLike() throws -> Tensor { try Tensor.ones(shape, dtype) }

  /// `start, start + step, …` below `stop` (above it for a negative step), i64.
  public static func arange(_ start: Int, _ stop: Int, _ step: Int = 1) throws -> Tensor {
    guard step != 0 else { throw NumericsError("E0419", "arange cannot take steps of 0") }
    let (span, overflow) = stop.subtractingReportingOverflow(start)
    guard !overflow else { throw NumericsError("E0502", "the range from \(start) to \(stop) leaves 64 bits") }
    let count = (span > 0) == (step > 0) && span != 0 ? (Swift.abs(span) - 1) / Swift.abs(step) + 1 : 0
    return try make(.ramp(start: .int(start), step: .int(step)), [], [count], .i64)
  }

  public static func arange(_ stop: Int) throws -> Tensor { try arange(0, stop, 1) }

  /// `start + step · i` for i in 0 ..< ⌈(stop − start) / step⌉, as in NumPy. For a given number of points use
  /// `linspace`: whether the last step falls on `stop` hangs on rounding.
  public static func arange(
    _ start: Double, _ stop: Double, _ step: Double = 1, dtype: DType = .f64
  ) throws -> Tensor {
    let steps = ((stop - start) / step).rounded(.up)
    guard step != 0, steps.isFinite, let count = Int(exactly: Swift.max(steps, 0)) else {
      throw NumericsError("E0419", "arange from \(start) to \(stop) in steps of \(step) has no length")
    }
    return try make(.ramp(start: .float(start), step: .float(step)), [], [count], .f64).cast(to: dtype)
  }

  /// `count` points from `start` to `stop`, both included and exact.
  public static func linspace(
    _ start: Double, _ stop: Double, _ count: Int, dtype: DType = .f64
  ) throws -> Tensor {
    try ([count] as Shape).checkedCount(.f64)
    let points = try Tensor(shape: [count], of: Double.self) { elements in
      for i in 0..<count {
        // Two terms rather than start + i·step: exact at both ends, and no overflow for opposite signs.
        let t = Double(i) / Double(Swift.max(count - 1, 1))
        elements[i] = i == count - 1 && count > 1 ? stop : start * (1 - t) + stop * t
      }
    }
    return try points.cast(to: dtype)
  }

  /// `base` to the power of each of `count` points from `start` to `stop`.
  public static func logspace(
    _ start: Double, _ stop: Double, _ count: Int, base: Double = 10, dtype: DType = .f64
  ) throws -> Tensor {
    let exponents = try linspace(start, stop, count).elements(of: Double.self)
    return try Tensor(exponents.map { Glibc.pow(base, $0) }).cast(to: dtype)
  }

  /// Ones on the main diagonal of an n×m matrix of zeros.
  public static func eye(_ n: Int, _ m: Int? = nil, _ dtype: DType = .f64) throws -> Tensor {
    let columns = m ?? n
    try ([n, columns] as Shape).checkedCount(dtype)
    let rows = try arange(n).expandDims(1).stretched(to: [n, columns])
    return try compare(.equal, rows, arange(columns).expandDims(0).stretched(to: [n, columns])).cast(
      to: dtype)
  }

  /// Row i has a 1 at position `indices[i]`. Shape: the indices' with an axis of `classes` behind. Throws E0406 for
  /// an index outside of 0 ..< classes.
  public static func oneHot(_ indices: Tensor, classes: Int, dtype: DType = .f64) throws -> Tensor {
    let indices = try indices.requireIndices("one_hot", below: classes, allowsNegative: false)
    let shape = Shape(indices.shape.sizes + [classes])
    try shape.checkedCount(dtype)
    let labels = try indices.expandDims(-1).stretched(to: shape)
    return try compare(.equal, labels, arange(classes).stretched(to: shape)).cast(to: dtype)
  }

  /// Joins tensors along an axis that they have. Other axes must be equal (E0401).
  public static func concat(_ tensors: [Tensor], axis: Int = 0) throws -> Tensor {
    guard let first = tensors.first else { throw NumericsError("E0401", "there is nothing to concatenate") }
    let position = try first.shape.axis(axis, of: first.dtype)
    var size = 0
    for (index, tensor) in tensors.enumerated() {
      guard tensor.rank == first.rank,
        tensor.shape.collapsing([position]) == first.shape.collapsing([position])
      else {
        throw NumericsError(
          "E0401",
          "cannot concatenate \(first.typeDescription) and \(tensor.typeDescription) (item \(index)) along axis \(axis)",
          help: "all other axes must be equal")
      }
      size += tensor.shape[position]
    }
    if tensors.count == 1 { return first }
    let dtype = tensors.dropFirst().reduce(first.dtype) { $0.promoted(with: $1.dtype) }
    var shape = first.shape
    shape[position] = size
    return try make(.concat(axis: position), tensors.map { try $0.cast(to: dtype) }, shape, dtype)
  }

  /// Joins tensors of one shape along a new axis.
  public static func stack(_ tensors: [Tensor], axis: Int = 0) throws -> Tensor {
    guard let first = tensors.first else { throw NumericsError("E0401", "there is nothing to stack") }
    if let odd = tensors.first(where: { $0.shape != first.shape }) {
      throw NumericsError(
        "E0401", "cannot stack \(first.typeDescription) and \(odd.typeDescription)",
        help: "the shapes must be equal")
    }
    return try concat(tensors.map { try $0.expandDims(axis) }, axis: axis)
  }

  /// The same as a number that another tensor's arithmetic takes: see `TensorOperand`.
  public var asTensor: Tensor { self }
}

/// What elementwise functions take as an operand: a tensor, or a number, which is weak (it never changes the dtype of
/// a float tensor).
public protocol TensorOperand {
  var asTensor: Tensor { get }
}

extension Tensor: TensorOperand {}
extension Double: TensorOperand { public var asTensor: Tensor { Tensor(self) } }
extension Int: TensorOperand { public var asTensor: Tensor { Tensor(self) } }
extension Bool: TensorOperand { public var asTensor: Tensor { Tensor(self) } }
