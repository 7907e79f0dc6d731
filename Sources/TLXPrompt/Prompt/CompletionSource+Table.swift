import TLXBuiltins
import TLXLearning
import TLXRuntime
import TLXSyntax

/// What the table of built-ins, the data sets and the file system offer wherever code is written.
extension CompletionSource {
  var tableNames: [Completion.Candidate] {
    let table = BuiltinTable.standard
    let builtins = table.builtins.map { Completion.Candidate($0.name, $0.brief, suffix: "(") }
    let constants = table.constants.map { Completion.Candidate($0.name, $0.summary) }
    let words = (Vocabulary.keywords + Vocabulary.literals).filter { $0.count > 2 || $0 == "if" }
      .map { Completion.Candidate($0) }
    return (builtins + constants + words).sorted { $0.text < $1.text }
  }

  func tableSignature(of callee: String) -> Signature? {
    BuiltinTable.standard[callee].flatMap { Signature($0.signature) }
  }

  func summary(of parameter: String, in callee: String) -> String {
    BuiltinTable.standard[callee]?.parameters.first { $0.name == parameter }?.summary ?? ""
  }

  func strings(at site: CursorContext.CallSite?) -> [Completion.Candidate]? {
    guard let site, let builtin = BuiltinTable.standard[site.callee] else { return nil }
    let positional = site.positional + (site.isPiped ? 1 : 0)
    let parameter =
      site.keyword.map { keyword in builtin.parameters.first { $0.name == keyword } }
      ?? builtin.parameters.filter { !$0.isOption }.dropFirst(positional).first
    if builtin.name == "dataset", parameter?.name == "source" {
      let sets = (try? DataSets.all()) ?? []
      return sets.map {
        Completion.Candidate($0.name, "\($0.rows) rows, \($0.classCount) classes", suffix: "\"")
      }
    }
    guard let choices = parameter?.choices, !choices.isEmpty else { return nil }
    return choices.map { Completion.Candidate($0, suffix: "\"") }
  }

  func files(startingWith prefix: String) -> [Completion.Candidate] {
    let (folder, _) = TextFile.split(prefix)
    let home = Terminal.environment("HOME") ?? ""
    var place = folder == "~" || folder.hasPrefix("~/") ? home + folder.dropFirst() : folder
    if !place.hasPrefix("/") { place = place.isEmpty ? self.folder : TextFile.join(self.folder, place) }
    return TextFile.entries(of: place).map { name in
      let isFolder = TextFile.isFolder(TextFile.join(place, name))
      return Completion.Candidate(TextFile.join(folder, name) + (isFolder ? "/" : ""))
    }
  }
}
