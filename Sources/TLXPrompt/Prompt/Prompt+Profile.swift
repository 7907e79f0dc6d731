import TLXRuntime
import TLXSource

/// `:prof`: where the time goes.
extension Prompt {
  func profile(_ code: String) throws {
    guard !code.isEmpty else { throw PromptCommand.missing("an expression", ":prof train(100)") }
    var ok = false
    let lines = session.profiled { ok = evaluate(code) }
    let total = lines.reduce(0) { $0 + $1.seconds }
    let shown = lines.prefix { $0.seconds >= total * 0.01 }.prefix(12)
    output.write("\(Duration.text(total)) in all\n")
    let rows = shown.map { line in
      [
        "\(Int((line.seconds / max(total, 1e-12) * 100).rounded())) %", Duration.text(line.seconds),
        "\(line.visits)×", Prompt.place(line),
      ]
    }
    let widths = (0..<3).map { column in rows.map { TextWidth.columns($0[column]) }.max() ?? 0 }
    for (row, line) in zip(rows, shown) {
      let cells = (0..<3).map {
        String(repeating: " ", count: widths[$0] - TextWidth.columns(row[$0])) + row[$0]
      }
      let range = line.source.byteRange(ofLine: line.line) ?? 0..<0
      let code = line.source.text(in: Span(range.lowerBound, range.upperBound)).drop { $0 == " " }
      output.write(
        TextWidth.cut("  " + cells.joined(separator: "  ") + "  " + row[3] + "  " + code, to: output.width)
          + "\n")
    }
    guard ok else { throw PromptCommandFailed() }
  }

  /// `rms, lib.tlx:3`
  private static func place(_ line: ProfileLine) -> String {
    (line.function.isEmpty ? "" : line.function + ", ") + "\(line.source.name):\(line.line + 1)"
  }
}
