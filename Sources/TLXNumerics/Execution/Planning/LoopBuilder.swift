/// Turns nodes of one shape into the program of a fused loop.
struct LoopBuilder {
  private let sizes: [Int]
  /// The order in which the loop walks the shape's axes.
  private let order: [Int]
  private(set) var outer: Int
  private(set) var reduced = 1
  private(set) var inner = 1

  private var loads: [TileLoad] = []
  private var instructions: [TileInstruction] = []
  private var stores: [TileStore] = []
  private var reductions: [TileReduction] = []
  private var dtypes: [DType] = []
  private var registerOfView: [LoadKey: Int] = [:]
  private var registerOfNode: [Int: Int] = [:]
  private var splats: Set<Int> = []
  private var cost = 0.05
  private var names: [String] = []

  private struct LoadKey: Hashable {
    var source: LoadSource
    var access: Access
    var dtype: DType
  }

  /// A loop over `shape`, with `axes` reduced.
  init(shape: Shape, reducing axes: [Int] = []) {
    sizes = shape.sizes
    let (order, suffix) = LoopBuilder.order(shape, reducing: axes)
    self.order = order
    outer = order.prefix(suffix - axes.count).reduce(1) { $0 * shape[$1] }
    reduced = axes.reduce(1) { $0 * shape[$1] }
    inner = shape[suffix...].reduce(1, *)
  }

  /// The order of the loop's axes: kept ones, reduced ones, and from `suffix` on the kept ones at the end.
  private static func order(_ shape: Shape, reducing axes: [Int]) -> (order: [Int], suffix: Int) {
    var suffix = shape.rank
    while suffix > 0 && !axes.contains(suffix - 1) && !axes.isEmpty { suffix -= 1 }
    let kept = (0..<suffix).filter { !axes.contains($0) }
    return (kept + axes + Array(suffix..<shape.rank), suffix)
  }

  /// Whether such a loop walks elements in the shape's own order, so that values can be stored.
  static func isInOrder(_ shape: Shape, reducing axes: [Int]) -> Bool {
    order(shape, reducing: axes).order == Array(shape.sizes.indices)
  }

  private mutating func register(_ dtype: DType) -> Int {
    dtypes.append(dtype)
    return dtypes.count - 1
  }

  func register(of node: Int) -> Int? { registerOfNode[node] }

  mutating func alias(_ node: Int, to register: Int) { registerOfNode[node] = register }

  /// A register with what `view` reads from `source`.
  mutating func load(_ source: LoadSource, offset: Int, strides: [Int], dtype: DType) -> Int {
    let access = Access(offset: offset, sizes: order.map { sizes[$0] }, strides: order.map { strides[$0] })
    let key = LoadKey(source: source, access: access, dtype: dtype)
    if let known = registerOfView[key] { return known }
    let register = register(dtype)
    let load = TileLoad(register: register, source: source, dtype: dtype, access: access)
    loads.append(load)
    registerOfView[key] = register
    if access.isSplat || load.kind == .splat { splats.insert(register) }
    switch load.kind {
    case .direct: cost += Double(dtype.stride) * 0.02
    case .splat: break
    case .strided: cost += load.period > 0 ? 0.02 : 0.4
    }
    return register
  }

  /// Appends the step of an elementwise node whose operands are in registers.
  mutating func compute(_ index: Int, _ node: GraphNode, operands: [Int]) {
    let dtype = dtypes[operands.last ?? 0]
    guard let operation = node.operation, operation != .cast(to: dtype) else {
      return alias(index, to: operands[0])
    }
    let register = register(node.dtype)
    instructions.append(
      TileInstruction(
        operation: operation, dtype: dtype, destination: Int32(register), a: Int32(operands[0]),
        b: Int32(operands.count > 1 ? operands[1] : operands[0]),
        c: Int32(operands.count > 2 ? operands[2] : operands[0]),
        isSplatB: operands.count > 1 && splats.contains(operands[1])))
    registerOfNode[index] = register
    cost += operation.cost * (dtype == .f32 ? 0.5 : 1)
    names.append(operation.name)
  }

  /// Writes a register to a slot.
  mutating func store(_ register: Int, slot: Int) {
    var source = register
    let isComputed = instructions.contains { Int($0.destination) == register }
    let isFetched = loads.contains { $0.register == register && $0.kind == .strided && $0.period == 0 }
    if !(isComputed || isFetched) || stores.contains(where: { $0.register == register }) {
      source = self.register(dtypes[register])
      instructions.append(
        TileInstruction(
          operation: .copy, dtype: dtypes[register], destination: Int32(source), a: Int32(register),
          b: Int32(register), c: Int32(register)))
    }
    let (bytes, overflow) = (outer * reduced * inner).multipliedReportingOverflow(by: dtypes[register].stride)
    stores.append(
      TileStore(
        register: source, slot: slot, dtype: dtypes[register],
        isStreamed: isComputed && !overflow && bytes >= TileStore.streamed))
    cost += Double(dtypes[register].stride) * 0.03
  }

  mutating func reduce(_ reduction: Reduction, _ register: Int, slot: Int, resultDType: DType) {
    reductions.append(
      TileReduction(
        reduction: reduction, register: register, dtype: dtypes[register], slot: slot,
        resultDType: resultDType))
    cost += reduction == .deviations ? 0.3 : 0.12
    names.append("\(reduction)")
  }

  private mutating func joinInstructions() {
    let pairs = InstructionPairs(
      instructions, reductions, registers: dtypes.count, kept: stores.map(\.register), hasRows: inner == 1)
    instructions = pairs.instructions
    reductions = pairs.reductions
  }

