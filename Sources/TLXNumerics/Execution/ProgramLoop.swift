/// A program that runs over and over on its own results: a training loop's step.
///
///     // inputs: w, x, y, rate; outputs: new w, loss
///     let loop = try program.loop(state: [w])
///     for (x, y) in batches {
///       try loop.set(0, to: x)          // step input 0 is the program's input `state.count`
///       try loop.set(1, to: y)
///       try loop.set(2, to: rate)       // a number: the input is rank 0
///       try loop.step()
///       let loss = loop.extra(0)
///     }
///     let trained = try loop.state()
///
/// Two sets of buffers hold the state and change places after each step; these, the temporaries and the extras are
/// allocated here once, so that a step allocates nothing. A step that throws (an interrupt, an integer overflow)
/// leaves the state as it was before it. Not for several threads at once.
public final class ProgramLoop {
  public let program: Program
  public let stateCount: Int
  /// How many steps have been completed.
  public private(set) var stepCount = 0

  /// Where everything lies before an even and before an odd step.
  private let tables: [UnsafeMutablePointer<UnsafeMutableRawPointer>]
  private let scalars: UnsafeMutablePointer<Scalar>
  /// The two sets of state buffers. The set of parity 0 is current before an even step.
  private var buffers: [[Storage]] = [[], []]
  private let arena: Storage
  /// Memory of results that are not bound to a state buffer.
  private var results: [Storage?]
  /// What the step inputs point to, kept alive.
  private var stepInputs: [Tensor?]
  private var slotsOfInput: [[Int]]
  /// State outputs that are not computed in place: copied after a step.
  private var copies: [(state: Int, output: Plan.Output)] = []
  /// State that no step changes: both parities share one buffer.
  private var isFixed: [Bool]
  /// Where steps write each state straight into its buffer; nil for state that is copied or does not change.
  private var resultSlots: [Int?]

  init(_ program: Program, state: [Tensor]) throws {
    let count = state.count
    guard count <= program.inputs.count, count <= program.outputs.count else {
      throw NumericsError(
        "E0403", "a loop over \(count) tensors needs a program with as many inputs and outputs")
    }
    for (index, tensor) in state.enumerated() {
      try program.check(tensor, index)
      guard program.outputs[index] == program.inputs[index] else {
        throw NumericsError(
          "E0403",
          "output \(index) of the program is \(program.outputs[index].description) and cannot become its input "
            + "\(program.inputs[index].description)")
      }
    }
    self.program = program
    self.stateCount = count
    let plan = program.plan
    tables = (0..<2).map { _ in .allocate(capacity: plan.slotCount) }
    scalars = .allocate(capacity: plan.scalarCount)
    arena = try Storage(byteCount: plan.arenaBytes)
    results = [Storage?](repeating: nil, count: plan.results.count)
    stepInputs = [Tensor?](repeating: nil, count: program.inputs.count - count)
    slotsOfInput = [[Int]](repeating: [], count: program.inputs.count)
    isFixed = [Bool](repeating: false, count: count)
    resultSlots = [Int?](repeating: nil, count: count)
    for table in tables { table.initialize(repeating: arena.pointer, count: plan.slotCount) }
    plan.bindScalars(program.origins, scalars)
    try Tensor.realize(state)
    try bindLeaves()
    try bindState(state)
    for temporary in plan.temporaries {
      for table in tables { table[temporary.slot] = arena.pointer + temporary.offset }
    }
  }

  deinit {
    for table in tables { table.deallocate() }
    scalars.deallocate()
  }

  private func bindLeaves() throws {
    for (position, leaf) in program.plan.leaves.enumerated() {
      if let input = program.inputOfLeaf[position] {
        slotsOfInput[input].append(leaf.slot)
      } else {
        let node = program.origins[leaf.node]
        guard let storage = node.storage else { continue }
        for table in tables { table[leaf.slot] = storage.pointer + node.offset * leaf.stride }
      }
    }
  }

  private func bindState(_ state: [Tensor]) throws {
    let plan = program.plan
    var owners = [Int](repeating: 0, count: plan.results.count)
    for output in plan.outputs { if case .result(let index, _) = output { owners[index] += 1 } }
    let block = try StateBlock(state)
    for (index, tensor) in state.enumerated() {
      let output = plan.outputs[index]
      if case .leaf(let node, 0) = output, case .placeholder(index) = program.origins[node].primitive {
        isFixed[index] = true
      }
      let first = block.buffer(index, parity: 0)
      first.pointer.copyMemory(
        from: try tensor.knownContents(), byteCount: tensor.count * tensor.dtype.stride)
      buffers[0].append(first)
      buffers[1].append(isFixed[index] ? first : block.buffer(index, parity: 1))
      if case .result(let result, 0) = output, owners[result] == 1,
        plan.results[result].shape.elementCount == tensor.count
      {
        resultSlots[index] = plan.results[result].slot
        owners[result] = 0
      } else if !isFixed[index] {
        copies.append((index, output))
      }
      bindBuffers(index)
    }
    for (index, result) in plan.results.enumerated() where owners[index] > 0 {
      let storage = try Storage(shape: result.shape, dtype: result.dtype)
      results[index] = storage
      for table in tables { table[result.slot] = storage.pointer }
    }
  }

