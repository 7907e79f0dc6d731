import TLXRuntime
import TLXSource

/// How TLX says what another language says: a table for `tlx explain from-python` and its kin. A test runs the TLX side of
/// each row, in the order of the table and after the prelude, and compares what it shows.
struct Translation: Sendable {
  struct Row: Sendable {
    var there: String
    var here: String
    /// What TLX shows; empty for definitions.
    var shows: String

    init(_ there: String, _ here: String, _ shows: String = "") {
      self.there = there
      self.here = here
      self.shows = shows
    }
  }

  struct Section: Sendable {
    var title: String
    var rows: [Row]
  }

  /// `from-python`
  var name: String
  var title: String
  /// What is unlike what the reader expects, before any table.
  var differences: [String]
  /// Code that the rows build on.
  var prelude: String
  var sections: [Section]

  static let all = [python, julia, matlab]

  func text(width: Int) -> String {
    let width = min(width, 110)
    var lines = [title, ""]
    for difference in differences {
      lines += Page.wrapped("- " + difference, width: width, indent: 0, hang: 2)
    }
    lines += ["", "The rows go on from this:"] + prelude.split(separator: "\n").map { "  " + $0 }
    let rows = sections.flatMap(\.rows)
    let first = min(rows.map { TextWidth.columns($0.there) }.max() ?? 0, width / 2 - 2)
    let second = min(rows.map { TextWidth.columns($0.here) }.max() ?? 0, width / 2)
    for section in sections {
      lines += ["", section.title]
      lines += section.rows.flatMap { Translation.lines($0, first, second, width) }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// Side by side where that fits, else below each other.
  private static func lines(_ row: Row, _ first: Int, _ second: Int, _ width: Int) -> [String] {
    let shown = row.shows.isEmpty ? "" : "#=> " + row.shows
    let isNarrow = TextWidth.columns(row.there) > first || TextWidth.columns(row.here) > second
    guard isNarrow || first + second + 6 + TextWidth.columns(shown) > width else {
      let there = row.there + String(repeating: " ", count: first - TextWidth.columns(row.there))
      let here =
        shown.isEmpty
        ? row.here : row.here + String(repeating: " ", count: second - TextWidth.columns(row.here))
      return ["  " + there + "  " + here + (shown.isEmpty ? "" : "  " + shown)]
    }
    let gap = String(repeating: " ", count: max(first - TextWidth.columns(row.there), 0))
    if !isNarrow, first + second + 4 <= width {
      return ["  " + row.there + gap + "  " + row.here] + (shown.isEmpty ? [] : ["      " + shown])
    }
    return ["  " + row.there, "      " + row.here] + (shown.isEmpty ? [] : ["      " + shown])
  }
}

extension Translation {
  /// As Markdown.
  var page: String {
    func cell(_ text: String) -> String {
      text.isEmpty
        ? ""
        : "`` " + text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
          + " ``"
    }
    var text =
      "# \(title)\n\n<!-- Made by Scripts/regenerate from the tables of tlx explain \(name): change those. -->\n\n"
    text += differences.map { "- \($0)\n" }.joined()
    text += "\nThe tables go on from this:\n\n```\n\(prelude)\n```\n"
    for section in sections {
      text += "\n## \(section.title)\n\n| there | TLX | shows |\n|---|---|---|\n"
      text += section.rows.map { "| \(cell($0.there)) | \(cell($0.here)) | \(cell($0.shows)) |\n" }.joined()
    }
    return text
  }
}
