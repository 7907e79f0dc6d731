/// Stable order of the elements along an axis.
///
/// Elements become unsigned keys in whose order the bits sort (floats: sign flipped into an offset, −0 as 0, NaN
/// last); a descending order complements the keys, so that equal elements keep their order either way. Short lanes
/// are merged, long ones go through a radix sort of 11 bits a pass that skips passes in which all keys agree.
enum SortKernel {
  private struct Item {
    var key: UInt64
    var index: Int
  }

  private static let itemsOfPage = 4096 / MemoryLayout<Item>.stride

  static func argsort(_ x: Operand, _ output: Operand, axis: Int, descending: Bool) throws {
    let layout = AxisLayout(x.shape, axis: axis)
    let length = layout.length
    guard length > 0 else { return }
    if x.dtype == .f32, length <= UInt32.max { return try argsortSingles(x, output, layout, descending) }
    let target = output.pointer.assumingMemoryBound(to: Int.self)
    let grain = max(1, 16_384 / length)
    try Parallel.forEach(count: layout.outer * layout.inner, grain: grain) { lanes in
      let scratch = try Storage(byteCount: 2 * length * MemoryLayout<Item>.stride)
      let items = scratch.pointer.bindMemory(to: Item.self, capacity: 2 * length)
      defer { withExtendedLifetime(scratch) {} }
      for lane in lanes {
        let (block, column) = lane.quotientAndRemainder(dividingBy: layout.inner)
        let first = block * length * layout.inner + column
        try Interrupt.forEachPart(of: length) { part in
          for i in part {
            let key = key(x, first + i * layout.inner, descending)
            (items + i).initialize(to: Item(key: key, index: i))
          }
          // The first pass would touch all pages of the second half at once, and Ctrl-C wait until the system has cleared them.
          for i in stride(from: part.lowerBound, to: part.upperBound, by: itemsOfPage) {
            (items + length + i).initialize(to: Item(key: 0, index: 0))
          }
        }
        let sorted = length <= 2048 ? merge(items, length) : try radix(items, length)
        try Interrupt.forEachPart(of: length) { part in
          for i in part { target[first + i * layout.inner] = sorted[i].index }
        }
      }
    }
  }

  @inline(__always)
  private static func key(_ x: Operand, _ position: Int, _ descending: Bool) -> UInt64 {
    let key: UInt64
    switch x.dtype {
    case .bool: key = UInt64(x.pointer.assumingMemoryBound(to: UInt8.self)[position])
    case .i64:
      key = UInt64(bitPattern: Int64(x.pointer.assumingMemoryBound(to: Int.self)[position])) ^ (1 << 63)
    case .f32:
      let value = x.pointer.assumingMemoryBound(to: Float.self)[position]
      if value.isNaN { return .max }
      let bits = (value + 0).bitPattern
      // All ones only for NaN: the largest key of a number is that of infinity.
      key = UInt64(bits >> 31 == 0 ? bits | 1 << 31 : ~bits)
      return descending ? UInt64(UInt32.max) - key : key
    case .f64:
      let value = x.pointer.assumingMemoryBound(to: Double.self)[position]
      if value.isNaN { return .max }
      let bits = (value + 0).bitPattern
      key = bits >> 63 == 0 ? bits | 1 << 63 : ~bits
    }
    return descending ? ~key : key
  }

  /// Bottom-up, from insertion-sorted runs of 16. Uses the second half of `items` as well; returns where the
  /// result lies.
  private static func merge(_ items: UnsafeMutablePointer<Item>, _ n: Int) -> UnsafeMutablePointer<Item> {
    var run = 16
    for first in stride(from: 0, to: n, by: run) {
      for i in (first + 1)..<max(first + 1, min(first + run, n)) {
        let item = items[i]
        var j = i
        while j > first && items[j - 1].key > item.key {
          items[j] = items[j - 1]
          j -= 1
        }
        items[j] = item
      }
    }
    var source = items
    var target = items + n
    while run < n {
      for first in stride(from: 0, to: n, by: 2 * run) {
        let middle = min(first + run, n)
        let last = min(first + 2 * run, n)
        var (i, j) = (first, middle)
        for k in first..<last {
          if i < middle && (j >= last || source[i].key <= source[j].key) {
            target[k] = source[i]
            i += 1
          } else {
            target[k] = source[j]
            j += 1
          }
        }
      }
      swap(&source, &target)
      run *= 2
    }
    return source
  }

  private static func radix(_ items: UnsafeMutablePointer<Item>, _ n: Int) throws -> UnsafeMutablePointer<
    Item
  > {
    var source = items
    var target = items + n
    try withUnsafeTemporaryAllocation(of: Int.self, capacity: 2048) { places in
      for shift in stride(from: UInt64(0), to: 64, by: 11) {
        places.initialize(repeating: 0)
        try Interrupt.forEachPart(of: n) { part in
          for i in part { places[Int((source[i].key >> shift) & 2047)] &+= 1 }
        }
        if places.contains(n) { continue }
        var total = 0
        for digit in 0..<2048 {
          let count = places[digit]
          places[digit] = total
          total &+= count
        }
        try Interrupt.forEachPart(of: n) { part in
          for i in part {
            let digit = Int((source[i].key >> shift) & 2047)
            target[places[digit]] = source[i]
            places[digit] &+= 1
          }
        }
        swap(&source, &target)
      }
    }
    return source
  }
}
