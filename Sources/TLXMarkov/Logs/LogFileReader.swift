import TLXLearning
import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// Counts the walks of a file with one turn as JSON object a line (also `.gz`), in blocks whose lines are scanned in
/// parallel and counted in order. Memory: a few blocks, and what `WalkCounts` takes.
public struct LogFileReader {
  private let fields: LogFields
  private let file: FileName
  private let skipsMalformed: Bool
  private let names: [[UInt8]]

  /// The bytes that are read at once.
  private static let blockSize = 8 << 20
  private static let parts = 8

  /// - Parameter skipsMalformed: Passes over lines that are no turns and counts them; else the first is an error.
  public init(_ file: FileName, fields: LogFields, skipsMalformed: Bool = false) {
    self.file = file
    self.fields = fields
    self.skipsMalformed = skipsMalformed
    let session = fields.session ?? fields.customer ?? ""
    names = [session, fields.state, fields.outcome ?? "", fields.customer ?? "", fields.time ?? ""].map {
      Array($0.utf8)
    }
  }

  /// - Throws: E0601, E0602 for a file that cannot be read, E0604 for a malformed line, E0631 for sessions out of order
  ///   or time that goes backwards, each with the line; `MissingLogField`.
  public func read(_ options: WalkOptions) throws -> WalkCounts {
    var counts = WalkCounts(options)
    let window = try ReadWindow(file)
    var line = 0
    var seen = [Bool](repeating: false, count: names.count)
    while true {
      var wanted = Self.blockSize
      while window.count < wanted && !window.isAtEnd { try window.more() }
      var length = window.count
      if length == 0 {
        counts.absentFields = Set(
          zip(names, seen).filter { !$0.1 }.map { String(decoding: $0.0, as: UTF8.self) })
        return counts
      }
      if line == 0 { counts.fieldNames = firstFields(window) }
      while !window.isAtEnd {
        if let last = lastLineEnd(window.base, window.count) {
          length = last + 1
          break
        }
        wanted += Self.blockSize
        while window.count < wanted && !window.isAtEnd { try window.more() }
        length = window.count
      }
      try process(
        UnsafeBufferPointer(start: UnsafePointer(window.base), count: length), &line, &counts, &seen)
      window.consume(length)
    }
  }

  private func firstFields(_ window: ReadWindow) -> [String] {
    var end = 0
    while end < window.count, window.base[end] != 0x0A { end += 1 }
    return LineScanner.fieldNames(of: UnsafeBufferPointer(start: UnsafePointer(window.base), count: end))
  }

  private func lastLineEnd(_ base: UnsafePointer<UInt8>, _ count: Int) -> Int? {
    var position = count - 1
    while position >= 0, base[position] != 0x0A { position -= 1 }
    return position >= 0 ? position : nil
  }

  private func process(
    _ block: UnsafeBufferPointer<UInt8>, _ line: inout Int, _ counts: inout WalkCounts, _ seen: inout [Bool]
  ) throws {
    let cuts = cuts(of: block)
    let chunks = (1..<cuts.count).map { _ in ScannedLines() }
    try Parallel.forEach(count: chunks.count, grain: 1) { range in
      for index in range {
        chunks[index].scan(
          UnsafeBufferPointer(rebasing: block[cuts[index]..<cuts[index + 1]]), names,
          needsSession: !names[0].isEmpty)
      }
    }
    for chunk in chunks {
      try count(chunk, line, &counts)
      line += chunk.lines
      for index in chunk.seen.indices where chunk.seen[index] { seen[index] = true }
    }
  }

  /// Where the parts of a block begin: at line starts, about equally far apart.
  private func cuts(of block: UnsafeBufferPointer<UInt8>) -> [Int] {
    var cuts = [0]
    guard let base = block.baseAddress else { return cuts }
    for part in 1..<Self.parts {
      let from = max(cuts[cuts.count - 1], block.count * part / Self.parts)
      guard from < block.count, let end = memchr(base + from, 0x0A, block.count - from) else { break }
      let cut = UnsafeRawPointer(end) - UnsafeRawPointer(base) + 1
      if cut > cuts[cuts.count - 1] && cut < block.count { cuts.append(cut) }
    }
    return cuts + [block.count]
  }

  private func count(_ chunk: ScannedLines, _ line: Int, _ counts: inout WalkCounts) throws {
    var faults = chunk.faults[...]
    for turn in chunk.turns {
      while let fault = faults.first, fault.line < Int(turn.line) {
        try report(fault, line, &counts)
        faults = faults.dropFirst()
      }
      let outcome = chunk.withOutcome(turn) { counts.outcomeNumber($0) }
      do throws(OrderFault) {
        try chunk.withState(turn) { text throws(OrderFault) in
          try counts.add(
            WalkCounts.Turn(
              session: turn.session, customer: turn.customer, time: turn.time, outcome: outcome ?? -1),
            state: text, hash: turn.hash)
        }
      } catch {
        throw error.failure(
          place: "\(file.shown): line \(line + Int(turn.line) + 1)", session: turn.sessionText)
      }
    }
    for fault in faults { try report(fault, line, &counts) }
  }

  private func report(_ fault: ScannedLines.Fault, _ line: Int, _ counts: inout WalkCounts) throws {
    let place = "\(file.shown): line \(line + fault.line + 1)"
    if let index = fault.missing, line + fault.line == 0 || !skipsMalformed {
      throw MissingLogField(
        place: place, field: String(decoding: names[index], as: UTF8.self), available: fault.available)
    }
    guard skipsMalformed else {
      throw NumericsError(
        "E0604", "\(place), column \(fault.offset + 1): \(fault.message)",
        help: "skip_malformed=true passes over such lines and counts them")
    }
    counts.skippedLines += 1
  }
}
