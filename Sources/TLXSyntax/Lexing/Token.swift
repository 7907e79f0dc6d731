/// What a token is. Words that only mean something in one place (`use`, `as`, `new`) are names here.
enum TokenKind: UInt8, Sendable {
  case endOfFile
  /// A whole line `# %% Title [flags]`.
  case cellMarker
  /// Something unreadable that has been reported: the parser gives up on it without another message.
  case invalid

  case name, integer, float

  /// `"`, `"""`, `r"`; its link is the `stringEnd`.
  case stringStart
  /// Text in a string or in a format.
  case stringText
  case stringEnd
  case interpolationStart, interpolationEnd
  /// The `:` in `{x:.3f}`.
  case formatStart

  case letKeyword, varKeyword, fnKeyword, returnKeyword, ifKeyword, elseKeyword, forKeyword, inKeyword
  case whileKeyword, breakKeyword, continueKeyword, assertKeyword, tryKeyword
  case andKeyword, orKeyword, notKeyword, trueKeyword, falseKeyword, nilKeyword

  case leftParen, rightParen, leftBracket, rightBracket, leftBrace, rightBrace
  case comma, semicolon, colon, dot, spread, ellipsis, arrow, pipe
  case assign, plusAssign, minusAssign, starAssign, slashAssign, floorAssign, percentAssign, atAssign
  case caretAssign
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  case plus, minus, star, slash, doubleSlash, percent, at, caret

  var isKeyword: Bool {
    rawValue >= TokenKind.letKeyword.rawValue && rawValue <= TokenKind.nilKeyword.rawValue
  }

  /// Whether it can name a field: `r.in` and `{if: 1}` are unambiguous.
  var isWord: Bool { self == .name || isKeyword }

  var isOpener: Bool { self == .leftParen || self == .leftBracket || self == .leftBrace }

  var isCloser: Bool { self == .rightParen || self == .rightBracket || self == .rightBrace }

  /// Whether the keyword can only begin a statement.
  var beginsStatementOnly: Bool {
    switch self {
    case .letKeyword, .varKeyword, .fnKeyword, .returnKeyword, .whileKeyword, .breakKeyword, .continueKeyword,
      .assertKeyword:
      true
    default: false
    }
  }

  /// Whether an expression can begin with it.
  var beginsExpression: Bool {
    switch self {
    case .name, .integer, .float, .stringStart, .ifKeyword, .tryKeyword, .notKeyword, .trueKeyword,
      .falseKeyword, .nilKeyword, .leftParen, .leftBracket, .leftBrace, .plus, .minus:
      true
    default: false
    }
  }

  /// Whether an expression can end with it.
  var endsExpression: Bool {
    switch self {
    case .name, .integer, .float, .stringEnd, .trueKeyword, .falseKeyword, .nilKeyword, .rightParen,
      .rightBracket, .rightBrace:
      true
    default: false
    }
  }
}

/// How the parser read a token that the formatter cannot judge by itself.
enum TokenRole: UInt8, Sendable {
  case none
  /// A sign, not an operator between two values.
  case unary
  case block, record
  /// The `:` of a slice, the `=` of a keyword argument or default, the `[` of a call's type or an index.
  case slice, keyword, tight
  /// A number that does not read as one, reported by the lexer.
  case broken
  /// A string in single quotes, reported by the lexer.
  case singleQuoted
}

/// 16 bytes: what, where, and for brackets and strings the index of the partner.
struct Token: Sendable {
  struct Flags: OptionSet, Sendable {
    var rawValue: UInt8
    static let newlineBefore = Flags(rawValue: 1)
    static let spaceBefore = Flags(rawValue: 2)
    /// The parser began a statement with it.
    static let statementStart = Flags(rawValue: 4)
  }

  var kind: TokenKind
  var flags: Flags
  var role: TokenRole
  var start: Int32
  var end: Int32
  /// The matching bracket, brace or quote; -1 where there is none.
  var link: Int32

  var newlineBefore: Bool { flags.contains(.newlineBefore) }
  var spaceBefore: Bool { flags.contains(.spaceBefore) }
  var count: Int { Int(end - start) }
  var startsStatement: Bool { flags.contains(.statementStart) }
}

/// A comment as the lexer found it, before its text is copied out.
struct LexedComment: Sendable {
  enum Kind: UInt8, Sendable { case plain, documentation, expectation, hint, shebang }

  var kind: Kind
  var isWholeLine: Bool
  var start: Int32
  var end: Int32
}
