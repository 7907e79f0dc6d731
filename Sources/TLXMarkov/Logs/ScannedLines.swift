/// The turns of some lines, before they are counted: numbers, and where the texts stand.
final class ScannedLines: @unchecked Sendable {
  struct Turn {
    var session: UInt64
    var customer: UInt64
    var time: Double
    var hash: UInt64
    var state: LineScanner.Slice
    var outcome: LineScanner.Slice?
    var sessionSlice: LineScanner.Slice
    /// Where the text of a state with escapes begins in `unescaped`, and how long it is.
    var copy: (start: Int, count: Int)?
    var line: Int32

    var sessionText: String { String(decoding: sessionSlice.buffer, as: UTF8.self) }
  }

  struct Fault {
    var line: Int
    var offset: Int
    var message: String
    /// The wanted field that is absent, and those that are there.
    var missing: Int?
    var available: [String] = []
  }

  private(set) var turns: [Turn] = []
  private(set) var faults: [Fault] = []
  private(set) var lines = 0
  /// By wanted field: whether a line has it.
  private(set) var seen: [Bool] = []
  private var unescaped: [UInt8] = []

  /// Scans whole lines; the slices point into `text`.
  func scan(_ text: UnsafeBufferPointer<UInt8>, _ names: [[UInt8]], needsSession: Bool) {
    guard let base = text.baseAddress else { return }
    turns.reserveCapacity(text.count / 128)
    var found = [LineScanner.Slice?](repeating: nil, count: names.count)
    seen = [Bool](repeating: false, count: names.count)
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, base[end] != 0x0A { end += 1 }
      let line = UnsafeBufferPointer(start: base + start, count: end - start)
      if !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
        scanLine(line, base + start, names, needsSession, &found)
      }
      lines += 1
      start = end + 1
    }
  }

  private func scanLine(
    _ line: UnsafeBufferPointer<UInt8>, _ base: UnsafePointer<UInt8>, _ names: [[UInt8]],
    _ needsSession: Bool, _ found: inout [LineScanner.Slice?]
  ) {
    var scanner = LineScanner(line, base: base)
    do throws(LineFault) {
      try scanner.scan(names, into: &found)
      for index in found.indices where found[index] != nil { seen[index] = true }
      try keep(found, base, needsSession)
    } catch {
      var fault = Fault(line: lines, offset: error.offset, message: error.message)
      if error.offset < 0 {
        let index = -1 - error.offset
        fault.missing = index
        fault.available = LineScanner.fieldNames(of: line)
      }
      faults.append(fault)
    }
  }

  private func keep(_ found: [LineScanner.Slice?], _ base: UnsafePointer<UInt8>, _ needsSession: Bool)
    throws(LineFault)
  {
    guard let state = found[1] else { throw LineFault(offset: -2, message: "") }
    guard let session = found[0] ?? (needsSession ? nil : state) else {
      throw LineFault(offset: -1, message: "")
    }
    guard !state.isNothing else {
      throw LineFault(offset: state.start - base, message: "the state is empty")
    }
    var turn = Turn(
      session: Self.identity(session), customer: found[3].map(Self.customer) ?? 0,
      time: try time(found[4], base), hash: 0, state: state, outcome: nil, sessionSlice: session, copy: nil,
      line: Int32(lines))
    if let outcome = found[2], !outcome.isNothing { turn.outcome = outcome }
    if state.hasEscapes {
      guard let text = LineScanner.unescaped(state) else {
        throw LineFault(offset: state.start - base, message: "an escape that JSON does not know")
      }
      turn.copy = (unescaped.count, text.count)
      unescaped.append(contentsOf: text)
      turn.hash = text.withUnsafeBufferPointer { textHash($0) }
    } else {
      turn.hash = textHash(state.buffer)
    }
    turns.append(turn)
  }

  /// A whole number as itself, so that ascending numbers can be told; anything else by its hash.
  private static func identity(_ slice: LineScanner.Slice) -> UInt64 {
    if slice.count <= 18, slice.count > 0 {
      var value: UInt64 = 0
      for byte in slice.buffer {
        guard byte >= 0x30, byte <= 0x39 else { return textHash(slice.buffer) }
        value = value * 10 + UInt64(byte - 0x30)
      }
      return value
    }
    return textHash(slice.buffer)
  }

  /// Never 0, which is nobody, for somebody.
  private static func customer(_ slice: LineScanner.Slice) -> UInt64 {
    slice.isNothing ? 0 : max(1, textHash(slice.buffer))
  }

  private func time(_ slice: LineScanner.Slice?, _ base: UnsafePointer<UInt8>) throws(LineFault) -> Double {
    guard let slice, !slice.isNothing else { return .nan }
    if slice.count <= 15 {
      var value = 0
      var isWhole = true
      for byte in slice.buffer {
        if byte < 0x30 || byte > 0x39 { isWhole = false; break }
        value = value * 10 + Int(byte - 0x30)
      }
      if isWhole { return Double(value) }
    }
    guard !slice.isString, let value = Double(String(decoding: slice.buffer, as: UTF8.self)) else {
      throw LineFault(offset: slice.start - base, message: "the time is no number")
    }
    return value
  }

  @inline(__always)
  func withState<Result>(
    _ turn: Turn, _ body: (UnsafeBufferPointer<UInt8>) throws(OrderFault) -> Result
  ) throws(OrderFault) -> Result {
    guard let copy = turn.copy else { return try body(turn.state.buffer) }
    let text = Array(unescaped[copy.start..<copy.start + copy.count])
    let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, text.count))
    defer { memory.deallocate() }
    _ = memory.initialize(from: text)
    return try body(UnsafeBufferPointer(start: UnsafePointer(memory.baseAddress), count: text.count))
  }

  private static let success = Array("success".utf8)
  private static let failure = Array("failure".utf8)

  /// The outcome's text, if there is one; `true` and `false` are success and failure.
  @inline(__always)
  func withOutcome(_ turn: Turn, _ body: (UnsafeBufferPointer<UInt8>) -> Int) -> Int? {
    guard let slice = turn.outcome else { return nil }
    if !slice.isString, slice.start[0] == UInt8(ascii: "t") {
      return Self.success.withUnsafeBufferPointer(body)
    }
    if !slice.isString, slice.start[0] == UInt8(ascii: "f") {
      return Self.failure.withUnsafeBufferPointer(body)
    }
    return body(slice.buffer)
  }
}
