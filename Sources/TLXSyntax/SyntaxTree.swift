import TLXSource

/// A parsed file or prompt input.
public struct SyntaxTree: Sendable {
  public var source: SourceText
  /// At least one; code before the first `# %%` marker is an untitled cell.
  public var cells: [Cell]
  /// All comments in order, for the formatter.
  public var comments: [Comment]
  public var diagnostics: [Diagnostic]
  /// Whether the text ends inside something (an open bracket, string, block or operator): the prompt then
  /// asks for another line instead of reporting an error.
  public var isIncomplete: Bool
  /// What the text was cut into, as the parser read it: what the formatter works on.
  var lexed = LexedText()

  public init(
    source: SourceText, cells: [Cell], comments: [Comment], diagnostics: [Diagnostic], isIncomplete: Bool
  ) {
    self.source = source
    self.cells = cells
    self.comments = comments
    self.diagnostics = diagnostics
    self.isIncomplete = isIncomplete
  }
}

/// The tokens of a text, with their roles, and the comments between them.
struct LexedText: Sendable {
  var tokens: [Token] = []
  var comments: [LexedComment] = []
}

/// A stretch of a file between two `# %%` markers.
public struct Cell: Sendable {
  public enum Flag: String, Sendable, CaseIterable { case cache, manual, hide, exercise }

  public var title: String?
  public var flags: Set<Flag>
  /// The comment lines directly below the marker, without `# `: Markdown.
  public var prose: String
  public var hints: [String]
  public var statements: [Statement]
  public var span: Span
  public var markerSpan: Span?

  public init(
    title: String?, flags: Set<Flag>, prose: String, hints: [String], statements: [Statement], span: Span,
    markerSpan: Span?
  ) {
    self.title = title
    self.flags = flags
    self.prose = prose
    self.hints = hints
    self.statements = statements
    self.span = span
    self.markerSpan = markerSpan
  }
}

public struct Comment: Sendable {
  /// Without the newline, with its `#`.
  public var text: String
  public var span: Span
  /// Whether nothing but blanks stands before it on its line.
  public var isWholeLine: Bool

  public init(text: String, span: Span, isWholeLine: Bool) {
    self.text = text
    self.span = span
    self.isWholeLine = isWholeLine
  }
}
