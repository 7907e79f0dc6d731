/// How many blanks stand between two items on a line.
enum FormatSpacing {
  static func blanks(_ left: FormatItem, _ right: FormatItem) -> Int {
    guard let first = left.token, let second = right.token else { return 2 }
    return isTight(first, left.role, second, right.role) ? 0 : 1
  }

  private static func isTight(
    _ left: TokenKind, _ leftRole: TokenRole, _ right: TokenKind, _ rightRole: TokenRole
  )
    -> Bool
  {
    if right == .comma || right == .semicolon || left == .dot || right == .dot || left == .spread {
      return true
    }
    // `(a,)`
    if left == .comma { return right == .rightParen || right == .rightBracket }
    if left == .semicolon { return false }
    if left == .leftBrace { return leftRole != .block || right == .rightBrace }
    if right == .rightBrace { return rightRole != .block }
    if left == .leftParen || left == .leftBracket || right == .rightParen || right == .rightBracket {
      return true
    }
    if leftRole == .slice || rightRole == .slice { return true }
    if left == .assign && leftRole == .keyword || right == .assign && rightRole == .keyword { return true }
    // `++` is a slip of those who know it from elsewhere, and told as one.
    if leftRole == .unary, left == .plus, right == .plus { return false }
    if leftRole == .unary, left != .notKeyword { return true }
    if right == .colon || left == .caret || right == .caret { return true }
    return (right == .leftParen || right == .leftBracket) && rightRole == .tight
  }
}
