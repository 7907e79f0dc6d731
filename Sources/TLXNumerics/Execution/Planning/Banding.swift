/// Finds loops of a plan that follow one another on the same rows, and makes bands of them.
struct Banding {
  private(set) var steps: [any Step] = []
  /// The slots that each step touches, without those that live in a band's cache only.
  private(set) var uses: [[Int]] = []

  /// Longer rows would not stay in the cache, and are cut into parts by their own loop.
  private static let longestRow = 1 << 16

  private let source: [any Step]
  private let sourceUses: [[Int]]
  private let results: Set<Int>
  /// The last step that touches each slot, and bytes of an element.
  private var lastUse: [Int: Int] = [:]
  private let strides: [Int: Int]

  /// `results`: slots that outlive the plan; `strides`: bytes of an element of each slot that the plan fills.
  init(_ steps: [any Step], uses: [[Int]], results: Set<Int>, strides: [Int: Int]) {
    source = steps
    sourceUses = uses
    self.results = results
    self.strides = strides
    for (index, slots) in uses.enumerated() { for slot in slots { lastUse[slot] = index } }
    var index = 0
    while index < source.count {
      let end = band(from: index)
      if end > index + 1 {
        append(index..<end)
      } else {
        self.steps.append(source[index])
        self.uses.append(sourceUses[index])
      }
      index = max(end, index + 1)
    }
  }

  /// The rows of a loop that reduces rows.
  private func rowCount(_ step: any Step) -> Int? {
    guard let loop = step as? LoopStep, !loop.reductions.isEmpty, loop.inner == 1, loop.outer > 1,
      loop.reduced > 0, loop.reduced <= Banding.longestRow
    else { return nil }
    return loop.outer
  }

  /// Where the band that begins at a step ends.
  private func band(from start: Int) -> Int {
    guard let rows = rowCount(source[start]), let first = source[start] as? LoopStep else { return start + 1 }
    /// Elements a row of the slots that the band writes.
    var widths: [Int: Int] = [:]
    var touched = Set(first.readSlots)
    note(first, rows, &widths)
    var end = start + 1
    while end < source.count, let loop = source[end] as? LoopStep, fits(loop, rows, widths),
      loop.readSlots.contains(where: { widths[$0] != nil || touched.contains($0) })
    {
      note(loop, rows, &widths)
      touched.formUnion(loop.readSlots)
      end += 1
    }
    return end
  }

  private func note(_ loop: LoopStep, _ rows: Int, _ widths: inout [Int: Int]) {
    for store in loop.stores { widths[store.slot] = loop.count / rows }
    for reduction in loop.reductions { widths[reduction.slot] = 1 }
  }

  /// Whether each row of the loop reads only the same row of what the band has written.
  private func fits(_ loop: LoopStep, _ rows: Int, _ widths: [Int: Int]) -> Bool {
    let isReduction = !loop.reductions.isEmpty
    guard loop.count > 0, loop.count % rows == 0, loop.count / rows <= Banding.longestRow else {
      return false
    }
    if isReduction && !(loop.inner == 1 && loop.outer == rows) { return false }
    let length = loop.count / rows
    return loop.loads.allSatisfy { load in
      guard case .memory(let slot) = load.source, let width = widths[slot] else { return true }
      return load.staysInRow(rows: rows, length: length, width: width)
    }
  }

  private mutating func append(_ range: Range<Int>) {
    let loops = range.compactMap { source[$0] as? LoopStep }
    let rows = loops[0].outer
    var locals: [(slot: Int, bytesPerRow: Int)] = []
    for loop in loops {
      let reduced = loop.reductions.map { ($0.slot, 1) }
      for (slot, width) in loop.stores.map({ ($0.slot, loop.count / rows) }) + reduced {
        guard !results.contains(slot), let last = lastUse[slot], last < range.upperBound,
          let stride = strides[slot]
        else { continue }
        locals.append((slot, width * stride))
      }
    }
    let hidden = Set(locals.map(\.slot))
    for loop in loops {
      for index in loop.stores.indices where hidden.contains(loop.stores[index].slot) {
        loop.stores[index].isStreamed = false
      }
    }
    steps.append(
      BandStep(
        rows: rows, members: loops.map { BandStep.Member(loop: $0, rowLength: $0.count / rows) },
        locals: locals))
    uses.append(Array(Set(range.flatMap { sourceUses[$0] }).subtracting(hidden)).sorted())
  }
}

extension TileLoad {
  /// Whether positions of row r (of `length`) read elements of row r (of `width`) only.
  func staysInRow(rows: Int, length: Int, width: Int) -> Bool {
    if kind == .direct { return offset == 0 && length == width }
    guard kind == .strided, rank > 0, layout[0] == rows, layout[rank] == width else { return false }
    var last = offset
    for axis in 1..<max(rank, 1) {
      guard layout[rank + axis] >= 0 else { return false }
      last += (layout[axis] - 1) * layout[rank + axis]
    }
    return offset >= 0 && last < width
  }
}
