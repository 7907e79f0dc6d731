import TLXRuntime

extension Prompt {
  /// `:history`: the last inputs of all sessions, with the time of each, its folder where that is another one, and a mark
  /// where it failed.
  func listHistory(_ word: String) {
    let here = TextFile.currentFolder
    var entries = history.entries()
    // The command itself is the last.
    entries.removeLast(min(1, entries.count))
    if !word.isEmpty { entries = entries.filter { $0.text.contains(word) } }
    for entry in entries.suffix(Prompt.historyRows) { output.write(line(for: entry, here)) }
    if entries.isEmpty { output.write(word.isEmpty ? "no inputs yet\n" : "no input has \(word) in it\n") }
  }

  private static let historyRows = 25

  private func line(for entry: History.Entry, _ here: String) -> String {
    let time = History.local(entry.time)
    let mark = entry.ok == false ? "failed" : "      "
    let lines = entry.text.split(separator: "\n", omittingEmptySubsequences: false)
    let text = (lines.first.map(String.init) ?? "") + (lines.count > 1 ? " … \(lines.count) lines" : "")
    let place = entry.folder == here ? "" : "   in \(entry.folder)"
    return TextWidth.cut("\(time)  \(mark)  \(text)\(place)", to: output.width) + "\n"
  }
}