  /// Tells the steps where the buffers of a state lie.
  private func bindBuffers(_ index: Int) {
    for parity in 0..<2 {
      for slot in slotsOfInput[index] { tables[parity][slot] = buffers[parity][index].pointer }
      if let slot = resultSlots[index] { tables[parity][slot] = buffers[1 - parity][index].pointer }
    }
  }

  /// Goes on from where another loop is, which has state of the same shapes and dtypes (E0403 if not): the loops exchange
  /// their buffers, and nothing is copied. The other loop's own state is lost.
  public func takeState(from other: ProgramLoop) throws {
    if other === self { return }
    let signatures = program.inputs.prefix(stateCount)
    guard other.stateCount == stateCount, other.program.inputs.prefix(stateCount) == signatures else {
      throw NumericsError("E0403", "the loops' states have not the same shapes and dtypes")
    }
    let (mine, theirs) = (stepCount & 1, other.stepCount & 1)
    for index in 0..<stateCount {
      if isFixed[index] || other.isFixed[index] {
        // One buffer for both parities in one of the loops.
        let target = buffers[mine][index]
        target.pointer.copyMemory(from: other.buffers[theirs][index].pointer, byteCount: target.byteCount)
        continue
      }
      (buffers[mine][index], other.buffers[theirs][index]) = (
        other.buffers[theirs][index], buffers[mine][index]
      )
      bindBuffers(index)
      other.bindBuffers(index)
    }
  }

  /// Makes `tensor` the step input `index` (the program's input `stateCount + index`), from now on. No copy: the
  /// tensor's memory is read at each step.
  public func set(_ index: Int, to tensor: Tensor) throws {
    let input = stateCount + index
    guard stepInputs.indices.contains(index) else {
      throw NumericsError(
        "E0403", "the program has \(stepInputs.count) step inputs; there is no input \(index)")
    }
    try program.check(tensor, input)
    try tensor.realize()
    guard let storage = tensor.node.storage else { return }
    stepInputs[index] = tensor
    let pointer = storage.pointer + tensor.node.offset * tensor.dtype.stride
    for slot in slotsOfInput[input] { for table in tables { table[slot] = pointer } }
  }

  /// Sets a rank-0 step input to a number. Allocates nothing after the first time.
  public func set(_ index: Int, to value: Double) throws {
    try withInput(index) { pointer, signature in
      switch signature.dtype {
      case .f32: pointer.storeBytes(of: Float(value), as: Float.self)
      case .f64: pointer.storeBytes(of: value, as: Double.self)
      case .i64: pointer.storeBytes(of: CastTile.saturating(value), as: Int.self)
      case .bool: pointer.storeBytes(of: value != 0 ? 1 : 0, as: UInt8.self)
      }
    }
  }

  /// Lets `fill` write step input `index` in memory that the loop owns, every element: rows of a batch gathered
  /// from a data set, say. Allocates nothing after the first time. `Element` must be the input's own type.
  public func fill<Element: TensorElement>(
    _ index: Int, of type: Element.Type, _ fill: (UnsafeMutableBufferPointer<Element>) throws -> Void
  ) throws {
    try withInput(index) { pointer, signature in
      guard signature.dtype == Element.dtype else {
        throw NumericsError(
          "E0404", "step input \(index) is \(signature.description), not \(Element.dtype.name)")
      }
      let count = signature.shape.elementCount
      try fill(
        UnsafeMutableBufferPointer(start: pointer.bindMemory(to: Element.self, capacity: count), count: count)
      )
    }
  }

  /// Memory that belongs to the loop for a step input.
  private var owned: [Int: Storage] = [:]

