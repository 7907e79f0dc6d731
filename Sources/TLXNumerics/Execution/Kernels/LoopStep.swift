import CVectors

#if canImport(Glibc)
  import Glibc
#endif

/// A value of a loop that is written to memory, contiguous in the loop's order.
struct TileStore: Sendable {
  let register: Int
  let slot: Int
  let dtype: DType
  /// Whether tiles go to memory past the caches, from the loop's own scratch memory: of results so large that no one finds
  /// them in a cache later. It saves reading what is overwritten, a third of a copy's traffic.
  var isStreamed = false

  /// Bytes of a result from which on it is streamed.
  static let streamed = 1 << 24
}

/// A value of a loop that is reduced over the loop's middle axis.
struct TileReduction: Sendable {
  let reduction: Reduction
  var register: Int
  let dtype: DType
  let slot: Int
  let resultDType: DType
  /// Whether the squares of the values are summed. Along rows only.
  var isSquared = false
}

/// A fused loop: operands are fetched tile by tile, a short program runs on the tiles, results are written or
/// reduced, with no temporaries in memory.
///
/// The loop runs over the row-major positions of `outer × reduced × inner` elements; without reductions that is
/// just their product. Work is cut the same way whatever the number of threads, so that results do not depend on it.
final class LoopStep: Step, @unchecked Sendable {
  let outer: Int
  let reduced: Int
  let inner: Int
  let loads: UnsafeMutableBufferPointer<TileLoad>
  let instructions: UnsafeMutableBufferPointer<TileInstruction>
  let stores: UnsafeMutableBufferPointer<TileStore>
  let reductions: UnsafeMutableBufferPointer<TileReduction>
  let registerCount: Int
  /// Where each register's own tile begins in the scratch memory, in bytes; −1 for one that only points elsewhere.
  let scratchOffsets: UnsafeMutableBufferPointer<Int>
  let scratchBytes: Int
  /// Estimated nanoseconds for an element.
  let cost: Double
  let description: String
  /// A sum and the squared deviations of the same f32 values, which need that sum.
  let sumOfDeviations: (sum: Int, deviations: Int)?
  /// Elements of a tile of a loop without reductions: whole periods of what is read over and over.
  let tileLength: Int
  /// Positions of a row along which the loads of one vector stay the same; 0 without such loads.
  let rowLength: Int

  init(
    outer: Int, reduced: Int, inner: Int, loads: [TileLoad], instructions: [TileInstruction],
    stores: [TileStore],
    reductions: [TileReduction], scratchOffsets: [Int], scratchBytes: Int, cost: Double, description: String
  ) {
    self.outer = outer
    self.reduced = reduced
    self.inner = inner
    self.loads = LoopStep.copy(loads)
    self.instructions = LoopStep.copy(instructions)
    self.stores = LoopStep.copy(stores)
    self.reductions = LoopStep.copy(reductions)
    self.registerCount = scratchOffsets.count
    self.scratchOffsets = LoopStep.copy(scratchOffsets)
    self.scratchBytes = scratchBytes
    self.cost = cost
    self.description = description
    sumOfDeviations = LoopStep.sumOfDeviations(reductions)
    let period = loads.map(\.period).max() ?? 0
    let isCommon = period > 0 && loads.allSatisfy { $0.period == 0 || period % $0.period == 0 }
    tileLength = isCommon ? Tile.size / period * period : Tile.size
    rowLength = loads.first(where: \.isOneVector)?.rowLength ?? 0
  }

  private static func sumOfDeviations(_ reductions: [TileReduction]) -> (sum: Int, deviations: Int)? {
    guard let last = reductions.firstIndex(where: { $0.reduction == .deviations && $0.dtype == .f32 }),
      let first = reductions.firstIndex(where: {
        $0.reduction == .sum && !$0.isSquared && $0.register == reductions[last].register
      })
    else { return nil }
    return (first, last)
  }

  deinit {
    for load in loads { load.layout.deallocate() }
    loads.deallocate()
    instructions.deallocate()
    stores.deallocate()
    reductions.deallocate()
    scratchOffsets.deallocate()
  }

  private static func copy<Element>(_ elements: [Element]) -> UnsafeMutableBufferPointer<Element> {
    let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
    _ = buffer.initialize(from: elements)
    return buffer
  }

  var count: Int { outer * reduced * inner }

  func run(_ memory: RunMemory) throws {
    if reductions.isEmpty {
      try runElementwise(memory)
    } else if outer == 0 || inner == 0 {
      return
    } else if inner == 1 {
      try runRows(memory)
    } else {
      try runColumns(memory)
    }
  }

  /// So many items that a part of the loop takes about 100 µs, given the elements of one item.
  func grain(elementsPerItem: Int) -> Int {
    max(1, Int(100_000 / max(1, Double(elementsPerItem) * cost)))
  }

  private func runElementwise(_ memory: RunMemory) throws {
    let count = count
    let tiles = (count + tileLength - 1) / tileLength
    try Parallel.forEach(count: tiles, grain: grain(elementsPerItem: min(count, tileLength))) { range in
      let runner = TileRunner(self, memory, capacity: min(count, tileLength))
      defer { runner.finish() }
      for tile in range {
        let start = tile &* tileLength
        let fault = runner.run(start: start, count: min(tileLength, count &- start))
        if fault != .none { throw runner.error(fault, count: min(tileLength, count &- start)) }
      }
    }
  }
}

