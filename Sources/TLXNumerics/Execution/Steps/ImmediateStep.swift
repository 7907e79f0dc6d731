/// Elementwise steps on a few known elements, computed where they are written: a user's loop over small tensors
/// would spend its time on graphs. No step here is larger than what a fused loop would gain.
enum ImmediateStep {
  /// Elements up to which a step is computed at once.
  static let most = 128

  @inline(__always)
  private static func isReady(_ node: Node) -> Bool { node.dependencies == 0 && node.storage != nil }

  @inline(__always)
  private static func contents(_ node: Node) -> UnsafeMutableRawPointer? {
    node.storage.map { $0.pointer + node.offset &* node.dtype.stride }
  }

  /// nil where the operands are not known or not of one shape and dtype, or the step takes words to refuse.
  @inline(__always)
  static func binary(_ kernel: BinaryKernel, _ x: Node, _ y: Node) -> Tensor? {
    guard isReady(x), isReady(y), x.dtype == y.dtype, x.shape == y.shape else { return nil }
    let count = x.shape.elementCount
    guard count > 0, count <= most, let a = contents(x), let b = contents(y) else { return nil }
    return run(kernel, a, b, count, x, isSplat: false)
  }

  /// The step with a plain number, which takes the tensor's dtype.
  static func binary(_ kernel: BinaryKernel, _ x: Node, _ number: Double, isLeft: Bool) -> Tensor? {
    guard isReady(x), x.dtype.isFloat else { return nil }
    let count = x.shape.elementCount
    guard count > 0, count <= most, let a = contents(x) else { return nil }
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: most) { buffer in
      guard let buffer = buffer.baseAddress else { return nil }
      let scratch = UnsafeMutableRawPointer(buffer)
      if x.dtype == .f32 {
        scratch.assumingMemoryBound(to: Float.self).initialize(repeating: Float(number), count: count)
      } else {
        buffer.initialize(repeating: number, count: count)
      }
      return isLeft
        ? run(kernel, scratch, a, count, x, isSplat: false) : run(kernel, a, scratch, count, x, isSplat: true)
    }
  }

  @inline(__always)
  private static func run(
    _ kernel: BinaryKernel, _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ count: Int,
    _ like: Node, isSplat: Bool
  ) -> Tensor? {
    guard !kernel.isLogical, let storage = try? Storage(byteCount: count &* like.dtype.stride) else {
      return nil
    }
    switch like.dtype {
    case .f32: FloatTile.binary(kernel, storage.pointer, a, b, count, isSplatB: isSplat)
    case .f64: DoubleTile.binary(kernel, storage.pointer, a, b, count, isSplatB: isSplat)
    case .i64:
      guard kernel == .add || kernel == .subtract || kernel == .multiply,
        IntTile.binary(kernel, storage.pointer, a, b, count) == .none
      else { return nil }
    case .bool: return nil
    }
    return Tensor(Node(storage: storage, shape: like.shape, dtype: like.dtype))
  }

  /// Of floats only.
  static func unary(_ kernel: UnaryKernel, _ x: Node) -> Tensor? {
    guard isReady(x), x.dtype.isFloat, kernel != .isnan, kernel != .isfinite, kernel != .not else {
      return nil
    }
    let count = x.shape.elementCount
    guard count > 0, count <= most, let a = contents(x),
      let storage = try? Storage(byteCount: count &* x.dtype.stride)
    else { return nil }
    if x.dtype == .f32 {
      FloatTile.unary(kernel, storage.pointer, a, count)
    } else {
      DoubleTile.unary(kernel, storage.pointer, a, count)
    }
    return Tensor(Node(storage: storage, shape: x.shape, dtype: x.dtype))
  }

  /// The reduction of all elements.
  static func reduce(_ reduction: Reduction, _ x: Node) -> Tensor? {
    guard isReady(x), x.dtype != .bool else { return nil }
    let count = x.shape.elementCount
    guard count > 0, count <= most, let a = contents(x), let storage = try? Storage(byteCount: x.dtype.stride)
    else { return nil }
    var total = Accumulator(reduction, x.dtype)
    total.take(reduction, x.dtype, a, count)
    guard total.fault == .none else { return nil }
    total.store(storage.pointer, 0, from: x.dtype, as: x.dtype)
    return Tensor(Node(storage: storage, shape: [], dtype: x.dtype))
  }
}

extension Tensor {
  /// `x ∘ number` or `number ∘ x` where x is small and known; nil otherwise. For the machine, which so makes no
  /// tensor of the number.
  public static func immediate(_ operation: ImmediateOperation, _ x: Tensor, _ number: Double, isLeft: Bool)
    -> Tensor?
  {
    ImmediateStep.binary(operation.kernel, x.node, number, isLeft: isLeft)
  }

  /// `a ∘ b` where both are small, known and of one shape and dtype; nil otherwise.
  public static func immediate(_ operation: ImmediateOperation, _ a: Tensor, _ b: Tensor) -> Tensor? {
    if operation == .divide && !a.dtype.isFloat { return nil }
    return ImmediateStep.binary(operation.kernel, a.node, b.node)
  }
}

/// The operators that small tensors take at once.
public enum ImmediateOperation: Sendable {
  case add, subtract, multiply, divide

  var kernel: BinaryKernel {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    }
  }
}