  private func withInput(
    _ index: Int, _ body: (UnsafeMutableRawPointer, Program.Signature) throws -> Void
  ) throws {
    guard stepInputs.indices.contains(index) else {
      throw NumericsError(
        "E0403", "the program has \(stepInputs.count) step inputs; there is no input \(index)")
    }
    let signature = program.inputs[stateCount + index]
    if owned[index] == nil {
      let storage = try Storage(shape: signature.shape, dtype: signature.dtype)
      storage.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: storage.byteCount)
      owned[index] = storage
    }
    guard let storage = owned[index] else { return }
    if stepInputs[index]?.node.storage !== storage {
      try set(index, to: Tensor(storage: storage, shape: signature.shape, dtype: signature.dtype))
    }
    try body(storage.pointer, signature)
  }

  /// Runs the program once and makes its first outputs the state. Throws E0409 where a step input was never set.
  public func step() throws {
    for (index, tensor) in stepInputs.enumerated()
    where tensor == nil && !slotsOfInput[stateCount + index].isEmpty {
      throw NumericsError("E0409", "step input \(index) of the loop has not been set")
    }
    let parity = stepCount & 1
    let memory = RunMemory(slots: tables[parity], scalars: scalars)
    for step in program.plan.steps { try step.run(memory) }
    for copy in copies {
      let target = buffers[1 - parity][copy.state]
      target.pointer.copyMemory(from: pointer(of: copy.output, parity), byteCount: target.byteCount)
    }
    stepCount += 1
  }

  /// Where an output lies after a step of that parity.
  private func pointer(of output: Plan.Output, _ parity: Int) -> UnsafeMutableRawPointer {
    switch output {
    case .result(let index, let offset):
      let result = program.plan.results[index]
      return tables[parity][result.slot] + offset * result.dtype.stride
    case .leaf(let node, let offset):
      guard let leaf = program.plan.leaves.first(where: { $0.node == node }) else { return arena.pointer }
      return tables[parity][leaf.slot] + offset * leaf.stride
    }
  }

  /// The first element of an extra output after the last step; NaN before the first.
  public func extra(_ index: Int) -> Double {
    let output = stateCount + index
    guard stepCount > 0, program.outputs.indices.contains(output),
      program.outputs[output].shape.elementCount > 0
    else { return .nan }
    let pointer = pointer(of: program.plan.outputs[output], (stepCount - 1) & 1)
    switch program.outputs[output].dtype {
    case .bool: return pointer.load(as: UInt8.self) != 0 ? 1 : 0
    case .i64: return Double(pointer.load(as: Int.self))
    case .f32: return Double(pointer.load(as: Float.self))
    case .f64: return pointer.load(as: Double.self)
    }
  }

  /// A copy of an extra output of the last step. Throws E0409 before the first.
  public func extraTensor(_ index: Int) throws -> Tensor {
    let output = stateCount + index
    guard stepCount > 0, program.outputs.indices.contains(output) else {
      throw NumericsError("E0409", "there is no extra output \(index) of a step yet")
    }
    return try copy(pointer(of: program.plan.outputs[output], (stepCount - 1) & 1), program.outputs[output])
  }

  /// A copy of the state as it is after the last step.
  public func state() throws -> [Tensor] { try state(0..<stateCount) }

  /// A copy of part of the state as it is after the last step.
  public func state(_ range: Range<Int>) throws -> [Tensor] {
    try range.clamped(to: 0..<stateCount).map {
      try copy(buffers[stepCount & 1][$0].pointer, program.inputs[$0])
    }
  }

  /// Replaces the state, for a step back to an earlier copy of it.
  public func restore(_ state: [Tensor]) throws {
    guard state.count == stateCount else {
      throw NumericsError("E0403", "the loop's state has \(stateCount) tensors, not \(state.count)")
    }
    for (index, tensor) in state.enumerated() { try program.check(tensor, index) }
    try Tensor.realize(state)
    for (index, tensor) in state.enumerated() {
      buffers[stepCount & 1][index].pointer.copyMemory(
        from: try tensor.knownContents(), byteCount: tensor.count * tensor.dtype.stride)
    }
  }

  private func copy(_ pointer: UnsafeMutableRawPointer, _ signature: Program.Signature) throws -> Tensor {
    let storage = try Storage(shape: signature.shape, dtype: signature.dtype)
    storage.pointer.copyMemory(from: pointer, byteCount: storage.byteCount)
    return Tensor(storage: storage, shape: signature.shape, dtype: signature.dtype)
  }
}

extension Tensor {
  /// Where the contents, which must be known, lie.
  ///
  /// It gives the place and leaves the copy to the caller: a throwing function that ended in the copy was compiled (Swift
  /// 6.2, release) to a jump to `memmove` with a size of the shape left in the register of its error.
  fileprivate func knownContents() throws -> UnsafeRawPointer {
    guard let storage = node.storage else {
      throw NumericsError(
        "E0409", "the contents of \(typeDescription) are not known while a program is traced")
    }
    return UnsafeRawPointer(storage.pointer + node.offset * dtype.stride)
  }
}

/// Memory for two sets of buffers of a state, side by side: large enough together for large pages, which the buffers of a
/// net's layers mostly are not alone.
private struct StateBlock {
  private let memory: Storage
  private var offsets: [Int] = []
  private var sizes: [Int] = []
  private var bytes = 0

  init(_ state: [Tensor]) throws {
    for tensor in state {
      let size = Storage.byteCount(tensor.shape, tensor.dtype)
      offsets.append(bytes)
      sizes.append(size)
      bytes += (size + 63) & ~63
    }
    memory = try Storage(byteCount: 2 * bytes)
  }

  func buffer(_ index: Int, parity: Int) -> Storage {
    let memory = memory
    return Storage(borrowing: memory.pointer + parity * bytes + offsets[index], byteCount: sizes[index]) {
      _ in
      withExtendedLifetime(memory) {}
    }
  }
}
