/// Reading and replacing single elements and rows of tensors whose contents are in memory, for the machine's
/// loops: no node of the graph is made.
extension Tensor {
  /// Whether elements may be read and replaced directly: no transform looks on and no program is traced.
  public var isPlain: Bool { !node.isTracked && !node.isAbstract }

  /// The row-major element at `position` as a number, whatever the dtype; computed first if need be. The caller
  /// keeps to `0 ..< count`.
  public func number(at position: Int) throws -> Double {
    switch dtype {
    case .bool: try withElements(of: Bool.self) { $0[position] ? 1 : 0 }
    case .i64: try withElements(of: Int.self) { Double($0[position]) }
    case .f32: try withElements(of: Float.self) { Double($0[position]) }
    case .f64: try withElements(of: Double.self) { $0[position] }
    }
  }

  /// The elements with this index of the leading axes, sharing memory: `x[2]`, `x[2, 0]`. The caller keeps
  /// `indices` in range. The contents must be plain; they are computed if need be.
  public func leadingView(_ indices: [Int]) throws -> Tensor {
    try realize()
    guard let storage = node.storage else {
      throw NumericsError(
        "E0409", "the contents of \(typeDescription) are not known while a program is traced")
    }
    let rest = Shape(Array(shape.sizes.dropFirst(indices.count)))
    var position = 0
    for (axis, index) in indices.enumerated() { position = position * shape[axis] + index }
    return Tensor(
      storage: storage, offset: node.offset + position * rest.elementCount, shape: rest, dtype: dtype)
  }

  /// Replaces elements `position ..< position + values.count` in place if nobody else holds the memory, else in
  /// a copy that then replaces the contents. `values` must have the tensor's dtype; both must be plain.
  public mutating func replaceElements(from position: Int, with values: Tensor) throws {
    precondition(values.dtype == dtype, "the caller converts")
    try values.realize()
    try makeUnique()
    guard let target = node.storage, let source = values.node.storage else { return }
    let stride = dtype.stride
    (target.pointer + (node.offset + position) * stride)
      .copyMemory(from: source.pointer + values.node.offset * stride, byteCount: values.count * stride)
  }

  /// As `replaceElements`, for one element given as the dtype's own Swift type.
  public mutating func replaceElement<Element: TensorElement>(at position: Int, with value: Element) throws {
    precondition(Element.dtype == dtype, "the caller converts")
    try makeUnique()
    guard let target = node.storage else { return }
    target.pointer.storeBytes(
      of: value, toByteOffset: (node.offset + position) * MemoryLayout<Element>.stride, as: Element.self)
  }

  /// Makes this tensor the only owner of its memory, copying it if it is not.
  private mutating func makeUnique() throws {
    if !node.isRealized { try realize() }
    if ownsElements {
      return
    }
    guard let source = node.storage else {
      throw NumericsError(
        "E0409", "the contents of \(typeDescription) are not known while a program is traced")
    }
    let byteCount = count * dtype.stride
    let copy = try Storage(byteCount: byteCount)
    copy.pointer.copyMemory(from: source.pointer + node.offset * dtype.stride, byteCount: byteCount)
    node = Node(storage: copy, shape: shape, dtype: dtype)
  }
}

extension Node {
  /// Whether the contents cannot be made anew from a primitive and its inputs, so that changing them in place
  /// leaves nothing inconsistent.
  var isOwnerOfStorage: Bool {
    if case .constant = primitive { return true }
    return false
  }
}
