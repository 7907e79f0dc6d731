/// One step of a tensor program: a primitive, what it reads, and the shape and dtype of its result, known at
/// once. Its contents are computed when somebody looks.
final class Node: @unchecked Sendable {
  let primitive: Primitive
  let shape: Shape
  let dtype: DType
  /// What it reads. Emptied once the contents are known, unless a derivative may still be asked through it.
  var inputs: [Node]
  /// The contents once known: contiguous, row-major, starting `offset` elements into `storage`.
  var storage: Storage?
  var offset: Int = 0
  /// A bit for each nesting level of transforms whose variables it depends on: see `TransformScope`.
  let dependencies: UInt64
  /// Whether a derivative may be asked through it: it depends on the variable of a running transform.
  var isTracked: Bool { dependencies != 0 }
  /// Whether it depends on a program's placeholder, so that its contents cannot be known yet.
  let isAbstract: Bool
  /// The executor's: which collection of a graph met this node last, and its place there.
  var stamp = 0
  var index = 0

  init(_ primitive: Primitive, _ inputs: [Node], shape: Shape, dtype: DType) {
    self.primitive = primitive
    self.inputs = inputs
    self.shape = shape
    self.dtype = dtype
    var dependencies: UInt64 = 0
    var isAbstract = false
    for input in inputs {
      dependencies |= input.dependencies
      isAbstract = isAbstract || input.isAbstract
    }
    if case .placeholder = primitive { isAbstract = true }
    if case .stopGradient = primitive { dependencies = 0 }
    self.dependencies = dependencies
    self.isAbstract = isAbstract
  }

  /// The variable of a transform: the input, under the transform's bit.
  init(variable input: Node, level: UInt64) {
    self.primitive = .variable
    self.inputs = [input]
    self.shape = input.shape
    self.dtype = input.dtype
    self.storage = input.storage
    self.offset = input.offset
    self.dependencies = input.dependencies | level
    self.isAbstract = input.isAbstract
  }

  /// A node whose contents are known.
  init(storage: Storage, offset: Int = 0, shape: Shape, dtype: DType) {
    self.primitive = .constant
    self.inputs = []
    self.shape = shape
    self.dtype = dtype
    self.storage = storage
    self.offset = offset
    self.dependencies = 0
    self.isAbstract = false
  }

  var isRealized: Bool { storage != nil }

  /// Takes long chains apart in a loop: one release inside the other would overflow the stack.
  deinit {
    guard inputs.contains(where: { !$0.inputs.isEmpty }) else { return }
    var pending = inputs
    inputs = []
    while var node = pending.popLast() {
      if !node.inputs.isEmpty && isKnownUniquelyReferenced(&node) {
        pending.append(contentsOf: node.inputs)
        node.inputs = []
      }
    }
  }
}
