/// Where a loop's operand comes from.
enum LoadSource: Hashable, Sendable {
  case memory(slot: Int)
  /// A number that is not part of the plan.
  case fill(scalar: Int)
  /// `start + step * position`
  case ramp(start: Int, step: Int)
}

/// One operand of a loop, brought into a register tile by tile.
struct TileLoad: Sendable {
  enum Kind { case direct, splat, strided }

  let register: Int
  let source: LoadSource
  let dtype: DType
  let kind: Kind
  let offset: Int
  let rank: Int
  let period: Int
  /// Whether one vector is enough where all positions of a tile read one element.
  var isOneVector = false
  /// `rank` sizes, then `rank` strides; owned by the step.
  nonisolated(unsafe) let layout: UnsafeMutablePointer<Int>

  init(register: Int, source: LoadSource, dtype: DType, access: Access) {
    self.register = register
    self.source = source
    self.dtype = dtype
    self.offset = access.offset
    self.rank = access.sizes.count
    self.period = access.period
    if case .fill = source {
      kind = .splat
    } else if case .memory = source, access.isContiguous {
      kind = .direct
    } else {
      kind = access.isSplat ? .splat : .strided
    }
    layout = .allocate(capacity: max(1, 2 * rank))
    for axis in 0..<rank {
      layout[axis] = access.sizes[axis]
      layout[rank + axis] = access.strides[axis]
    }
  }

  /// Positions of the innermost axis; 0 without axes.
  var rowLength: Int { rank > 0 ? layout[rank &- 1] : 0 }

  /// The elements from one position to the next of the innermost axis.
  var rowStride: Int { rank > 0 ? layout[2 &* rank &- 1] : 0 }

  /// Where elements `start..<start + count` of the loop lie in memory, if they lie there one behind the other.
  @inline(__always)
  func place(start: Int, count: Int, _ memory: RunMemory) -> UnsafeMutableRawPointer? {
    guard rowStride == 1, case .memory(let slot) = source else { return nil }
    let (row, column) = start.quotientAndRemainder(dividingBy: layout[rank &- 1])
    guard column &+ count <= layout[rank &- 1] else { return nil }
    return memory.slots[slot] + (blockPosition(row, below: rank &- 1) &+ column) &* dtype.stride
  }

  /// Elements `start..<start + count` of the loop, into `destination`.
  @inline(__always)
  func fetch(
    into destination: UnsafeMutableRawPointer, start: Int, count: Int, _ memory: RunMemory
  ) {
    switch source {
    case .memory(let slot):
      let base = UnsafeRawPointer(memory.slots[slot])
      switch dtype.stride {
      case 1: gather(destination, base, UInt8.self, start, count)
      case 4: gather(destination, base, UInt32.self, start, count)
      default: gather(destination, base, UInt64.self, start, count)
      }
    case .fill(let scalar):
      SmallStep.spread(memory.scalars[scalar], dtype, destination, count)
    case .ramp(let from, let step):
      ramp(destination, memory.scalars[from], memory.scalars[step], start, count)
    }
  }

  @inline(never)
  private func gather<Element>(
    _ destination: UnsafeMutableRawPointer, _ base: UnsafeRawPointer, _ type: Element.Type, _ start: Int,
    _ count: Int
  ) {
    let d = destination.assumingMemoryBound(to: Element.self)
    let s = base.assumingMemoryBound(to: Element.self)
    if Element.self == UInt32.self, rank > 1, layout[rank &- 1] <= 16,
      gatherShortRows(
        destination.assumingMemoryBound(to: UInt32.self), base.assumingMemoryBound(to: UInt32.self), start,
        count)
    {
      return
    }
    forEachRun(start: start, count: count) { position, done, stride, run in
      let d = d + done
      let s = s + position
      if stride == 1 {
        if run >= 64 {
          d.update(from: s, count: run)
        } else {
          for i in 0..<run { d[i] = s[i] }
        }
      } else if stride == 0 {
        let value = s[0]
        for i in 0..<run { d[i] = value }
      } else {
        for i in 0..<run { d[i] = s[i &* stride] }
      }
    }
  }

