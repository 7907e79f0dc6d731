import TLXSource

/// Where the time of a computation goes, line by line. The machine calls `tick` at each call and each turn of a loop;
/// the time until the next tick belongs to that line.
final class Profile {
  private struct Entry {
    var prototype: Prototype
    var instruction: Int
    var nanoseconds: Int64 = 0
    var visits = 0
  }

  private let clock = ContinuousClock()
  private var entries: [Entry] = []
  private var positions: [UnsafeMutablePointer<Instruction>: Int] = [:]
  private var current = -1
  private var last: ContinuousClock.Instant

  init() { last = clock.now }

  func tick(at frame: UnsafeMutablePointer<Frame>) {
    let pc = frame.pointee.pc
    let header = frame.pointee.header
    settle()
    if let known = positions[pc] {
      current = known
    } else if let prototype = header.pointee.prototype?.takeUnretainedValue() {
      // Entries keep their prototypes alive, so that no two mean the same address.
      current = entries.count
      positions[pc] = current
      entries.append(Entry(prototype: prototype, instruction: pc - header.pointee.code))
    } else {
      current = -1
    }
    if current >= 0 { entries[current].visits += 1 }
    last = clock.now
  }

  private func settle() {
    guard current >= 0 else { return }
    let passed = last.duration(to: clock.now).components
    entries[current].nanoseconds += passed.seconds * 1_000_000_000 + passed.attoseconds / 1_000_000_000
  }

  /// By line, the longest first.
  func lines() -> [ProfileLine] {
    settle()
    current = -1
    var lines: [ProfileLine] = []
    for entry in entries {
      let source = entry.prototype.source
      let place = entry.prototype.place(at: entry.instruction)
      let line = source.line(of: place.span.start)
      let seconds = Double(entry.nanoseconds) * 1e-9
      if let position = lines.firstIndex(where: {
        $0.source === source && $0.line == line && $0.function == entry.prototype.name
      }) {
        lines[position].seconds += seconds
        lines[position].visits = max(lines[position].visits, entry.visits)
      } else {
        lines.append(
          ProfileLine(
            source: source, line: line, function: entry.prototype.name, seconds: seconds, visits: entry.visits
          ))
      }
    }
    return lines.sorted { $0.seconds > $1.seconds }
  }
}

/// What one line of a program took.
public struct ProfileLine: Sendable {
  public var source: SourceText
  /// 0-based.
  public var line: Int
  /// The function that it is part of; empty for the top level.
  public var function: String
  public var seconds: Double
  /// How often it was come to, by a call or the turn of a loop.
  public var visits: Int
}

extension Session {
  /// Runs `body` and tells what the lines took that it ran. Slows calls and loops down by some tens of nanoseconds
  /// each.
  public func profiled(_ body: () throws -> Void) rethrows -> [ProfileLine] {
    let profile = Profile()
    machine.profile = profile
    machine.budget = 0
    defer { machine.profile = nil }
    try body()
    return profile.lines()
  }
}
