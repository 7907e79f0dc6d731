import TLXRuntime
import TLXSource

/// Explaining what there is.
let helpFamily: [Builtin] = [helpBuiltin, docBuiltin]

private let helpBuiltin = Builtin(
  "help", family: "show",
  [.positional("what", "fn | string", "a function, a built-in's name or an error code", default: "nil")],
  result: "nil", summary: "prints what a function does",
  details: """
    For your own functions it prints the signature and the `##` lines above the `fn`. Without an argument it lists all \
    built-ins by family. At the prompt `?name` does the same.
    """,
  errors: ["E0323 nothing is known under that name"],
  body: { arguments in
    let width = arguments.context.output.width
    guard let what = arguments.optional("what") else {
      arguments.context.output.write(arguments.context.builtins.map(width: width))
      return .null
    }
    arguments.context.output.write(try helpText(on: what, arguments, width: width))
    return .null
  })

private let docBuiltin = Builtin(
  "doc", family: "show",
  [.positional("what", "fn | string", "a function, a built-in's name or an error code")],
  result: "string", summary: "gives what help prints as a string",
  errors: ["E0323 nothing is known under that name"],
  examples: [Builtin.Example("len(doc(sum)) > 100", "true")],
  body: { arguments in .string(try helpText(on: arguments.value("what"), arguments, width: 80)) })

private func helpText(on what: Value, _ arguments: Arguments, width: Int) throws -> String {
  let table = arguments.context.builtins
  switch what {
  case .string(let name): return try HelpPage.text(for: name, in: table, width: width)
  case .function(let function):
    if let builtin = table[function.name] { return builtin.page(width: width) }
    return HelpPage.text(for: function)
  default: throw arguments.failure("what", mustBe: "a function or a name")
  }
}

/// Pages of help by name, for `help`, `?name` and `tlx help`.
public enum HelpPage {
  /// A user's function: its signature and the `##` lines above it.
  public static func text(for function: Function) -> String {
    let lines = (function.documentation ?? "").split(separator: "\n").map { "  " + $0 + "\n" }
    return function.signature + "\n" + lines.joined()
  }

  /// The page of a built-in, a constant, a family or an error code; E0323 with the nearest name if there is none.
  /// `others` are further names that may have been meant.
  public static func text(
    for name: String, in table: BuiltinTable, width: Int, others: [String] = []
  ) throws -> String {
    if let builtin = table[name] { return builtin.page(width: width) }
    if let constant = table.constants.first(where: { $0.name == name }) {
      return "\(name) = \(constant.value)\n  \(constant.summary)\n"
    }
    if let page = ErrorCatalogue[code: name.uppercased()] { return text(for: page, width: width) }
    if let family = table.families.first(where: { $0.name == name }) {
      return list(family.builtins, width: width)
    }
    if let found = search(for: name, in: table, width: width) { return found }
    let known =
      table.builtins.map(\.name) + table.constants.map(\.name) + table.families.map(\.name)
      + ErrorCatalogue.pages.map(\.code) + others
    let nearest = Spelling.nearest(to: name, in: known)
    // `transferability` finds what is said of transfer.
    if nearest == nil {
      for length in stride(from: name.count - 1, through: max(5, name.count / 2), by: -1) {
        if let found = search(for: String(name.prefix(length)), in: table, width: width) { return found }
      }
    }
    throw Failure("E0323", "there is no help on \(name)", help: nearest.map { "did you mean \($0)?" })
  }

  /// The built-ins and errors that have a word in their text, those first that have it in their name; nil without any.
  public static func search(for word: String, in table: BuiltinTable, width: Int) -> String? {
    let wanted = word.lowercased()
    guard wanted.count > 2 else { return nil }
    func rank(_ builtin: Builtin) -> Int? {
      if builtin.name.lowercased().contains(wanted) { return 0 }
      if builtin.summary.lowercased().contains(wanted) || builtin.family == wanted { return 1 }
      let rest =
        builtin.details + " " + (builtin.source ?? "") + builtin.parameters.map { " " + $0.summary }.joined()
      return rest.lowercased().contains(wanted) ? 2 : nil
    }
    let ranked = table.builtins.compactMap { builtin in rank(builtin).map { (rank: $0, builtin: builtin) } }
    let builtins = (0...2).flatMap { rank in ranked.filter { $0.rank == rank }.map(\.builtin) }
    let errors = ErrorCatalogue.pages.filter { $0.title.lowercased().contains(wanted) }
    guard !builtins.isEmpty || !errors.isEmpty else { return nil }
    let column = (builtins.map(\.name.count) + errors.map(\.code.count)).max().map { $0 + 2 } ?? 0
    let rows = builtins.map { ($0.name, $0.brief) } + errors.map { ($0.code, $0.title) }
    return "\(word) is in the help on\n"
      + rows.map { name, summary in
        let gap = String(repeating: " ", count: column - name.count)
        return TextWidth.cut("  " + name + gap + summary, to: width) + "\n"
      }.joined()
  }

  /// What an error means, with a program that raises it.
  public static func text(for page: ErrorPage, width: Int) -> String {
    var lines = ["\(page.code): \(page.title)", ""]
    for paragraph in page.explanation.split(separator: "\n", omittingEmptySubsequences: false) {
      lines += Page.wrapped(String(paragraph), width: min(width, 100), indent: 0)
    }
    if !page.example.isEmpty {
      lines += ["", "For example:", ""]
      lines += page.example.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func list(_ builtins: [Builtin], width: Int) -> String {
    let column = (builtins.map(\.name.count).max() ?? 0) + 2
    return builtins.map { builtin in
      let gap = String(repeating: " ", count: column - builtin.name.count)
      return TextWidth.cut(builtin.name + gap + builtin.brief, to: width) + "\n"
    }.joined()
  }
}
