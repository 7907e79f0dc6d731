/// An n-dimensional array as a value. Its shape and dtype are known at once, so that a shape error is raised
/// where it is written; its contents are computed when somebody looks.
public struct Tensor: @unchecked Sendable {
  var node: Node

  init(_ node: Node) { self.node = node }

  public var shape: Shape { node.shape }
  public var dtype: DType { node.dtype }
  public var rank: Int { node.shape.rank }
  /// The number of elements.
  public var count: Int { node.shape.elementCount }
  /// `f32[128, 64]`
  public var typeDescription: String { dtype.describing(shape) }
  /// Whether the contents are in memory.
  public var isRealized: Bool { node.isRealized }
  /// Whether it depends on a program's placeholder, so that its contents cannot be looked at.
  public var isAbstract: Bool { node.isAbstract }
  /// Whether a running derivative may go through it.
  public var isTracked: Bool { node.isTracked }
}

extension Tensor {
  /// Row-major elements of any shape. The count must match the shape.
  public init<Element: TensorElement>(_ elements: [Element], shape: Shape? = nil) throws {
    let shape = shape ?? [elements.count]
    guard shape.elementCount == elements.count else {
      throw NumericsError("E0403", "\(elements.count) elements do not fill \(shape.listDescription)")
    }
    let storage = try Storage(byteCount: elements.count * MemoryLayout<Element>.stride)
    elements.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { storage.pointer.copyMemory(from: base, byteCount: bytes.count) }
    }
    self.init(Node(storage: storage, shape: shape, dtype: Element.dtype))
  }

  /// Contents that are already in memory, contiguous and row-major.
  public init(storage: Storage, offset: Int = 0, shape: Shape, dtype: DType) {
    self.init(Node(storage: storage, offset: offset, shape: shape, dtype: dtype))
  }

  /// A new tensor whose elements `initialize` writes, every one.
  public init<Element: TensorElement>(
    shape: Shape, of type: Element.Type,
    initializingWith initialize: (UnsafeMutableBufferPointer<Element>) throws -> Void
  ) throws {
    let count = shape.elementCount
    let storage = try Storage(byteCount: count * MemoryLayout<Element>.stride)
    try initialize(
      UnsafeMutableBufferPointer(
        start: storage.pointer.bindMemory(to: Element.self, capacity: count), count: count))
    self.init(Node(storage: storage, shape: shape, dtype: Element.dtype))
  }

  /// A scalar.
  public init(_ value: Double) { self.init(Node(.fill(.float(value)), [], shape: [], dtype: .f64)) }
  public init(_ value: Int) { self.init(Node(.fill(.int(value)), [], shape: [], dtype: .i64)) }
  public init(_ value: Bool) { self.init(Node(.fill(.bool(value)), [], shape: [], dtype: .bool)) }

  /// Computes the contents, if they are not known yet.
  public func realize() throws { try Executor.realize([node]) }

  /// Computes the contents of all together: shared steps run once.
  public static func realize(_ tensors: [Tensor]) throws { try Executor.realize(tensors.map(\.node)) }

  /// Called at the end of a statement: computes the contents unless they depend on a placeholder.
  public func settle() throws { if !isRealized && !isAbstract { try realize() } }

  /// The elements in row-major order, computed if need be. `Element` must be the dtype's own type.
  public func withElements<Element: TensorElement, Result>(
    of type: Element.Type, _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) throws -> Result {
    guard dtype == Element.dtype else {
      throw NumericsError("E0404", "\(typeDescription) cannot be read as \(Element.dtype.name)")
    }
    try realize()
    guard let storage = node.storage else {
      throw NumericsError(
        "E0409", "the contents of \(typeDescription) are not known while a program is traced")
    }
    return try withExtendedLifetime(storage) {
      let start = storage.pointer.bindMemory(to: Element.self, capacity: node.offset + count) + node.offset
      return try body(UnsafeBufferPointer(start: start, count: count))
    }
  }

  /// A copy of the elements; `Element` must be the dtype's own type.
  public func elements<Element: TensorElement>(of type: Element.Type) throws -> [Element] {
    try withElements(of: type) { Array($0) }
  }

  /// The elements as doubles, whatever the dtype (bool as 0 and 1).
  public func doubles() throws -> [Double] {
    switch dtype {
    case .bool: try withElements(of: Bool.self) { $0.map { $0 ? 1 : 0 } }
    case .i64: try withElements(of: Int.self) { $0.map(Double.init) }
    case .f32: try withElements(of: Float.self) { $0.map(Double.init) }
    case .f64: try withElements(of: Double.self) { Array($0) }
    }
  }
}