  /// Rows of at most 16 elements that are one element over and over, or the same as the row before (a number a row, a row of
  /// numbers for all rows): written as whole vectors, what reaches too far being overwritten by the next row. False for
  /// others.
  @inline(__always)
  private func gatherShortRows(
    _ d: UnsafeMutablePointer<UInt32>, _ s: UnsafePointer<UInt32>, _ start: Int, _ count: Int
  ) -> Bool {
    let (last, width, height) = (rank &- 1, layout[rank &- 1], layout[rank &- 2])
    let (stride, step) = (layout[2 &* rank &- 1], layout[2 &* rank &- 2])
    guard stride == 0 || (stride == 1 && step == 0) else { return false }
    var (done, column, row) = (0, start % width, start / width)
    while done < count {
      // The rows of one block have positions `step` apart.
      let (block, first) = row.quotientAndRemainder(dividingBy: height)
      var source = s + blockPosition(block, below: last &- 1) + first &* step
      let rows = min(height &- first, (count &- done &+ column &+ width &- 1) / width)
      var lanes = SIMD16<UInt32>()
      if stride == 1 { for i in 0..<width { lanes[i] = source[i] } }
      for _ in 0..<rows {
        if done &+ 16 <= count && column == 0 {
          if stride == 0 { lanes = SIMD16(repeating: source[0]) }
          UnsafeMutableRawPointer(d + done).storeBytes(of: lanes, as: SIMD16<UInt32>.self)
          done &+= width
        } else {
          let end = min(count, done &+ width &- column)
          while done < end {
            d[done] = source[column &* stride]
            done &+= 1
            column &+= 1
          }
          column = 0
        }
        source += step
      }
      row &+= rows
    }
    return true
  }

  /// Where the block of that number begins, counting over the axes before `axis`.
  @inline(__always)
  private func blockPosition(_ block: Int, below axis: Int) -> Int {
    var (rest, position, axis) = (block, offset, axis &- 1)
    while axis >= 0 && rest > 0 {
      let (quotient, index) = rest.quotientAndRemainder(dividingBy: layout[axis])
      position &+= index &* layout[rank &+ axis]
      rest = quotient
      axis &-= 1
    }
    return position
  }

  /// Calls `body` with the element position, the count of elements before it, the stride and the length of every
  /// run along the innermost axis.
  @inline(__always)
  private func forEachRun(start: Int, count: Int, _ body: (Int, Int, Int, Int) -> Void) {
    if rank == 0 { return body(offset, 0, 0, count) }
    let strides = layout + rank
    let last = rank &- 1
    if rank == 1 { return body(offset &+ start &* strides[0], 0, strides[0], count) }
    withUnsafeTemporaryAllocation(of: Int.self, capacity: rank) { index in
      var rest = start
      var position = offset
      var axis = last
      while axis >= 0 {
        let quotient = rest / layout[axis]
        index[axis] = rest &- quotient &* layout[axis]
        position &+= index[axis] &* strides[axis]
        rest = quotient
        axis &-= 1
      }
      var done = 0
      while true {
        let run = min(layout[last] &- index[last], count &- done)
        body(position, done, strides[last], run)
        done &+= run
        if done >= count { return }
        position &-= index[last] &* strides[last]
        index[last] = 0
        axis = last &- 1
        while axis >= 0 {
          index[axis] &+= 1
          position &+= strides[axis]
          if index[axis] < layout[axis] { break }
          position &-= layout[axis] &* strides[axis]
          index[axis] = 0
          axis &-= 1
        }
      }
    }
  }

  private func ramp(
    _ destination: UnsafeMutableRawPointer, _ from: Scalar, _ step: Scalar, _ start: Int, _ count: Int
  ) {
    forEachRun(start: start, count: count) { position, done, stride, run in
      switch dtype {
      case .bool: break
      case .i64:
        let d = destination.assumingMemoryBound(to: Int.self) + done
        for i in 0..<run { d[i] = from.int &+ step.int &* (position &+ i &* stride) }
      case .f32:
        let d = destination.assumingMemoryBound(to: Float.self) + done
        for i in 0..<run { d[i] = Float(from.double + step.double * Double(position &+ i &* stride)) }
      case .f64:
        let d = destination.assumingMemoryBound(to: Double.self) + done
        for i in 0..<run { d[i] = from.double + step.double * Double(position &+ i &* stride) }
      }
    }
  }
}

extension Scalar {
  var int: Int {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value): value
    case .float(let value): CastTile.saturating(value)
    }
  }

  var bool: Bool {
    switch self {
    case .bool(let value): value
    case .int(let value): value != 0
    case .float(let value): value != 0
    }
  }
}

/// What a running plan works on: where each slot lies, and the numbers of its fills and ramps.
struct RunMemory: @unchecked Sendable {
  let slots: UnsafeMutablePointer<UnsafeMutableRawPointer>
  let scalars: UnsafeMutablePointer<Scalar>
}
