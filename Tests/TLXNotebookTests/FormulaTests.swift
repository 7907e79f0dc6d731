import Foundation
import Testing

@testable import TLXNotebook

@Suite struct FormulaTests {
  private func math(_ text: String) -> String {
    var parser = FormulaParser(text)
    return parser.formula()
  }

  @Test(arguments: [
    ("x", "<mi>x</mi>"),
    ("3.14", "<mn>3.14</mn>"),
    ("x^2", "<msup><mrow><mi>x</mi></mrow><mrow><mn>2</mn></mrow></msup>"),
    ("a_{ij}", "<msub><mrow><mi>a</mi></mrow><mrow><mrow><mi>i</mi><mi>j</mi></mrow></mrow></msub>"),
    (
      "\\frac{1}{2}",
      "<mfrac><mrow><mrow><mn>1</mn></mrow></mrow><mrow><mrow><mn>2</mn></mrow></mrow></mfrac>"
    ),
    ("\\frac12", "<mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac>"),
    ("\\alpha \\le \\beta", "<mi>α</mi><mo>≤</mo><mi>β</mi>"),
    ("\\mathbb{R}", "<mi>ℝ</mi>"),
    ("\\mathbf{w}", "<mi>𝐰</mi>"),
    ("\\sqrt[3]{x}", "<mroot><mrow><mrow><mi>x</mi></mrow></mrow><mrow><mn>3</mn></mrow></mroot>"),
    ("f'", "<msup><mrow><mi>f</mi></mrow><mrow><mo>′</mo></mrow></msup>"),
    ("\\unknown", "<mtext class=\"unknown\">\\unknown</mtext>"),
    ("<", "<mo>&lt;</mo>"),
  ])
  func translates(_ formula: String, _ expected: String) {
    #expect(math(formula) == expected)
  }

  @Test func sumsStandOverAndUnder() {
    #expect(math("\\sum_{i}^{n} i").hasPrefix("<munderover><mrow><mo>∑</mo></mrow>"))
    #expect(math("\\int_0^1").hasPrefix("<msubsup>"))
  }

  @Test func fencesAndTables() {
    #expect(math("\\left( x \\right)").contains("<mo fence=\"true\" form=\"postfix\">)</mo>"))
    let matrix = math("\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}")
    #expect(matrix.components(separatedBy: "<mtr>").count == 3)
    #expect(matrix.components(separatedBy: "<mtd>").count == 5)
  }

  /// Nothing that a file holds may crash the reader or close an element.
  @Test(arguments: [
    "{", "}", "}}{{", "\\", "^", "_", "^^", "a^", "\\frac", "\\frac{", "\\left", "\\left(", "\\right)",
    "\\begin{pmatrix}",
    "\\begin{", "\\end{x}", "&", "\\\\", "\\sqrt[", "\\mathbb", "'", "''''", "\\left\\left\\left",
    "</math><script>", String(repeating: "{", count: 500), String(repeating: "\\frac", count: 300),
    "\\text{</mtext>}",
  ])
  func survives(_ formula: String) {
    let html = MathML.html(formula, isDisplayed: false)
    #expect(!html.contains("<script"))
    #expect(html.hasSuffix("</math>"))
  }

  @Test func findsFormulasAndLeavesPrices() {
    let (text, formulas) = FormulaSearch.separated("costs $5 and $6; `$x$`; $a_1$ and $$b$$, \\$c$")
    #expect(formulas.map(\.text) == ["a_1", "b"])
    #expect(formulas.map(\.isDisplayed) == [false, true])
    #expect(text.contains("$5 and $6") && text.contains("`$x$`"))
  }

  @Test func proseIsSafe() {
    let markdown = Markdown(image: { _ in nil })
    let html = markdown.html(
      "# Head\n\n**b** <script>x</script> [l](javascript:x) ![i](http://e.org/x.png)\n\n| a |\n|---|\n| 1 |\n\n```tlx\nlet x = 1\n```\n"
    )
    #expect(html.contains("<h3>Head</h3>"))
    #expect(!html.contains("<script"))
    #expect(!html.contains("javascript:"))
    #expect(!html.contains("<img"))
    #expect(html.contains("<td>1</td>"))
    #expect(html.contains("<span class=\"k\">let</span>"))
  }
}
