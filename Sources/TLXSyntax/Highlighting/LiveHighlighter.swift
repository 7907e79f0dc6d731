import TLXSource

/// A coloured part of a line: bytes that count from the line's start.
public struct ColoredRange: Equatable, Sendable {
  public var range: Range<Int>
  public var kind: TokenClass

  public init(range: Range<Int>, kind: TokenClass) {
    self.range = range
    self.kind = kind
  }
}

/// The colours of a text while it is edited, line by line: what `highlight` says of the whole. After a change it reads
/// from the line of the change on, up to a line that begins as it did before: in the same brackets, after the same
/// token. Cost: a comparison of the texts, and the lexing of the lines between.
public struct LiveHighlighter {
  /// The coloured parts of each line of the text.
  public private(set) var lines: [[ColoredRange]] = [[]]
  private var bytes: [UInt8] = []
  /// Lines that are read together, from the start of the text on: mostly single ones, but a string over several
  /// lines is in one stretch.
  private var stretches = [Stretch(start: 0, line: 0, state: LexerState())]

  private struct Stretch {
    var start: Int
    var line: Int
    /// Before its first line.
    var state: LexerState
  }

  public init() {}

  public mutating func update(_ text: String) {
    let source = SourceText(name: "", text: text)
    let edit = TextEdit(from: bytes, to: source.bytes)
    guard !edit.isEmpty else { return }
    let first = (stretches.lastIndex { $0.start <= edit.prefix }) ?? 0
    var reading = Reading(source, from: stretches[first])
    let following = reading.run(until: stretches[(first + 1)...], edit)
    splice(reading, after: first, following)
    bytes = source.bytes
  }

  /// Puts what was read in place of the stretches from `first` to before `following`.
  private mutating func splice(_ reading: Reading, after first: Int, _ following: Int?) {
    let line = stretches[first].line
    var rest: ArraySlice<Stretch> = []
    var end = lines.count
    if let following {
      end = stretches[following].line
      let moved = (
        bytes: reading.position - stretches[following].start, lines: line + reading.lines.count - end
      )
      rest = stretches[following...]
      for index in rest.indices {
        rest[index].start += moved.bytes
        rest[index].line += moved.lines
      }
    }
    lines.replaceSubrange(line..<end, with: reading.lines)
    stretches.replaceSubrange(first..., with: reading.stretches + rest)
  }

  /// One pass over the lines that may have changed.
  private struct Reading {
    var stretches: [Stretch]
    var lines: [[ColoredRange]] = []
    private var lexer: Lexer

    init(_ source: SourceText, from stretch: Stretch) {
      stretches = [stretch]
      lexer = stretch.start == 0 ? Lexer(source) : Lexer(source, at: stretch.start, in: stretch.state)
    }

    var position: Int { lexer.position }

    /// Reads until one of the old stretches can follow, whose index it gives; nil at the end of the text.
    mutating func run(until old: ArraySlice<Stretch>, _ edit: TextEdit) -> Int? {
      var candidate = old.startIndex
      while let state = readStretch() {
        while candidate < old.endIndex, old[candidate].start + edit.growth < position { candidate += 1 }
        if position >= edit.unchangedEnd, candidate < old.endIndex,
          old[candidate].start + edit.growth == position, old[candidate].state == state
        {
          return candidate
        }
        stretches.append(Stretch(start: position, line: stretches[0].line + lines.count, state: state))
      }
      return nil
    }

    private mutating func readStretch() -> LexerState? {
      let mark = lexer.mark
      let state = lexer.readStretch()
      addLines(lexer.classes(since: mark), isLast: state == nil)
      return state
    }

    /// Cuts the ranges of the last stretch into those of its lines.
    private mutating func addLines(_ ranges: [(Range<Int>, TokenClass)], isLast: Bool) {
      let starts = lexer.source.lineStarts
      var next = 0
      var line = stretches[0].line + lines.count
      while line < starts.count, isLast || starts[line] < position {
        let start = starts[line]
        let end = line + 1 < starts.count ? starts[line + 1] - 1 : lexer.bytes.count
        lines.append(LiveHighlighter.parts(of: ranges, from: &next, in: start..<end))
        line += 1
      }
    }
  }

  /// What the ranges from `next` on have in a line. One that goes on after it is left for the next.
  private static func parts(
    of ranges: [(Range<Int>, TokenClass)], from next: inout Int, in line: Range<Int>
  ) -> [ColoredRange] {
    var result: [ColoredRange] = []
    while next < ranges.count, ranges[next].0.lowerBound < line.upperBound {
      let part = ranges[next].0.clamped(to: line)
      if !part.isEmpty {
        let range = (part.lowerBound - line.lowerBound)..<(part.upperBound - line.lowerBound)
        result.append(ColoredRange(range: range, kind: ranges[next].1))
      }
      if ranges[next].0.upperBound > line.upperBound { break }
      next += 1
    }
    return result
  }
}
