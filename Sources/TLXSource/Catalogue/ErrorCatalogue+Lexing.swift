extension ErrorCatalogue {
  static let lexing: [ErrorPage] = [
    ErrorPage(
      "E0101", #"Unexpected character"#,
      #"The text holds a character that is not part of the language: a stray `$` or backtick, a "#
        + #"control character, bytes that are not UTF-8, or a look-alike from a paper or word processor "#
        + #"(`×`, `−`, `≤`, typographic quotes). The help line gives the spelling in ASCII where there is "#
        + #"one. Letters of any alphabet may stand in names."#,
      example: #"3 × 4"#),
    ErrorPage(
      "E0102", #"String not closed"#,
      #"A string in plain quotes must end on its line; text over several lines stands in triple quotes "#
        + #"`"""`, which must be closed before the text ends."#,
      example: #""never closed"#),
    ErrorPage(
      "E0103", #"Not a number"#,
      #"A number begins with a digit and does not end in a point or an underscore; letters cannot "#
        + #"follow it directly. Write `0.5` for `.5`, `1.0` for `1.`, and `2 * x` for `2x`. There are no "#
        + #"complex numbers."#,
      example: #"2x"#),
    ErrorPage(
      "E0104", #"Number out of range"#,
      #"Integers have 64 bits, from -9223372036854775808 to 9223372036854775807, and floats reach "#
        + #"about 1.8e308. A larger number must be written as a float, or cannot be represented."#,
      example: #"99999999999999999999"#),
    ErrorPage(
      "E0105", #"Unknown escape"#,
      #"After a backslash in a string only `n t r 0 e \ " ' { }`, `x` with two hexadecimal digits, and "#
        + #"`u{…}` or `u` with four are known. Write `\\` for a backslash, or `r"…"` for text that is "#
        + #"taken as it stands."#,
      example: #""\q""#),
    ErrorPage(
      "E0106", #"Braces in a string"#,
      #"Every string interpolates: `{` starts an expression and `}` ends it. An empty pair, a `{` that "#
        + #"is not closed on its line, and a lone `}` are errors. Write `{{` and `}}` for braces, or "#
        + #"`r"…"` for text that is taken as it stands."#,
      example: #""a { b""#),
  ]
}
