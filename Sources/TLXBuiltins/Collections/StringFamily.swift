import TLXRuntime

/// Functions of strings.
enum StringFamily {
  static let all: [Builtin] = [
    text("trim", "takes blanks off both ends", "trim(\"  a \")", "\"a\"") { trimmed($0) },
    text("upper", "writes in capitals", "upper(\"abc\")", "\"ABC\"") { $0.uppercased() },
    text("lower", "writes in small letters", "lower(\"ABC\")", "\"abc\"") { $0.lowercased() },
    Builtin(
      "replace", family: "lists",
      [
        .positional("s", "string", "a text"), .positional("old", "string", "what to replace"),
        .positional("new", "string", "what to put there"),
      ],
      result: "string", summary: "replaces every occurrence of a part of a string",
      errors: ["E0405: the part is empty"],
      examples: [Builtin.Example("replace(\"a-b-c\", \"-\", \"\")", "\"abc\"")],
      body: { arguments in
        let old = try arguments.string("old")
        guard !old.isEmpty else {
          throw arguments.failure("old", "E0405", "the part to replace cannot be empty")
        }
        return .string(
          try pieces(of: arguments.string("s"), at: old).joined(separator: arguments.string("new")))
      }),
    test("starts_with", "tells whether a string begins with another", "starts_with(\"teapot\", \"tea\")") {
      Array($0.utf8).starts(with: Array($1.utf8))
    },
    test("ends_with", "tells whether a string ends with another", "ends_with(\"teapot\", \"pot\")") {
      Array($0.utf8.reversed()).starts(with: Array($1.utf8.reversed()))
    },
  ]

  /// `split` of a string: its words, or what stands between separators `at`.
  static func parts(of text: String, _ arguments: Arguments) throws -> [String] {
    guard let separator = try arguments.optionalString("at") else {
      return text.split(whereSeparator: \.isWhitespace).map(String.init)
    }
    guard !separator.isEmpty else {
      throw arguments.failure(
        "at", "E0405", "the separator cannot be empty", help: "list(s) gives the characters")
    }
    return pieces(of: text, at: separator)
  }

  static func pieces(of text: String, at separator: String) -> [String] {
    let bytes = Array(text.utf8)
    let part = Array(separator.utf8)
    var pieces: [String] = []
    var start = 0
    while let place = Text.firstRange(of: part, in: bytes, from: start) {
      pieces.append(String(decoding: bytes[start..<place], as: UTF8.self))
      start = place + part.count
    }
    pieces.append(String(decoding: bytes[start...], as: UTF8.self))
    return pieces
  }

  /// The place of a part, in characters.
  static func place(of part: String, in text: String) -> Int? {
    let bytes = Array(text.utf8)
    if part.isEmpty { return 0 }
    return Text.firstRange(of: Array(part.utf8), in: bytes, from: 0)
      .map { String(decoding: bytes[..<$0], as: UTF8.self).count }
  }

  private static func trimmed(_ text: String) -> String {
    var part = text[...]
    while let first = part.first, first.isWhitespace { part = part.dropFirst() }
    while let last = part.last, last.isWhitespace { part = part.dropLast() }
    return String(part)
  }

  private static func text(
    _ name: String, _ summary: String, _ code: String, _ output: String,
    _ body: @escaping @Sendable (String) -> String
  ) -> Builtin {
    Builtin(
      name, family: "lists", [.positional("s", "string", "a text")], result: "string", summary: summary,
      examples: [Builtin.Example(code, output)], body: { .string(body(try $0.string("s"))) })
  }

  private static func test(
    _ name: String, _ summary: String, _ code: String, _ body: @escaping @Sendable (String, String) -> Bool
  ) -> Builtin {
    Builtin(
      name, family: "lists",
      [.positional("s", "string", "a text"), .positional("part", "string", "the other")],
      result: "bool", summary: summary, examples: [Builtin.Example(code, "true")],
      body: { .bool(body(try $0.string("s"), try $0.string("part"))) })
  }
}