/// Runs a loop's program on one tile after the other, on one thread.
struct TileRunner {
  let step: LoopStep
  let memory: RunMemory
  let registers: UnsafeMutablePointer<UnsafeMutableRawPointer>
  /// For each load with a period: how many elements of it are in its register from a position that is a multiple
  /// of the period.
  private let fetched: UnsafeMutablePointer<Int>
  private let tiles: UnsafeMutableRawPointer
  /// Elements that each register has room for.
  private let room: Int
  private let isStreaming: Bool

  /// `capacity`: the most elements of a tile.
  init(_ step: LoopStep, _ memory: RunMemory, capacity: Int) {
    self.step = step
    self.memory = memory
    let tables = (step.registerCount + step.loads.count) * 8
    // Small loops need small tiles: offsets are for full tiles and shrink with them.
    let padded = (capacity + 63) & ~63
    let scratch = malloc(tables + 64 + step.scratchBytes / Tile.size * padded)
    // malloc gives no memory only where the system has none left for a few kilobytes.
    let base =
      scratch ?? UnsafeMutableRawPointer.allocate(byteCount: tables + 64 + step.scratchBytes, alignment: 64)
    registers = base.assumingMemoryBound(to: UnsafeMutableRawPointer.self)
    fetched = (base + step.registerCount * 8).assumingMemoryBound(to: Int.self)
    tiles = base + ((tables + 63) & ~63)
    room = padded
    isStreaming = step.stores.contains(where: \.isStreamed)
    for register in 0..<step.registerCount { registers[register] = own(register) }
    for (index, load) in step.loads.enumerated() {
      fetched[index] = 0
      if load.kind == .splat { load.fetch(into: registers[load.register], start: 0, count: capacity, memory) }
    }
  }

  func finish() {
    if isStreaming { tlx_stream_fence() }
    free(registers)
  }

  /// The register's place in the scratch memory.
  @inline(__always)
  private func own(_ register: Int) -> UnsafeMutableRawPointer {
    tiles + max(0, step.scratchOffsets[register]) / Tile.size &* room
  }

  /// Runs the program on the elements `start..<start + count` of the loop.
  @inline(__always)
  func run(start: Int, count: Int) -> TileFault {
    let isRow = step.rowLength > 0 && start % step.rowLength &+ count <= step.rowLength
    for store in step.stores where !store.isStreamed {
      registers[store.register] = memory.slots[store.slot] + start &* store.dtype.stride
    }
    var index = 0
    for load in step.loads {
      switch load.kind {
      case .direct:
        if case .memory(let slot) = load.source {
          registers[load.register] = memory.slots[slot] + (load.offset &+ start) &* load.dtype.stride
        }
      case .splat: break
      case .strided:
        let isAligned = load.period > 0 && start % load.period == 0
        if load.isOneVector && isRow {
          load.fetch(into: registers[load.register], start: start, count: min(count, 16), memory)
        } else if load.period == 0, let place = load.place(start: start, count: count, memory),
          step.scratchOffsets[load.register] >= 0
        {
          registers[load.register] = place
          fetched[index] = -1
        } else if !(isAligned && fetched[index] >= count) {
          if fetched[index] < 0 { registers[load.register] = own(load.register) }
          load.fetch(into: registers[load.register], start: start, count: count, memory)
          fetched[index] = isAligned ? count : 0
        }
      }
      index &+= 1
    }
    for instruction in step.instructions {
      let fault = Tile.run(instruction, registers, count, isRow: isRow)
      if fault != .none { return fault }
    }
    if isStreaming {
      for store in step.stores where store.isStreamed {
        let stride = store.dtype.stride
        tlx_stream(memory.slots[store.slot] + start &* stride, registers[store.register], count &* stride)
      }
    }
    return .none
  }

  /// What to throw for a fault in the tile just run: names the operation and the first values that did not fit.
  func error(_ fault: TileFault, count: Int) -> NumericsError {
    for instruction in step.instructions where instruction.dtype == .i64 {
      let a = registers[Int(instruction.a)].assumingMemoryBound(to: Int.self)
      let b = registers[Int(instruction.b)].assumingMemoryBound(to: Int.self)
      for i in 0..<count {
        switch instruction.operation {
        case .binary(let kernel) where IntTile.scalar(kernel, a[i], b[i]).1 == fault:
          return .integerFault(fault, "\(a[i]) \(kernel.symbol) \(b[i])")
        case .unary(let kernel) where (kernel == .abs || kernel == .negate) && a[i] == .min:
          return .integerFault(fault, "\(kernel)(\(a[i]))")
        default: break
        }
      }
    }
    return .integerFault(fault, nil)
  }
}

extension NumericsError {
  /// `expression` shows the values, where known.
  static func integerFault(_ fault: TileFault, _ expression: String?) -> NumericsError {
    let of = expression.map { " in \($0)" } ?? ""
    switch fault {
    case .divisionByZero:
      return NumericsError(
        "E0507", "integer division by zero\(of)", help: "use / for a float result, or test the divisor")
    case .negativeExponent:
      return NumericsError(
        "E0505", "an integer cannot be raised to a negative power\(of)", help: "make the base a float: f64(x)"
      )
    case .overflow, .none:
      return NumericsError(
        "E0502", "integer overflow\(of): the result does not fit 64 bits", help: "compute with floats: f64(x)"
      )
    }
  }
}

extension BinaryKernel {
  /// How messages write it.
  var symbol: String {
    switch self {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "/"
    case .floorDivide: "//"
    case .modulo: "%"
    case .power: "^"
    default: "\(self)"
    }
  }
}
