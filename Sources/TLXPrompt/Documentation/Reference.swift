import TLXBuiltins
import TLXRuntime
import TLXSource

/// `tlx doc`: the reference as Markdown, a page for each family of built-ins, for the errors and for those who come from
/// other languages, and the syntax files of editors.
enum Reference {
  static func write(to folder: String, check: Bool) throws -> ExitStatus {
    var stale: [String] = []
    for (path, text) in pages {
      let place = TextFile.join(folder, path)
      if (try? TextFile.read(place)) == text { continue }
      stale.append(place)
      if check { continue }
      TextFile.makeFolder(TextFile.split(place).folder)
      try TextFile.replace(place, with: text)
    }
    if !stale.isEmpty {
      Terminal.write(stale.map { (check ? "out of date: " : "wrote ") + $0 + "\n" }.joined())
    }
    return check && !stale.isEmpty ? .failedTest : .success
  }

  /// Path and text of each page.
  static var pages: [(path: String, text: String)] {
    let families = BuiltinTable.standard.families
    return [("Reference/README.md", contents(families))]
      + families.map { ("Reference/\($0.name).md", page($0.name, $0.builtins)) } + [("Errors.md", errors)]
      + Translation.all.map { ("Languages/\($0.name).md", $0.page) } + EditorFiles.pages
  }

  private static let notice =
    "<!-- Made by Scripts/regenerate from the table of built-ins: change that. -->\n\n"

  private static func contents(_ families: [(name: String, builtins: [Builtin])]) -> String {
    var text = "# Reference\n\n" + notice
    for family in families {
      let names = family.builtins.map { "[\($0.name)](\(family.name).md#\(anchor($0.name)))" }
      text += "**[\(family.name)](\(family.name).md)**: " + names.joined(separator: ", ") + "\n\n"
    }
    let constants = BuiltinTable.standard.constants
    if !constants.isEmpty {
      text +=
        "**constants**: " + constants.map { "`\($0.name)` \($0.summary)" }.joined(separator: ", ") + "\n\n"
    }
    return text + "What errors mean is in [Errors](../Errors.md).\n"
  }

  private static func anchor(_ name: String) -> String { name.lowercased() }

  private static func page(_ name: String, _ builtins: [Builtin]) -> String {
    "# \(name)\n\n" + notice + builtins.map(section).joined(separator: "\n")
  }

  private static func section(_ builtin: Builtin) -> String {
    var text =
      "## \(builtin.name)\n\n```\n\(builtin.typedSignature)\n```\n\n\(capitalized(builtin.summary)).\n"
    if !builtin.parameters.isEmpty {
      text += "\n| argument | kind | default | |\n|---|---|---|---|\n"
      for parameter in builtin.parameters {
        let value = parameter.defaultText.map { "`\($0)`" } ?? ""
        let choices = parameter.choices.map { "`\"\($0)\"`" }.joined(separator: ", ")
        let summary = [parameter.summary, choices].filter { !$0.isEmpty }.joined(separator: ": ")
        text +=
          "| `\(parameter.name)` | `\(escaped(parameter.type))` | \(escaped(value)) | \(escaped(summary)) |\n"
      }
    }
    if !builtin.details.isEmpty { text += "\n\(builtin.details)\n" }
    if !builtin.errors.isEmpty { text += "\nErrors:\n" + builtin.errors.map { "- \($0)\n" }.joined() }
    for example in builtin.examples {
      text += "\n```\n\(example.code)\n"
      text += example.output.split(separator: "\n", omittingEmptySubsequences: false).map { "#=> \($0)\n" }
        .joined()
      text += "```\n"
    }
    if let source = builtin.source { text += "\nSource: \(source)\n" }
    return text
  }

  /// A bar would end the cell of a table.
  private static func escaped(_ text: String) -> String {
    text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }

  private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

  private static var errors: String {
    var text = "# Errors\n\n<!-- Made by Scripts/regenerate from the error catalogue: change that. -->\n"
    for group in ErrorCatalogue.groups {
      text += "\n## \(group.prefix): \(group.title)\n"
      for page in ErrorCatalogue.pages where page.group == group.prefix {
        text += "\n### \(page.code): \(page.title)\n\n\(page.explanation)\n"
        if !page.example.isEmpty { text += "\n```\n\(page.example)\n```\n" }
      }
    }
    return text
  }
}
