import Glibc

/// Reads inputs from a pipe, a file or a terminal without cursor movement: no editing of its own, and a prompt only
/// where someone is watching.
final class PlainLineReader: LineReader {
  private let assistant: any LineAssistant
  private let descriptor: Int32
  private let showsPrompt: Bool
  private var pending: [UInt8] = []
  private var isAtEnd = false

  init(assistant: any LineAssistant, descriptor: Int32 = 0) {
    self.assistant = assistant
    self.descriptor = descriptor
    self.showsPrompt = Terminal.isTerminal(descriptor) && Terminal.isTerminal(1)
  }

  func remember(_ text: String) {}
  func release() {}

  /// Lines are gathered until they make a whole input. What is unfinished at the end of the input is returned as it
  /// stands, so that its error is shown.
  func read(prompt: String) -> LineInput {
    if showsPrompt { Terminal.write(prompt + " ") }
    var text = ""
    while true {
      switch readLine() {
      case .interrupted:
        if showsPrompt { Terminal.write("\n") }
        return .interrupted
      case .end:
        if showsPrompt && text.isEmpty { Terminal.write("\n") }
        return text.isEmpty ? .end : .text(text)
      case .text(let line):
        text += text.isEmpty ? line : "\n" + line
        if assistant.isComplete(text) { return .text(text) }
        if showsPrompt { Terminal.write(String(repeating: " ", count: max(prompt.count - 1, 0)) + "| ") }
      }
    }
  }

  private func readLine() -> LineInput {
    while true {
      if let newline = pending.firstIndex(of: UInt8(ascii: "\n")) {
        var line = pending[..<newline]
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        let text = String(decoding: line, as: UTF8.self)
        pending.removeSubrange(...newline)
        return .text(text)
      }
      if isAtEnd {
        if pending.isEmpty { return .end }
        defer { pending = [] }
        return .text(String(decoding: pending, as: UTF8.self))
      }
      guard fill() else { return .interrupted }
    }
  }

  /// False when Ctrl-C came instead of input.
  private func fill() -> Bool {
    if let event = Signals.wait(forInputOn: descriptor) {
      if event == .end { isAtEnd = true }
      guard event == .interrupt else { return true }
      pending = []
      return false
    }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(descriptor, &buffer, buffer.count)
    if count > 0 {
      pending += buffer[..<count]
    } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
      isAtEnd = true
    }
    return true
  }
}
