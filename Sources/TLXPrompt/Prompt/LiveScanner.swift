import TLXSource

/// Finds what stands at the end of a text while it is edited: it remembers what was open at the start of each line, and
/// scans from the first line that has changed.
struct LiveScanner {
  private var bytes: [UInt8] = []
  private var marks = [Mark(position: 0, frames: [])]

  /// The start of a line.
  private struct Mark {
    var position: Int
    var frames: [CursorScan.Frame]
  }

  mutating func end(of text: String) -> CursorContext.End {
    let new = Array(text.utf8)
    let same = TextEdit(from: bytes, to: new).prefix
    bytes = new
    while marks.count > 1, marks[marks.count - 1].position > same { marks.removeLast() }
    let start = marks[marks.count - 1]
    var scan = CursorScan(bytes, from: start.position, in: start.frames)
    while scan.readLine() { marks.append(Mark(position: scan.position, frames: scan.frames)) }
    return (CursorContext.promptCommand(bytes) ?? scan.context(), scan.isInComment ? nil : scan.call)
  }
}
