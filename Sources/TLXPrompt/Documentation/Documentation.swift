import TLXBuiltins
import TLXRuntime
import TLXSource

/// `tlx help` and `tlx explain`, from the tables of built-ins and errors.
enum Documentation {
  static func explain(_ code: String?) -> ExitStatus {
    guard let code else { return write(listOfErrors()) }
    if let table = Translation.all.first(where: { $0.name == code.lowercased() }) {
      return write(table.text(width: Terminal.size().columns))
    }
    guard let page = ErrorCatalogue[code: code.uppercased()] else {
      let nearest = Spelling.nearest(to: code.uppercased(), in: explained.map { $0.uppercased() })
      ErrorReport.write([
        Diagnostic(
          "E0323", "there is no error code \(code)",
          help: nearest.map { "did you mean \($0.hasPrefix("FROM") ? $0.lowercased() : $0)?" }
            ?? (code.hasPrefix("from-")
              ? "there are \(Translation.all.map(\.name).joined(separator: ", "))"
              : "tlx explain lists all codes"))
      ])
      return .usage
    }
    return write(HelpPage.text(for: page, width: Terminal.size().columns))
  }

  /// What `explain` knows, for completion.
  static var explained: [String] { ErrorCatalogue.pages.map(\.code) + Translation.all.map(\.name) }

  /// What `help` knows, for completion.
  static var helped: [String] {
    let table = BuiltinTable.standard
    return table.builtins.map(\.name) + table.constants.map(\.name) + table.families.map(\.name)
  }

  static func help(_ name: String?) -> ExitStatus {
    let width = Terminal.size().columns
    guard let name else { return write(BuiltinTable.standard.map(width: width)) }
    do {
      return write(try page(for: name, width: width))
    } catch {
      _ = Failures.report(error)
      return .usage
    }
  }

  private static func write(_ text: String) -> ExitStatus {
    Terminal.write(text)
    return .success
  }

  /// The page of a prompt command, or of what `HelpPage` knows.
  static func page(for name: String, width: Int, others: [String] = []) throws -> String {
    if name.hasPrefix(":"),
      let command = PromptCommand.all.first(where: { $0.names.contains(String(name.dropFirst())) })
    {
      return command.usage + "\n  " + command.summary + "\n"
    }
    return try HelpPage.text(for: name, in: .standard, width: width, others: others)
  }

  private static func listOfErrors() -> String {
    ErrorCatalogue.groups.map { group in
      let pages = ErrorCatalogue.pages.filter { $0.group == group.prefix }
      return group.title + "\n" + pages.map { "  \($0.code)  \($0.title)\n" }.joined()
    }.joined(separator: "\n") + "\nFor those who come from elsewhere\n"
      + Translation.all.map { "  \($0.name)  \($0.title)\n" }.joined()
  }
}
