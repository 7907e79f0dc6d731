import Glibc
import TLXSource

/// `:edit`: the user's editor.
extension Prompt {
  /// Without a name the last input opens, and what is saved runs. With one that file opens.
  func edit(_ path: String) throws {
    try Sandbox.refuse("start an editor")
    guard path.isEmpty else { return try openEditor(on: path) }
    let folder = Terminal.environment("TMPDIR") ?? "/tmp"
    var name = Array((TextFile.join(folder, "tlx-XXXXXX.tlx")).utf8CString)
    let descriptor = mkstemps(&name, 4)
    guard descriptor >= 0 else {
      throw Diagnostic("E0602", "cannot write into \(folder): \(String(cString: strerror(errno)))")
    }
    let file = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(file) }
    let before = lastInput + "\n"
    Terminal.write(before, to: descriptor)
    close(descriptor)
    try openEditor(on: file)
    let text = try TextFile.read(file)
    guard text != before, text.contains(where: { !$0.isWhitespace }) else {
      output.write("nothing changed, nothing run\n")
      return
    }
    let input = Paste.cleaned(Array(text.utf8))
    output.write(input + "\n")
    guard runEdited(input) else { throw PromptCommandFailed() }
  }

  private func openEditor(on path: String) throws {
    let chosen = [Terminal.environment("VISUAL"), Terminal.environment("EDITOR")].compactMap { $0 }
    let editor = chosen.first { !$0.isEmpty } ?? "vi"
    releaseTerminal()
    // The variable may hold arguments: it is a piece of shell.
    let quoted =
      "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    let status = Shell.run(editor + " " + quoted)
    if status != 0 {
      throw Diagnostic(
        "E0622", "the editor \(editor) left with status \(status)",
        help: status == 127 ? "the variable EDITOR names the editor to use" : nil)
    }
  }
}

/// A command whose failure has been reported already.
struct PromptCommandFailed: Error {}
