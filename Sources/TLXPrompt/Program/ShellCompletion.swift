import ArgumentParser

/// The scripts that complete `tlx` in shells.
enum ShellCompletion {
  /// ArgumentParser describes a `help` subcommand of its own after this program's, which in shell scripts would take its
  /// place: that one is cut out. And where a subcommand may stand, a file to run may too.
  static func script(for shell: CompletionShell) -> String {
    var lines: [Substring] = []
    var definitions = 0
    var isCutting = false
    for line in TLXCommand.completionScript(for: shell).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      if line == "_tlx_help() {" || line.trimmed == "case 'help'" {
        definitions += 1
        isCutting = definitions > 1
      }
      // fish: the second `case` is the last of its `switch`.
      if isCutting, line.trimmed == "end" { isCutting = false }
      if !isCutting, !line.contains("Show subcommand help information.") { lines.append(line) }
      if line == "}" { isCutting = false }
    }
    return files(in: lines.joined(separator: "\n"))
      .replacing("|\(lastSubcommand)|help)", with: "|\(lastSubcommand))")
      .replacing(" \(lastSubcommand) help'", with: " \(lastSubcommand)'")
  }

  private static var lastSubcommand: String {
    TLXCommand.configuration.subcommands.last?.configuration.commandName ?? ""
  }

  /// `tlx st` completes to `tlx study.tlx`, as `tlx run st` does.
  private static func files(in script: String) -> String {
    let fish = "complete -c 'tlx' -n '__tlx_should_offer_completions_for_positional \"tlx"
    return script.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
      if line.hasSuffix("_describe -V subcommand subcommands && ret=0") {
        return [String(line), "        _files -g '*.tlx' && ret=0"]
      }
      if line.contains("COMPREPLY+=($(compgen -W 'run test") {
        return [String(line), "        __tlx_add_completions -o plusdirs -fX '!*.@(tlx)'"]
      }
      if line.hasPrefix(fish + " run\" -ge 1'") {
        return [String(line), String(line.replacing("\"tlx run\" -ge 1", with: "\"tlx\" -eq 1"))]
      }
      return [String(line)]
    }.joined(separator: "\n")
  }
}

extension Substring {
  fileprivate var trimmed: Substring { drop { $0 == " " } }
}
