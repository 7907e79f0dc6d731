import TLXRuntime
import TLXSyntax

/// Passes a session's output on and keeps what each cell wrote, in a width that does not depend on the terminal.
final class RecordingOutput: Output {
  private let inner: any Output
  private var text = ""
  private(set) var cells: [RunRecord.Cell] = []

  init(passingTo inner: any Output) { self.inner = inner }

  var width: Int { inner.width }

  func write(_ text: String) {
    self.text += text
    inner.write(text)
  }

  func show(_ value: Value, digits: Int?) {
    text += Display.show(value, width: 80, digits: digits) + "\n"
    inner.show(value, digits: digits)
  }

  func progress(_ line: String?) { inner.progress(line) }

  func cellEnded(_ cell: Cell, _ position: Int, _ seconds: Double) {
    cells.append(RunRecord.Cell(title: cell.title ?? "cell \(position + 1)", seconds: seconds, shown: text))
    text = ""
  }
}

/// Keeps what a session writes and shows it to nobody.
final class SilentOutput: Output {
  let width = 80
  func write(_ text: String) {}
  func show(_ value: Value, digits: Int?) {}
  func progress(_ line: String?) {}
}
