/// A shape seen from one of its axes: `outer` blocks of `length` rows of `inner` elements.
struct AxisLayout: Sendable {
  let outer: Int
  let length: Int
  let inner: Int

  init(_ shape: Shape, axis: Int) {
    outer = shape[..<axis].reduce(1, *)
    length = shape[axis]
    inner = shape[(axis + 1)...].reduce(1, *)
  }
}

/// A step that runs one kernel on whole contiguous operands.
final class KernelStep: Step, @unchecked Sendable {
  struct Slot: Sendable {
    let index: Int
    /// In elements.
    let offset: Int
    let shape: Shape
    let dtype: DType
  }

  let primitive: Primitive
  let inputs: [Slot]
  let output: Slot
  let description: String

  init(_ primitive: Primitive, inputs: [Slot], output: Slot, description: String) {
    self.primitive = primitive
    self.inputs = inputs
    self.output = output
    self.description = description
  }

  func run(_ memory: RunMemory) throws {
    try Interrupt.check()
    func operand(_ slot: Slot) -> Operand {
      Operand(
        pointer: memory.slots[slot.index] + slot.offset * slot.dtype.stride, shape: slot.shape,
        dtype: slot.dtype)
    }
    let output = operand(output)
    switch primitive {
    case .linearAlgebra(let operation):
      try LinearAlgebraKernel.run(operation, inputs: inputs.map(operand), output: output)
    case .window(let operation):
      try WindowKernel.run(operation, inputs: inputs.map(operand), output: output)
    case .concat(let axis): try CopyKernel.concat(inputs.map(operand), output, axis: axis)
    case .place(let start, let step):
      try CopyKernel.place(operand(inputs[0]), output, start: start, step: step)
    case .take(let axis): try GatherKernel.take(operand(inputs[0]), operand(inputs[1]), output, axis: axis)
    case .takeAlong(let axis):
      try GatherKernel.takeAlong(operand(inputs[0]), operand(inputs[1]), output, axis: axis)
    case .scatterAdd(let axis):
      try GatherKernel.scatterAdd(operand(inputs[0]), operand(inputs[1]), output, axis: axis)
    case .scatterAddAlong(let axis):
      try GatherKernel.scatterAddAlong(operand(inputs[0]), operand(inputs[1]), output, axis: axis)
    case .argReduce(let reduction, let axis):
      try ExtremeKernel.argReduce(reduction, operand(inputs[0]), output, axis: axis)
    case .cumulative(let cumulation, let axis, let reversed):
      try ScanKernel.cumulate(cumulation, operand(inputs[0]), output, axis: axis, reversed: reversed)
    case .argsort(let axis, let descending):
      try SortKernel.argsort(operand(inputs[0]), output, axis: axis, descending: descending)
    case .sort(let axis, let descending):
      try SortKernel.sort(operand(inputs[0]), output, axis: axis, descending: descending)
    default: throw NumericsError("E0409", "no kernel for \(primitive)")
    }
  }
}
