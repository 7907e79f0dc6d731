import TLXRuntime

/// Keeps what a program writes, in a width that does not depend on the terminal.
final class CapturedOutput: Output {
  private(set) var text = ""
  let width = 80

  func write(_ text: String) { self.text += text }
  func show(_ value: Value, digits: Int?) { text += Display.show(value, width: width, digits: digits) + "\n" }
  func progress(_ line: String?) {}

  /// What has been written since the last call.
  func take() -> String {
    defer { text = "" }
    return text
  }
}
