import TLXRuntime
import TLXSyntax

/// Keeps what a program writes, in a width that does not depend on the terminal.
final class CapturedOutput: Output {
  private var text = ""
  private var skipsNext = false
  let width = 80

  func write(_ text: String) { self.text += text }

  func show(_ value: Value, digits: Int?) {
    if skipsNext {
      skipsNext = false
    } else {
      text += Display.show(value, width: width, digits: digits) + "\n"
    }
  }

  func progress(_ line: String?) {}

  func takeAll() -> String {
    defer { text = "" }
    return text
  }

  /// What has been written since the last call, at the end of a statement whose value is about to be shown: that is
  /// left out of the next text.
  func take(beforeShowing statement: Statement, _ value: Value) -> String {
    if case .null = value { skipsNext = false } else { skipsNext = !statement.isHidden }
    defer { text = "" }
    return text
  }
}
