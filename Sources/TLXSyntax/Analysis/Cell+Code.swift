import TLXSource

extension Cell {
  /// The cell's code as far as it decides values and output: its statements without the comments in them, and whether
  /// each is hidden. Two cells of the same code do the same; titles, prose, expectations and blank lines are left out.
  /// `##` lines belong to the code, since `help` shows them. Cost: linear in the cell.
  public func code(in tree: SyntaxTree) -> String {
    let comments = tree.comments.filter { $0.span.start >= span.start && $0.span.end <= span.end }
    var result = ""
    for statement in statements {
      var position = statement.span.start
      for comment in comments where comment.span.start >= position && comment.span.end <= statement.span.end {
        if comment.text.hasPrefix("##") { continue }
        result += tree.source.text(in: Span(position, comment.span.start))
        position = comment.span.end
      }
      result += tree.source.text(in: Span(position, statement.span.end))
      result += statement.isHidden ? ";\n" : "\n"
    }
    // Documentation stands above its function, outside of every statement.
    for comment in comments where comment.text.hasPrefix("##") { result += comment.text + "\n" }
    return result
  }
}
