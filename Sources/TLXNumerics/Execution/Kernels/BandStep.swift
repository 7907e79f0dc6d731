#if canImport(Glibc)
  import Glibc
#endif

/// Loops that follow one another on the same rows, run a few rows at a time: what one writes the next finds in the
/// cache, and what no one else reads never goes to memory. Softmax, layer norm and variances along the last axis
/// read their operand from memory once and write their result once.
///
/// Each row is computed as the loops alone would compute it, so that results are the same to the bit.
final class BandStep: Step, @unchecked Sendable {
  /// One of the loops; it takes `rowLength` positions a row.
  struct Member {
    let loop: LoopStep
    let rowLength: Int
  }

  /// A slot that only the band's loops touch: it exists for the rows at hand alone.
  struct Local {
    let slot: Int
    let bytesPerRow: Int
    let offset: Int
  }

  private let rows: Int
  private let members: [Member]
  private let locals: [Local]
  /// Rows that are run through all loops before the next ones.
  private let height: Int
  private let localBytes: Int
  private let slotCount: Int
  /// Estimated nanoseconds for a row.
  private let cost: Double
  let description: String

  /// Elements of the rows at hand: with an operand or two they stay in the first-level cache.
  private static let elementsAtHand = 4096

  init(rows: Int, members: [Member], locals: [(slot: Int, bytesPerRow: Int)]) {
    self.rows = rows
    self.members = members
    let longest = members.map(\.rowLength).max() ?? 1
    height = max(1, min(rows, BandStep.elementsAtHand / max(1, longest)))
    var placed: [Local] = []
    var bytes = 0
    for local in locals {
      placed.append(Local(slot: local.slot, bytesPerRow: local.bytesPerRow, offset: bytes))
      bytes += (local.bytesPerRow * height + 63) & ~63
    }
    self.locals = placed
    localBytes = bytes
    slotCount = (members.flatMap { $0.loop.slots }.max() ?? 0) + 1
    cost = members.reduce(0) { $0 + Double($1.rowLength) * $1.loop.cost }
    let lines = members.map { "\n  " + $0.loop.description }.joined()
    let kept = locals.map { "%\($0.slot)" }.joined(separator: ", ")
    description =
      "\(rows) rows, \(height) at a time\(kept.isEmpty ? "" : " with \(kept) in the cache"):\(lines)"
  }

  func run(_ memory: RunMemory) throws {
    let bands = (rows + height - 1) / height
    let grain = max(1, Int(100_000 / max(1, cost * Double(height))))
    try Parallel.forEach(count: bands, grain: grain) { range in
      try withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: slotCount) { slots in
        guard let table = slots.baseAddress else { return }
        table.initialize(from: memory.slots, count: slotCount)
        try run(range, RunMemory(slots: table, scalars: memory.scalars))
      }
    }
  }

  private func run(_ bands: Range<Int>, _ memory: RunMemory) throws {
    let scratch = try Storage(byteCount: localBytes)
    defer { withExtendedLifetime(scratch) {} }
    let runners = members.map {
      TileRunner($0.loop, memory, capacity: $0.loop.capacity(rows: height, $0.rowLength))
    }
    defer { for runner in runners { runner.finish() } }
    for band in bands {
      let first = band * height
      // A place such that the slot's own positions lead into the scratch memory.
      for local in locals {
        memory.slots[local.slot] = scratch.pointer + local.offset - first * local.bytesPerRow
      }
      let range = first..<min(rows, first + height)
      for (member, runner) in zip(members, runners) {
        try member.loop.run(runner, rows: range, length: member.rowLength)
      }
    }
  }
}

extension LoopStep {
  /// Every slot that the loop reads or writes.
  var slots: [Int] { readSlots + writtenSlots }

  var readSlots: [Int] {
    loads.compactMap { if case .memory(let slot) = $0.source { slot } else { nil } }
  }

  var writtenSlots: [Int] { stores.map(\.slot) + reductions.map(\.slot) }

  /// The most elements of a tile when `rows` rows are run.
  fileprivate func capacity(rows: Int, _ length: Int) -> Int { min(Tile.size, max(1, rows * length)) }

  /// Runs the loop on some of its rows, on this thread.
  fileprivate func run(_ runner: TileRunner, rows: Range<Int>, length: Int) throws {
    if reductions.isEmpty {
      var start = rows.lowerBound * length
      let end = rows.upperBound * length
      while start < end {
        let count = min(tileLength, end - start)
        let fault = runner.run(start: start, count: count)
        if fault != .none { throw runner.error(fault, count: count) }
        start += count
      }
    } else if reduced <= Tile.size / 2 {
      let rowsPerTile = Tile.size / reduced
      for first in stride(from: rows.lowerBound, to: rows.upperBound, by: rowsPerTile) {
        try reduceShortRows(runner, first..<min(rows.upperBound, first + rowsPerTile))
      }
    } else {
      for row in rows {
        try reduceRow(runner, row, 0..<reduced) { index, total in
          try store(total, index, row, runner.memory)
        }
      }
    }
  }
}
