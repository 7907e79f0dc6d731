/// The short way for a single step on a few known elements, without graph, key and plan: a user's loop over small
/// tensors would spend its time on these.
enum SmallStep {
  /// Computes the node if it is an elementwise step, a reduction over everything, a reshape or a contiguous slice,
  /// of at most a tile of elements, whose operands are known, plain numbers, or one known number. False where it is
  /// not, or where the step failed (the long way then finds the words for it).
  static func run(_ node: Node, _ lock: NodeLock, depth: Int = 0) -> Bool {
    let count = node.shape.elementCount
    guard count > 0, count <= Tile.size, !node.isAbstract else { return false }
    switch node.primitive {
    case .reduce(let reduction, _): return count == 1 && reduce(node, reduction, lock)
    case .reshape: return alias(node, lock)
    case .slice(let start, let step): return slice(node, start, step, lock)
    default: break
    }
    guard let operation = node.primitive.operation(to: node.dtype), node.inputs.count <= 3 else {
      return false
    }
    guard let storage = try? Storage(byteCount: count * node.dtype.stride) else { return false }
    let stride = (count * 8 + 63) & ~63
    let isDone = withUnsafeTemporaryAllocation(byteCount: 3 * stride, alignment: 64) { scratch in
      withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: 4) { registers in
        guard let scratch = scratch.baseAddress, let registers = registers.baseAddress else { return false }
        var isSplat = false
        for (index, input) in node.inputs.enumerated() {
          guard let known = operand(input, count, scratch + index * stride, lock, depth) else { return false }
          registers[index] = known.pointer
          isSplat = known.isSplat
        }
        for index in node.inputs.count..<3 { registers[index] = registers[0] }
        registers[3] = storage.pointer
        let dtype = node.inputs[node.inputs.count - 1].dtype
        let instruction = TileInstruction(
          operation: operation, dtype: dtype, destination: 3, a: 0, b: 1, c: 2, isSplatB: isSplat)
        return Tile.run(instruction, registers, count) == .none
      }
    }
    if isDone { keep(storage, node, lock) }
    return isDone
  }

  /// A reshape of known contents shares them.
  private static func alias(_ node: Node, _ lock: NodeLock) -> Bool {
    guard let input = node.inputs.first, let storage = input.storage else { return false }
    keep(storage, offset: input.offset, node, lock)
    return true
  }

  /// Copies a contiguous part of known contents.
  private static func slice(_ node: Node, _ start: [Int], _ step: [Int], _ lock: NodeLock) -> Bool {
    guard let input = node.inputs.first, let source = input.storage else { return false }
    let view = View(source: 0, strides: input.shape.strides).sliced(start: start, step: step)
    let stride = node.dtype.stride
    guard view.isContiguous(node.shape),
      let storage = try? Storage(byteCount: node.shape.elementCount * stride)
    else {
      return false
    }
    storage.pointer.copyMemory(
      from: source.pointer + (input.offset + view.offset) * stride, byteCount: storage.byteCount)
    keep(storage, node, lock)
    return true
  }

  private static func keep(_ storage: Storage, offset: Int = 0, _ node: Node, _ lock: NodeLock) {
    lock.withLock {
      if node.isRealized { return }
      node.offset = offset
      node.storage = storage
      if !node.isTracked { node.inputs = [] }
    }
  }

  /// Where an operand's elements lie; a number is spread over `scratch`. nil where that takes a plan.
  private static func operand(
    _ node: Node, _ count: Int, _ scratch: UnsafeMutableRawPointer, _ lock: NodeLock, _ depth: Int
  ) -> (pointer: UnsafeMutableRawPointer, isSplat: Bool)? {
    if let storage = node.storage {
      return (storage.pointer + node.offset * node.dtype.stride, count == 1)
    }
    switch node.primitive {
    case .fill(let scalar):
      spread(scalar, node.dtype, scratch, count)
      return (scratch, true)
    case .broadcast:
      guard let input = node.inputs.first, input.shape.elementCount == 1, let storage = input.storage else {
        return nil
      }
      spread(storage.pointer + input.offset * input.dtype.stride, node.dtype, scratch, count)
      return (scratch, true)
    case .unary, .binary, .compare, .select, .cast:
      // A short chain costs less step by step than the look-up of its plan.
      guard count <= 128, depth < 8, run(node, lock, depth: depth + 1), let storage = node.storage else {
        return nil
      }
      return (storage.pointer + node.offset * node.dtype.stride, false)
    default: return nil
    }
  }

  static func spread(_ scalar: Scalar, _ dtype: DType, _ target: UnsafeMutableRawPointer, _ count: Int) {
    switch dtype {
    case .bool:
      target.assumingMemoryBound(to: UInt8.self).update(repeating: scalar.bool ? 1 : 0, count: count)
    case .i64: target.assumingMemoryBound(to: Int.self).update(repeating: scalar.int, count: count)
    case .f32:
      target.assumingMemoryBound(to: Float.self).update(repeating: Float(scalar.double), count: count)
    case .f64: target.assumingMemoryBound(to: Double.self).update(repeating: scalar.double, count: count)
    }
  }

  private static func spread(
    _ source: UnsafeMutableRawPointer, _ dtype: DType, _ target: UnsafeMutableRawPointer, _ count: Int
  ) {
    switch dtype.stride {
    case 1:
      target.assumingMemoryBound(to: UInt8.self).update(repeating: source.load(as: UInt8.self), count: count)
    case 4:
      target.assumingMemoryBound(to: UInt32.self).update(
        repeating: source.load(as: UInt32.self), count: count)
    default:
      target.assumingMemoryBound(to: UInt64.self).update(
        repeating: source.load(as: UInt64.self), count: count)
    }
  }

  private static func reduce(_ node: Node, _ reduction: Reduction, _ lock: NodeLock) -> Bool {
    guard let input = node.inputs.first, let source = input.storage else { return false }
    let count = input.shape.elementCount
    guard count > 0, count <= Tile.size / 2, let storage = try? Storage(byteCount: node.dtype.stride) else {
      return false
    }
    var total = Accumulator(reduction, input.dtype)
    total.take(reduction, input.dtype, source.pointer + input.offset * input.dtype.stride, count)
    if total.fault != .none { return false }
    total.store(storage.pointer, 0, from: input.dtype, as: node.dtype)
    keep(storage, node, lock)
    return true
  }
}
