import TLXSource
import TLXSyntax
import Testing

/// The pages of `tlx explain` about reading a program show programs that really have the error.
@Suite struct CatalogueTests {
  @Test(
    arguments: ErrorCatalogue.pages.filter { ($0.group == "E01" || $0.group == "E02") && !$0.example.isEmpty }
      .map(\.code))
  func exampleHasTheError(_ code: String) {
    let tree = parse(SourceText(name: "example.tlx", text: ErrorCatalogue[code: code]?.example ?? ""))
    #expect(tree.diagnostics.map(\.code).contains(code))
  }

  @Test func everyCodeOfTheGoldensHasAPage() {
    for item in GoldenCase.all("") {
      let tree = parse(SourceText(name: "f.tlx", text: item.input))
      for diagnostic in tree.diagnostics { #expect(ErrorCatalogue[code: diagnostic.code] != nil) }
    }
  }

  @Test(arguments: [
    ("acuracy", "accuracy"), ("crossentropy", "cross_entropy"), ("soft_max", "softmax"), ("Mean", "mean"),
    ("maen", "mean"), ("retrain", "retrain_head"), ("xs", nil), ("q", nil), ("zzzzzz", nil), ("", nil),
  ])
  func suggestions(_ name: String, _ expected: String?) {
    let known = [
      "accuracy", "cross_entropy", "softmax", "mean", "median", "min", "x", "retrain_head", "log",
      "log_softmax",
    ]
    #expect(Spelling.nearest(to: name, in: known) == expected)
  }
}
