extension IntTile {
  @inline(never)
  static func reduce(_ reduction: Reduction, _ p: UnsafeRawPointer, _ n: Int) -> (
    value: Int, fault: TileFault
  ) {
    let p = p.assumingMemoryBound(to: Int.self)
    var overflow = false
    switch reduction {
    case .sum:
      // Carries go to a second word, so that the order of large terms of both signs does not matter.
      var low: UInt = 0
      var high = 0
      for i in 0..<n {
        let (sum, carry) = low.addingReportingOverflow(UInt(bitPattern: p[i]))
        low = sum
        high &+= (carry ? 1 : 0) &+ (p[i] &>> 63)
      }
      let result = Int(bitPattern: low)
      overflow = high != result &>> 63
      return (result, overflow ? .overflow : .none)
    case .product:
      var result = 1
      for i in 0..<n {
        let (product, tooLarge) = result.multipliedReportingOverflow(by: p[i])
        overflow = overflow || tooLarge
        result = product
      }
      return (result, overflow ? .overflow : .none)
    case .max:
      var best = Int.min
      for i in 0..<n { best = p[i] > best ? p[i] : best }
      return (best, .none)
    case .min:
      var best = Int.max
      for i in 0..<n { best = p[i] < best ? p[i] : best }
      return (best, .none)
    case .any: return ((0..<n).contains { p[$0] != 0 } ? 1 : 0, .none)
    case .all: return ((0..<n).allSatisfy { p[$0] != 0 } ? 1 : 0, .none)
    case .deviations: return (0, .none)
    }
  }

  @inline(never)
  static func reduceColumns(
    _ reduction: Reduction, _ columns: UnsafeMutablePointer<Int>, _ p: UnsafeRawPointer, width: Int, rows: Int
  ) -> TileFault {
    let p = p.assumingMemoryBound(to: Int.self)
    var overflow = false
    for row in 0..<rows {
      let p = p + row &* width
      for i in 0..<width {
        var tooLarge = false
        switch reduction {
        case .sum: (columns[i], tooLarge) = columns[i].addingReportingOverflow(p[i])
        case .product: (columns[i], tooLarge) = columns[i].multipliedReportingOverflow(by: p[i])
        case .max: columns[i] = max(columns[i], p[i])
        case .min: columns[i] = min(columns[i], p[i])
        case .any: columns[i] |= p[i] != 0 ? 1 : 0
        case .all: columns[i] &= p[i] != 0 ? 1 : 0
        case .deviations: break
        }
        overflow = overflow || tooLarge
      }
    }
    return overflow ? .overflow : .none
  }
}

extension BoolTile {
  @inline(never)
  static func reduce(_ reduction: Reduction, _ p: UnsafeRawPointer, _ n: Int) -> (
    value: Int, fault: TileFault
  ) {
    let p = p.assumingMemoryBound(to: UInt8.self)
    switch reduction {
    case .sum:
      var count = 0
      for i in 0..<n { count &+= Int(p[i]) }
      return (count, .none)
    case .max, .any:
      var bits: UInt8 = 0
      for i in 0..<n { bits |= p[i] }
      return (Int(bits), .none)
    case .min, .all, .product:
      var bits: UInt8 = 1
      for i in 0..<n { bits &= p[i] }
      return (Int(bits), .none)
    case .deviations: return (0, .none)
    }
  }

  @inline(never)
  static func reduceColumns(
    _ reduction: Reduction, _ columns: UnsafeMutablePointer<Int>, _ p: UnsafeRawPointer, width: Int, rows: Int
  ) {
    let p = p.assumingMemoryBound(to: UInt8.self)
    for row in 0..<rows {
      let p = p + row &* width
      switch reduction {
      case .sum: for i in 0..<width { columns[i] &+= Int(p[i]) }
      case .max, .any: for i in 0..<width { columns[i] |= Int(p[i]) }
      case .min, .all, .product: for i in 0..<width { columns[i] &= Int(p[i]) }
      case .deviations: break
      }
    }
  }
}
