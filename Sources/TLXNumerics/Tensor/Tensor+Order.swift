extension Tensor {
  /// The i64 positions that sort the axis. Equal elements keep their order; NaN comes last.
  public func argsort(axis: Int = -1, descending: Bool = false) throws -> Tensor {
    if rank == 0 { return try Tensor.zeros([], .i64) }
    let position = try shape.axis(axis, of: dtype)
    return try Tensor.make(
      .argsort(axis: position, descending: descending), [asNumber()], shape, .i64)
  }

  /// Sorted along the axis; NaN comes last. The derivative goes to where each element came from.
  public func sort(axis: Int = -1, descending: Bool = false) throws -> Tensor {
    if rank == 0 { return self }
    let position = try shape.axis(axis, of: dtype)
    return try Tensor.make(.sort(axis: position, descending: descending), [self], shape, dtype)
  }

  /// The k greatest along the axis, the greatest first, and their positions.
  public func topk(_ k: Int, axis: Int = -1) throws -> (values: Tensor, indices: Tensor) {
    let position = try shape.axis(axis, of: dtype)
    guard k >= 0, k <= shape[position] else {
      throw NumericsError("E0406", "cannot take the \(k) greatest of \(shape[position]) along axis \(axis)")
    }
    let order = try argsort(axis: position, descending: true)
    let indices = try order.slice(axis: position, start: 0, stop: k)
    return (try takeAlong(indices, axis: position), indices)
  }

  /// The distinct elements in ascending order, and how often each occurs. NaNs count as one.
  public func unique() throws -> (values: Tensor, counts: Tensor) {
    switch dtype {
    case .bool:
      let (values, counts) = try cast(to: .i64).unique()
      return (try values.cast(to: .bool), counts)
    case .i64: return try distinct(of: Int.self) { $0 == $1 }
    case .f32: return try distinct(of: Float.self) { $0 == $1 || ($0.isNaN && $1.isNaN) }
    case .f64: return try distinct(of: Double.self) { $0 == $1 || ($0.isNaN && $1.isNaN) }
    }
  }

  private func distinct<Element: TensorElement>(of type: Element.Type, _ same: (Element, Element) -> Bool)
    throws
    -> (Tensor, Tensor)
  {
    try flatten().stopGradient().sort().withElements(of: type) { ordered in
      func isNew(_ i: Int) -> Bool { i == 0 || !same(ordered[i - 1], ordered[i]) }
      // Counted first: arrays that grow would copy themselves, for large ones longer than Ctrl-C may take.
      var kinds = 0
      try Interrupt.forEachPart(of: ordered.count) { part in
        for i in part where isNew(i) { kinds += 1 }
      }
      let counts = try Tensor(shape: [kinds], of: Int.self) { counts in
        var place = -1
        try Interrupt.forEachPart(of: ordered.count) { part in
          for i in part {
            if isNew(i) {
              place += 1
              counts[place] = 1
            } else {
              counts[place] += 1
            }
          }
        }
      }
      let values = try Tensor(shape: [kinds], of: type) { values in
        var place = 0
        try Interrupt.forEachPart(of: ordered.count) { part in
          for i in part where isNew(i) {
            values[place] = ordered[i]
            place += 1
          }
        }
      }
      return (values, counts)
    }
  }

  /// The distinct slices along an axis in lexicographic order, and how often each occurs. NaNs come last and count as
  /// equal.
  public func unique(axis: Int) throws -> (values: Tensor, counts: Tensor) {
    let position = try shape.axis(axis, of: dtype)
    if dtype == .bool {
      let (values, counts) = try cast(to: .i64).unique(axis: position)
      return (try values.cast(to: .bool), counts)
    }
    let length = shape[position]
    let rows = try stopGradient().moveAxis(position, to: 0).reshape([
      length, length == 0 ? 0 : count / length,
    ])
    let (firsts, counts) =
      switch dtype {
      case .f32: try rows.distinctRows(of: Float.self) { $0.isNaN }
      case .f64: try rows.distinctRows(of: Double.self) { $0.isNaN }
      default: try rows.distinctRows(of: Int.self) { _ in false }
      }
    return (try take(Tensor(firsts), axis: position), try Tensor(counts))
  }

  /// The first of each kind of row, in the order of the rows, and how many there are of it.
  private func distinctRows<Element: TensorElement & Comparable>(
    of type: Element.Type, _ isNaN: (Element) -> Bool
  ) throws -> (firsts: [Int], counts: [Int]) {
    let width = shape[1]
    return try withElements(of: type) { elements in
      /// −1, 0 or 1 as row a comes before, with or after row b.
      func order(_ a: Int, _ b: Int) throws -> Int {
        try Interrupt.check()
        for i in 0..<width {
          let (x, y) = (elements[a * width + i], elements[b * width + i])
          if x == y { continue }
          let (first, second) = (isNaN(x), isNaN(y))
          if first && second { continue }
          return first || (!second && y < x) ? 1 : -1
        }
        return 0
      }
      var firsts: [Int] = []
      var counts: [Int] = []
      for row in try (0..<shape[0]).sorted(by: { try (order($0, $1), $0) < (0, $1) }) {
        if let last = firsts.last, try order(last, row) == 0 {
          counts[counts.count - 1] += 1
        } else {
          firsts.append(row)
          counts.append(1)
        }
      }
      return (firsts, counts)
    }
  }

  /// How often each of 0, 1, 2, … occurs among whole numbers, up to the greatest or to `minimum` bins.
  /// Throws E0406 for a negative one.
  public func bincount(minimum: Int = 0) throws -> Tensor {
    guard dtype == .i64 || dtype == .bool else {
      throw NumericsError("E0404", "bincount works on i64, and this is \(typeDescription)")
    }
    return try cast(to: .i64).withElements(of: Int.self) { elements in
      var top = -1
      try Interrupt.forEachPart(of: elements.count) { part in
        for element in elements[part] {
          guard element >= 0 else {
            throw NumericsError("E0406", "bincount cannot count \(element): bins start at 0")
          }
          top = Swift.max(top, element)
        }
      }
      guard top < 1 << 40 else {
        throw NumericsError("E0702", "bincount up to \(top) does not fit in memory")
      }
      var counts = [Int](repeating: 0, count: Swift.max(top + 1, minimum))
      try Interrupt.forEachPart(of: elements.count) { part in
        for element in elements[part] { counts[element] += 1 }
      }
      return try Tensor(counts)
    }
  }

  /// Counts of the elements in `bins` equal intervals of `range` (by default from the least to the greatest), and the
  /// bins + 1 edges. The last interval includes its upper edge; elements outside and NaN are not counted.
  public func histogram(bins: Int = 10, range: (Double, Double)? = nil) throws -> (
    counts: Tensor, edges: Tensor
  ) {
    guard bins > 0 else { throw NumericsError("E0419", "a histogram needs at least one bin") }
    let x = try cast(to: .f64).stopGradient()
    var (low, high) = try range ?? x.finiteRange() ?? (0, 1)
    guard low.isFinite, high.isFinite, low <= high else {
      throw NumericsError("E0505", "a histogram cannot go from \(low) to \(high)")
    }
    if low == high { (low, high) = (low - 0.5, high + 0.5) }
    let edges = try Tensor.linspace(low, high, bins + 1)
    var counts = [Int](repeating: 0, count: bins)
    try edges.withElements(of: Double.self) { edges in
      try x.withElements(of: Double.self) { values in
        try Interrupt.forEachPart(of: values.count) { part in
          for value in values[part] where value >= low && value <= high {
            var bin = Swift.min(Int((value - low) / (high - low) * Double(bins)), bins - 1)
            // The quotient may round across an edge.
            if value < edges[bin] { bin -= 1 } else if bin + 1 < bins && value >= edges[bin + 1] { bin += 1 }
            counts[bin] += 1
          }
        }
      }
    }
    return (try Tensor(counts), edges)
  }

  /// The least and the greatest finite element; nil where there is none.
  public func finiteRange() throws -> (Double, Double)? {
    try cast(to: .f64).stopGradient().withElements(of: Double.self) { values in
      var (low, high) = (Double.infinity, -Double.infinity)
      try Interrupt.forEachPart(of: values.count) { part in
        for value in values[part] where value.isFinite {
          low = Swift.min(low, value)
          high = Swift.max(high, value)
        }
      }
      return low <= high ? (low, high) : nil
    }
  }
}