  /// Where mean and deviation of a normalization are one number a row, a vector of each is enough.
  private mutating func markRows() {
    let steps = instructions.filter { $0.operation == .normalize }
    guard let step = steps.first, steps.count == 1, let mean = rowLoad(Int(step.b)),
      let deviation = rowLoad(Int(step.c)),
      loads[mean].rowLength == loads[deviation].rowLength
    else { return }
    loads[mean].isOneVector = true
    loads[deviation].isOneVector = true
  }

  /// The load of a number a row into a register that one operand of one instruction alone reads.
  private func rowLoad(_ register: Int) -> Int? {
    var uses = stores.count { $0.register == register } + reductions.count { $0.register == register }
    for instruction in instructions {
      // Operands that an operation lacks repeat another one: they count as one use.
      uses += instruction.operands.contains(Int32(register)) ? 1 : 0
      if instruction.operation == .normalize {
        uses += [instruction.a, instruction.e, instruction.f].contains(Int32(register)) ? 1 : 0
      }
    }
    guard uses == 1 else { return nil }
    return loads.firstIndex {
      $0.register == register && $0.kind == .strided && $0.period == 0 && $0.rowStride == 0
        && $0.rowLength > 0
    }
  }

  mutating func build() -> LoopStep {
    joinInstructions()
    markRows()
    let (offsets, bytes) = scratch()
    let shape = sizes.map(String.init).joined(separator: "×")
    let reads = loads.map { load in
      switch load.source {
      case .memory(let slot):
        "%\(slot)" + (load.kind == .direct ? "" : load.kind == .splat ? "[·]" : "[strided]")
      case .fill(let scalar): "#\(scalar)"
      case .ramp(let start, _): "ramp#\(start)"
      }
    }
    let writes = stores.map { "%\($0.slot)" } + reductions.map { "%\($0.slot)" }
    let description =
      "loop \(shape.isEmpty ? "1" : shape): \(names.isEmpty ? "copy" : names.joined(separator: " "))"
      + " (\(reads.joined(separator: ", "))) -> \(writes.joined(separator: ", "))"
    return LoopStep(
      outer: outer, reduced: reduced, inner: inner, loads: loads, instructions: instructions, stores: stores,
      reductions: reductions, scratchOffsets: offsets, scratchBytes: bytes, cost: cost,
      description: description)
  }

  /// Gives every register that holds a tile its place in the scratch memory; a place is used again after the last
  /// use of its tile.
  private func scratch() -> (offsets: [Int], bytes: Int) {
    var lastUse = [Int](repeating: -1, count: dtypes.count)
    for (time, instruction) in instructions.enumerated() {
      for operand in instruction.operands { lastUse[Int(operand)] = time }
    }
    for reduction in reductions { lastUse[reduction.register] = .max }
    for store in stores { lastUse[store.register] = .max }
    var offsets = [Int](repeating: -1, count: dtypes.count)
    var bytes = 0
    var free: [Int: [Int]] = [:]
    func place(_ register: Int) {
      let size = dtypes[register].stride
      if let offset = free[size]?.popLast() {
        offsets[register] = offset
      } else {
        offsets[register] = bytes
        bytes += Tile.size * size
      }
    }
    let bound = Set(stores.filter { !$0.isStreamed }.map(\.register))
    for load in loads where load.kind != .direct && !bound.contains(load.register) {
      place(load.register)
      // What is kept from tile to tile cannot give its place away.
      if load.kind == .splat || load.period > 0 { lastUse[load.register] = .max }
    }
    for (time, instruction) in instructions.enumerated() {
      let destination = Int(instruction.destination)
      let operands = Set(instruction.operands.map(Int.init))
      func release() {
        for operand in operands where lastUse[operand] == time && offsets[operand] >= 0 {
          free[dtypes[operand].stride, default: []].append(offsets[operand])
        }
      }
      // Floats may be computed in place; integer faults are traced by their operands.
      let inPlace = instruction.dtype.isFloat && dtypes[destination] == instruction.dtype
      if inPlace { release() }
      if !bound.contains(destination) { place(destination) }
      if !inPlace { release() }
    }
    return (offsets, bytes)
  }
}

extension TileOperation {
  /// Estimated nanoseconds for an f64 element.
  var cost: Double {
    switch self {
    case .copy, .compare, .select, .cast: 0.15
    case .pair: 0.3
    case .expOfNegative: 2
    case .normalize: 0.8
    case .unary(let kernel):
      switch kernel {
      case .negate, .abs, .sign, .floor, .ceil, .round, .trunc, .not, .isnan, .isfinite: 0.15
      case .sqrt, .reciprocal: 0.6
      case .exp, .expm1, .log, .log1p, .tanh, .sigmoid, .erf, .sin, .cos: 2
      default: 20
      }
    case .binary(let kernel):
      switch kernel {
      case .add, .subtract, .multiply, .maximum, .minimum, .and, .or, .xor: 0.15
      case .divide: 0.5
      case .floorDivide, .modulo: 10
      case .power, .atan2: 20
      }
    }
  }

  var name: String {
    switch self {
    case .copy: "copy"
    case .unary(let kernel): "\(kernel)"
    case .binary(let kernel): "\(kernel)"
    case .compare(let comparison): "\(comparison)"
    case .select: "select"
    case .cast(let target): target.name
    case .pair(let first, let second, _): "\(first) \(second)"
    case .expOfNegative: "negate exp"
    case .normalize: "subtract divide multiply add"
    }
  }
}
