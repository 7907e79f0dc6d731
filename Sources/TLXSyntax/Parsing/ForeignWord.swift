/// Words that begin or join things in other languages.
public struct ForeignWord: Sendable {
  public var message: String
  /// The spelling here; `◌` stands for what followed the word.
  public var help: String

  init(_ message: String, _ help: String) {
    self.message = message
    self.help = help
  }

  static let definitions: Set<String> = ["def", "function", "func", "fun", "proc", "defn"]

  /// Words before something: `import numpy`, `print x`.
  public static let leading: [String: ForeignWord] = [
    "import": imports, "from": imports, "using": imports, "require": imports, "library": imports,
    "include": imports,
    "print": ForeignWord("`print` is a function", "write print(◌)"),
    "println": ForeignWord("`print` is a function", "write print(◌)"),
    "echo": ForeignWord("`print` is a function", "write print(◌)"),
    "disp": ForeignWord("`print` is a function", "write print(◌)"),
    "const": bindings, "val": bindings, "local": bindings, "global": bindings, "auto": bindings,
    "int": bindings, "float": bindings, "double": bindings, "string": bindings,
    "mut": ForeignWord("names that change are made with `var`", "write var ◌"),
    "class": types, "struct": types, "type": types, "enum": types, "data": types,
    "raise": ForeignWord("errors are raised with `error`", "write error(\"what went wrong\")"),
    "throw": ForeignWord("errors are raised with `error`", "write error(\"what went wrong\")"),
    "elif": ForeignWord("`elif` is written `else if`", "write else if ◌"),
    "elseif": ForeignWord("`elseif` is written `else if`", "write else if c { … }"),
    "unless": ForeignWord("there is no `unless`", "write if not ◌"),
    "until": ForeignWord("there is no `until`", "write while not ◌"),
    "foreach": ForeignWord("there is no `foreach`", "write for x in xs { … }"),
    "switch": ForeignWord("there is no `switch`", "write if c { … } else if d { … }"),
    "match": ForeignWord("there is no `match`", "write if c { … } else if d { … }"),
    "with": ForeignWord(
      "there is no `with`",
      "files close by themselves, as in let text = read(path), and nothing records gradients: leave it out"),
    "del": ForeignWord("nothing needs to be deleted", "names go with their block or session"),
    "yield": ForeignWord("there is no `yield`", "write [e for x in xs]"),
    "new": ForeignWord("objects need no `new`", "write ◌"),
    "use": ForeignWord("`use` takes the path of a file", "write use \"◌.tlx\""),
    "clear": ForeignWord("names go with their session", "the prompt's :reset forgets all variables"),
    "close": figures, "hold": figures, "grid": figures,
    "format": ForeignWord("values format by themselves", "write show(x, digits=10) for more digits"),
  ]

  /// Words between or after values: `a is b`, `if c then`.
  public static let following: [String: ForeignWord] = [
    "is": ForeignWord("`is` is written `==`", "write a == b"),
    "mod": ForeignWord("`mod` is written `%`", "write a % b"),
    "div": ForeignWord("`div` is written `//`", "write a // b"),
    "xor": ForeignWord("`xor` is written `!=`", "write a != b"),
    "then": ForeignWord("blocks stand in braces", "write if c { a } else { b }"),
    "do": ForeignWord("blocks stand in braces", "write for x in xs { … }"),
    "catch": ForeignWord("errors are caught with `else`", "write try e else err -> …"),
    "except": ForeignWord("errors are caught with `else`", "write try e else err -> …"),
    "where": ForeignWord("a comprehension filters with `if`", "write [e for x in xs if c]"),
  ]

  private static let imports = ForeignWord(
    "nothing needs to be imported",
    "all functions are built in; use \"lib.tlx\" brings the names of your own file")
  private static let bindings = ForeignWord(
    "names are bound with `let`", "write let ◌, or var for what changes later")
  private static let figures = ForeignWord(
    "a figure is a value",
    "plot(x, ys) draws a line for each column; figure((a, b)) puts figures side by side")
  private static let types = ForeignWord(
    "there are no classes", "write a record {a: 1} and functions that take it")
}
