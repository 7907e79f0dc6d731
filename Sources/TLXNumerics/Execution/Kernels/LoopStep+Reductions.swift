extension LoopStep {
  /// Elements of a row that one part of the work reduces where rows are long.
  private static let block = 65_536

  // MARK: Rows: the reduced axis is the innermost

  func runRows(_ memory: RunMemory) throws {
    if reduced == 0 { return storeEmpty(memory) }
    if reduced <= Tile.size / 2 { return try runShortRows(memory) }
    let blocks = reduced > 2 * LoopStep.block ? (reduced + LoopStep.block - 1) / LoopStep.block : 1
    let length = blocks == 1 ? reduced : LoopStep.block
    if blocks == 1 {
      try Parallel.forEach(count: outer, grain: grain(elementsPerItem: reduced)) { rows in
        let runner = TileRunner(self, memory, capacity: min(reduced, Tile.size))
        defer { runner.finish() }
        for row in rows {
          try reduceRow(runner, row, 0..<length) { index, total in
            try store(total, index, row, memory)
          }
        }
      }
      return
    }
    let count = reductions.count
    let partials = UnsafeMutablePointer<Accumulator>.allocate(capacity: outer * blocks * count)
    defer { partials.deallocate() }
    try Parallel.forEach(count: outer * blocks, grain: grain(elementsPerItem: length)) { items in
      let runner = TileRunner(self, memory, capacity: Tile.size)
      defer { runner.finish() }
      for item in items {
        let (row, block) = item.quotientAndRemainder(dividingBy: blocks)
        let range = block * length..<min(reduced, (block + 1) * length)
        try reduceRow(runner, row, range) { index, total in
          (partials + item * count + index).initialize(to: total)
        }
      }
    }
    for row in 0..<outer {
      for (index, reduction) in reductions.enumerated() {
        var total = Accumulator(reduction.reduction, reduction.dtype)
        for block in 0..<blocks {
          total.merge(reduction.reduction, reduction.dtype, partials[(row * blocks + block) * count + index])
        }
        try store(total, index, row, memory)
      }
    }
  }

  /// Runs the program over part of a row and hands out each reduction's total.
  func reduceRow(
    _ runner: TileRunner, _ row: Int, _ range: Range<Int>, _ body: (Int, Accumulator) throws -> Void
  ) throws {
    try withUnsafeTemporaryAllocation(of: Accumulator.self, capacity: reductions.count) { totals in
      for (index, reduction) in reductions.enumerated() {
        totals.initializeElement(at: index, to: Accumulator(reduction.reduction, reduction.dtype))
      }
      var start = range.lowerBound
      while start < range.upperBound {
        let count = min(Tile.size, range.upperBound - start)
        let fault = runner.run(start: row * reduced + start, count: count)
        if fault != .none { throw runner.error(fault, count: count) }
        take(runner, count, totals)
        start += count
      }
      for index in reductions.indices { try body(index, totals[index]) }
    }
  }

  /// Takes the tile that was run into the totals.
  @inline(__always)
  private func take(
    _ runner: TileRunner, _ count: Int, _ totals: UnsafeMutableBufferPointer<Accumulator>
  ) {
    let shared = sumOfDeviations
    if let shared {
      let tile = UnsafeRawPointer(runner.registers[reductions[shared.sum].register])
      let sum = FloatTile.reduce(.sum, tile, count)
      totals[shared.sum].takeSum(sum)
      totals[shared.deviations].spread.merge(FloatTile.spread(tile, count, sum: sum))
    }
    for (index, reduction) in reductions.enumerated()
    where index != shared?.sum && index != shared?.deviations {
      totals[index].take(reduction, runner.registers[reduction.register], count)
    }
  }

  /// Several rows fit a tile.
  private func runShortRows(_ memory: RunMemory) throws {
    let rowsPerTile = Tile.size / reduced
    let tiles = (outer + rowsPerTile - 1) / rowsPerTile
    let capacity = min(rowsPerTile, outer) * reduced
    try Parallel.forEach(count: tiles, grain: grain(elementsPerItem: capacity)) { range in
      let runner = TileRunner(self, memory, capacity: capacity)
      defer { runner.finish() }
      for tile in range {
        let first = tile * rowsPerTile
        try reduceShortRows(runner, first..<min(outer, first + rowsPerTile))
      }
    }
  }

  /// Reduces rows that fit one tile together.
  func reduceShortRows(_ runner: TileRunner, _ rows: Range<Int>) throws {
    let count = rows.count * reduced
    let fault = runner.run(start: rows.lowerBound * reduced, count: count)
    if fault != .none { throw runner.error(fault, count: count) }
    for (index, reduction) in reductions.enumerated() {
      var p = UnsafeRawPointer(runner.registers[reduction.register])
      if reduction.dtype == .f32, reduction.resultDType == .f32, !reduction.isSquared,
        reduced < FloatTile.shortRow
      {
        let output = runner.memory.slots[reduction.slot].assumingMemoryBound(to: Float.self)
        if FloatTile.reduceShortRows(
          reduction.reduction, p, rows: rows.count, width: reduced, into: output + rows.lowerBound)
        {
          continue
        }
      }
      for row in rows {
        var total = Accumulator(reduction.reduction, reduction.dtype)
        total.take(reduction, p, reduced)
        try store(total, index, row, runner.memory)
        p += reduced * reduction.dtype.stride
      }
    }
  }

  @inline(__always)
  func store(_ total: Accumulator, _ index: Int, _ position: Int, _ memory: RunMemory) throws {
    let reduction = reductions[index]
    if total.fault != .none { throw NumericsError.reductionFault(reduction.reduction) }
    total.store(memory.slots[reduction.slot], position, from: reduction.dtype, as: reduction.resultDType)
  }

  /// What remains of a reduction over an axis of no elements.
  private func storeEmpty(_ memory: RunMemory) {
    for reduction in reductions {
      let total = Accumulator(reduction.reduction, reduction.dtype)
      for position in 0..<outer * inner {
        total.store(memory.slots[reduction.slot], position, from: reduction.dtype, as: reduction.resultDType)
      }
    }
  }

  // MARK: Columns: kept axes lie inside the reduced one

  func runColumns(_ memory: RunMemory) throws {
    if reduced == 0 { return storeEmpty(memory) }
    let width = min(inner, Tile.size)
    let strips = (inner + width - 1) / width
    // Long columns of few strips are cut into parts; the cut depends on the shape only.
    let rowsPerPart = max(64, 2 * LoopStep.block / width)
    let parts =
      outer * strips < 8 && reduced >= 2 * rowsPerPart ? (reduced + rowsPerPart - 1) / rowsPerPart : 1
    let state = ColumnState(reductions, outer: outer, parts: parts, inner: inner)
    defer { state.deallocate() }
    let length = parts == 1 ? reduced : rowsPerPart
    try Parallel.forEach(count: outer * strips * parts, grain: grain(elementsPerItem: length * width)) {
      items in
      let rowsPerTile = inner <= Tile.size ? max(1, Tile.size / inner) : 1
      let runner = TileRunner(self, memory, capacity: min(rowsPerTile, length) * width)
      defer { runner.finish() }
      for item in items {
        let (rest, part) = item.quotientAndRemainder(dividingBy: parts)
        let (slab, strip) = rest.quotientAndRemainder(dividingBy: strips)
        let columns = strip * width..<min(inner, (strip + 1) * width)
        let rows = part * length..<min(reduced, (part + 1) * length)
        try reduceColumns(runner, slab, rows, columns, rowsPerTile) { index in
          state.totals(index, slab, part) + columns.lowerBound
        }
      }
    }
    for (index, reduction) in reductions.enumerated() {
      for slab in 0..<outer {
        let first = state.totals(index, slab, 0)
        for part in 1..<max(parts, 1) {
          let other = state.totals(index, slab, part)
          if reduction.reduction == .deviations {
            let rows = min(reduced, (part + 1) * length) - part * length
            ColumnSpread(first, inner).merge(ColumnSpread(other, inner), part * length, rows, inner)
          } else if merge(reduction, first, other, inner) {
            throw NumericsError.reductionFault(reduction.reduction)
          }
        }
        let isSpread = reduction.reduction == .deviations
        store(reduction, isSpread ? ColumnSpread(first, inner).squares : first, slab, memory)
      }
    }
  }

  /// Reduces rows of one strip of columns into the totals that `totals` points to.
  private func reduceColumns(
    _ runner: TileRunner, _ slab: Int, _ rows: Range<Int>, _ columns: Range<Int>, _ rowsPerTile: Int,
    _ totals: (Int) -> UnsafeMutablePointer<Double>
  ) throws {
    let width = columns.count
    for (index, reduction) in reductions.enumerated() { clear(reduction, totals(index), width) }
    let state = ColumnState.planes * width
    // Sums go through a second set of totals every 64 tiles: rounding errors then grow with the square root.
    try withUnsafeTemporaryAllocation(of: Double.self, capacity: state * reductions.count) { inner in
      var row = rows.lowerBound
      while row < rows.upperBound {
        for (index, reduction) in reductions.enumerated() {
          clear(reduction, inner.baseAddress.unsafelyUnwrapped + index * state, width)
        }
        let first = row
        var tiles = 0
        while row < rows.upperBound && tiles < 64 {
          let height = min(rowsPerTile, rows.upperBound - row)
          let start = (slab * reduced + row) * self.inner + columns.lowerBound
          let fault = runner.run(start: start, count: height * width)
          if fault != .none { throw runner.error(fault, count: height * width) }
          for (index, reduction) in reductions.enumerated() {
            let sums = inner.baseAddress.unsafelyUnwrapped + index * state
            let tile = UnsafeRawPointer(runner.registers[reduction.register])
            if reduction.reduction == .deviations {
              ColumnSpread(sums, width).take(tile, reduction.dtype, width, rows: height, after: row - first)
            } else {
              try take(reduction, sums, tile, width: width, rows: height)
            }
          }
          row += height
          tiles += 1
        }
        for (index, reduction) in reductions.enumerated() {
          let sums = inner.baseAddress.unsafelyUnwrapped + index * state
          if reduction.reduction == .deviations {
            ColumnSpread(totals(index), self.inner).merge(
              ColumnSpread(sums, width), first - rows.lowerBound, row - first, width)
          } else if merge(reduction, totals(index), sums, width) {
            throw NumericsError.reductionFault(reduction.reduction)
          }
        }
      }
    }
  }

  /// Totals are doubles, or integers in the same eight bytes.
  private func integers(_ totals: UnsafeMutablePointer<Double>) -> UnsafeMutablePointer<Int> {
    UnsafeMutableRawPointer(totals).assumingMemoryBound(to: Int.self)
  }

  private func clear(_ reduction: TileReduction, _ totals: UnsafeMutablePointer<Double>, _ width: Int) {
    let start = Accumulator(reduction.reduction, reduction.dtype)
    if reduction.dtype.isFloat {
      totals.update(repeating: start.value, count: width)
    } else {
      integers(totals).update(repeating: start.integer, count: width)
    }
  }

  private func take(
    _ reduction: TileReduction, _ totals: UnsafeMutablePointer<Double>, _ tile: UnsafeRawPointer, width: Int,
    rows: Int
  ) throws {
    switch reduction.dtype {
    case .f32: FloatTile.reduceColumns(reduction.reduction, totals, tile, width: width, rows: rows)
    case .f64: DoubleTile.reduceColumns(reduction.reduction, totals, tile, width: width, rows: rows)
    case .i64:
      let fault = IntTile.reduceColumns(reduction.reduction, integers(totals), tile, width: width, rows: rows)
      if fault != .none { throw NumericsError.reductionFault(reduction.reduction) }
    case .bool: BoolTile.reduceColumns(reduction.reduction, integers(totals), tile, width: width, rows: rows)
    }
  }

  /// Takes `other` into `totals`. True where an integer overflowed.
  private func merge(
    _ reduction: TileReduction, _ totals: UnsafeMutablePointer<Double>, _ other: UnsafeMutablePointer<Double>,
    _ width: Int
  ) -> Bool {
    if reduction.dtype.isFloat {
      DoubleTile.reduceColumns(reduction.reduction, totals, other, width: width, rows: 1)
      return false
    }
    return IntTile.reduceColumns(reduction.reduction, integers(totals), other, width: width, rows: 1) != .none
  }

  private func store(
    _ reduction: TileReduction, _ totals: UnsafeMutablePointer<Double>, _ slab: Int, _ memory: RunMemory
  ) {
    let output = memory.slots[reduction.slot]
    let first = slab * inner
    let source = integers(totals)
    switch reduction.resultDType {
    case .bool:
      let d = output.assumingMemoryBound(to: UInt8.self) + first
      for i in 0..<inner { d[i] = source[i] != 0 ? 1 : 0 }
    case .i64:
      let d = output.assumingMemoryBound(to: Int.self) + first
      for i in 0..<inner { d[i] = source[i] }
    case .f32:
      let d = output.assumingMemoryBound(to: Float.self) + first
      for i in 0..<inner { d[i] = Float(reduction.dtype.isFloat ? totals[i] : Double(source[i])) }
    case .f64:
      let d = output.assumingMemoryBound(to: Double.self) + first
      for i in 0..<inner { d[i] = reduction.dtype.isFloat ? totals[i] : Double(source[i]) }
    }
  }
}

extension NumericsError {
  static func reductionFault(_ reduction: Reduction) -> NumericsError {
    NumericsError(
      "E0502", "integer overflow: the \(reduction) does not fit 64 bits", help: "compute with floats: f64(x)")
  }
}
