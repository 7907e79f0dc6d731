import ArgumentParser

/// The scripts that complete `tlx` in shells.
enum ShellCompletion {
  /// ArgumentParser describes a `help` subcommand of its own after this program's, which in shell scripts would take its
  /// place: that one is cut out.
  static func script(for shell: CompletionShell) -> String {
    var lines: [Substring] = []
    var definitions = 0
    var isCutting = false
    for line in TLXCommand.completionScript(for: shell).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      if line == "_tlx_help() {" {
        definitions += 1
        isCutting = definitions > 1
      }
      if !isCutting, !line.contains("help:Show subcommand help information.") { lines.append(line) }
      if line == "}" { isCutting = false }
    }
    return lines.joined(separator: "\n")
      .replacing("completion|doc|help)", with: "completion|doc)")
      .replacing("completion doc help'", with: "completion doc'")
  }
}
