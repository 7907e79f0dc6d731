/// Steps that move whole runs of memory.
enum CopyKernel {
  /// Bytes that one part of the work moves.
  private static let part = 1 << 19

  static func concat(_ inputs: [Operand], _ output: Operand, axis: Int) throws {
    let layout = AxisLayout(output.shape, axis: axis)
    let stride = output.dtype.stride
    let rowBytes = layout.length * layout.inner * stride
    if rowBytes == 0 { return }
    try Parallel.forEach(count: layout.outer, grain: max(1, part / rowBytes)) { rows in
      var start = 0
      for input in inputs {
        let bytes = input.shape[axis] * layout.inner * stride
        for row in rows where bytes > 0 {
          (output.pointer + row * rowBytes + start).copyMemory(
            from: input.pointer + row * bytes, byteCount: bytes)
        }
        start += bytes
      }
    }
  }

  /// `input` at `start + step * i` along each axis of `output`, zeros elsewhere.
  static func place(_ input: Operand, _ output: Operand, start: [Int], step: [Int]) throws {
    output.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: output.count * output.dtype.stride)
    guard input.count > 0 else { return }
    let strides = output.shape.strides
    let first = zip(start, strides).reduce(0) { $0 + $1.0 * $1.1 }
    let steps = zip(step, strides).map { $0 * $1 }
    switch output.dtype.stride {
    case 1: try scatter(input, output, first, steps, UInt8.self)
    case 4: try scatter(input, output, first, steps, UInt32.self)
    default: try scatter(input, output, first, steps, UInt64.self)
    }
  }

  private static func scatter<Element>(
    _ input: Operand, _ output: Operand, _ first: Int, _ steps: [Int], _ type: Element.Type
  ) throws {
    let sizes = input.shape.sizes
    var source = input.pointer.assumingMemoryBound(to: Element.self)
    let target = output.pointer.assumingMemoryBound(to: Element.self)
    guard let run = sizes.last, let step = steps.last else {
      target[first] = source[0]
      return
    }
    var index = [Int](repeating: 0, count: sizes.count)
    var position = first
    for row in 0..<input.count / run {
      if row & 1023 == 0 { try Interrupt.check() }
      if step == 1 {
        (target + position).update(from: source, count: run)
      } else {
        for i in 0..<run { target[position + i * step] = source[i] }
      }
      source += run
      var axis = sizes.count - 2
      while axis >= 0 {
        index[axis] += 1
        position += steps[axis]
        if index[axis] < sizes[axis] { break }
        position -= sizes[axis] * steps[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }
}
