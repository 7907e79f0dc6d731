/// What completion may offer: the session's names, the built-ins, files.
protocol CompletionSource {
  /// Names that an expression may start with.
  var names: [Completion.Candidate] { get }
  /// Those to offer for an argument before anything of it is typed; nil for all, which would bury the keywords in a list.
  var ownNames: [Completion.Candidate]? { get }
  /// Fields of the value that the path leads to, nothing evaluated.
  func fields(of path: [String]) -> [Completion.Candidate]
  func signature(of callee: String) -> Signature?
  /// The summary of a callee's parameter.
  func summary(of parameter: String, in callee: String) -> String
  /// What a string at this place may be: data sets, choices. Nil where files are meant.
  func strings(at site: CursorContext.CallSite?) -> [Completion.Candidate]?
  func files(startingWith prefix: String) -> [Completion.Candidate]
  var commands: [Completion.Candidate] { get }
  /// Where relative paths start; empty for the current folder.
  var folder: String { get }
}

extension CompletionSource {
  var ownNames: [Completion.Candidate]? { nil }

  func completion(of text: String, at cursor: Int) -> Completion {
    switch CursorContext.at(cursor, in: text) {
    case .nothing: return .none
    case .command(let prefix): return Completion(prefix: prefix, candidates: commands)
    case .commandArgument("?", let prefix), .commandArgument("help", let prefix):
      return Completion(prefix: prefix, candidates: names.map { Completion.Candidate($0.text, $0.summary) })
    case .commandArgument(_, let prefix):
      return Completion(prefix: prefix, candidates: files(startingWith: prefix))
    case .field(let path, let prefix): return Completion(prefix: prefix, candidates: fields(of: path))
    case .string(let prefix, let site):
      if let offered = strings(at: site) { return Completion(prefix: prefix, candidates: offered) }
      return Completion(prefix: prefix, candidates: files(startingWith: prefix))
    case .name(let prefix, let site):
      let few = prefix.isEmpty && site != nil ? keywords(at: site) + (ownNames ?? names) : []
      return Completion(prefix: prefix, candidates: few.isEmpty ? keywords(at: site) + names : few)
    }
  }

  /// The keyword arguments that the call at the cursor still takes.
  private func keywords(at site: CursorContext.CallSite?) -> [Completion.Candidate] {
    guard let site, site.keyword == nil, let signature = signature(of: site.callee) else { return [] }
    return signature.parameters.compactMap { parameter in
      guard parameter.isOption || parameter.text.contains("="), !site.keywords.contains(parameter.name) else {
        return nil
      }
      let summary = summary(of: parameter.name, in: site.callee)
      let value = parameter.text.split(separator: "=", maxSplits: 1).dropFirst().first.map { "= " + $0 } ?? ""
      return Completion.Candidate(
        parameter.name + "=", [value, summary].filter { !$0.isEmpty }.joined(separator: "  "))
    }
  }

  /// What the signature of the call at the end of the text still asks for.
  func hint(for text: String, _ scanner: inout LiveScanner) -> String? {
    guard !text.hasPrefix(":"), !text.hasPrefix("?"), !text.hasPrefix("!") else { return nil }
    let (context, call) = scanner.end(of: text)
    // Within a string the rest of the call would read as a part of it.
    if case .string = context { return nil }
    if let call {
      guard let hint = signature(of: call.callee)?.remainder(at: call) else { return nil }
      return hint == ")" ? nil : hint
    }
    // A function's name without its bracket.
    guard case .name(let prefix, _) = context, prefix.utf8.count > 1, let signature = signature(of: prefix)
    else { return nil }
    let isPiped = CursorContext.isPiped(text, word: prefix)
    return "(" + signature.remainder(at: CursorContext.CallSite(callee: prefix, isPiped: isPiped))
  }
}
