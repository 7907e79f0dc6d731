/// One error code with what `tlx explain` says about it.
public struct ErrorPage: Sendable {
  public var code: String
  public var title: String
  /// Markdown, one paragraph or several.
  public var explanation: String
  /// A program that raises it.
  public var example: String

  public init(_ code: String, _ title: String, _ explanation: String, example: String) {
    self.code = code
    self.title = title
    self.explanation = explanation
    self.example = example
  }

  /// `E04`
  public var group: String { String(code.prefix(3)) }
}

/// All error codes.
public enum ErrorCatalogue {
  public static let pages: [ErrorPage] =
    lexing + parsing + names + types + numeric + data + limits

  public static subscript(code code: String) -> ErrorPage? { pages.first { $0.code == code } }

  /// A failed `assert`.
  public static let assertion = "E0705"
  /// An update that `gate` refuses.
  public static let gate = "E0708"
  /// An environment variable that cannot be read.
  public static let setting = "E0710"
  /// A shown value that is not what its `#=>` says.
  public static let expectation = "E0709"

  /// What the groups stand for.
  public static let groups: [(prefix: String, title: String)] = [
    ("E01", "Reading characters"), ("E02", "Reading statements"), ("E03", "Names"),
    ("E04", "Types and shapes"), ("E05", "Numbers"), ("E06", "Data and files"),
    ("E07", "Limits and interrupts"),
  ]
}
