/// The words and signs of the language, for editors and completion. A test compares them with the lexer's.
public enum Vocabulary {
  public static let keywords = [
    "and", "assert", "break", "continue", "else", "fn", "for", "if", "in", "let", "not", "or", "return",
    "try",
    "var", "while",
  ]
  /// Words that only mean something in one place.
  public static let contextual = ["as", "new", "use"]
  public static let literals = ["false", "nil", "true"]
  /// What annotations may name.
  public static let types = [
    "bool", "f32", "f64", "float", "fn", "i64", "int", "list", "record", "string", "table",
  ]
  /// The longest first, as a scanner has to try them.
  public static let operators = [
    "...", "->", "|>", "==", "!=", "<=", ">=", "+=", "-=", "*=", "//=", "/=", "%=", "@=", "^=", "**", "//",
    "..",
    "+", "-", "*", "/", "%", "@", "^", "<", ">", "=",
  ]
}
