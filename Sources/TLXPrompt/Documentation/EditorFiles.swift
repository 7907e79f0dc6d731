import TLXBuiltins
import TLXLearning
import TLXRuntime
import TLXSyntax

/// Syntax files for editors, made from the language's own words and the table of built-ins.
enum EditorFiles {
  /// Path and text of each.
  static var pages: [(path: String, text: String)] {
    [
      ("Editors/vscode/package.json", package.lines() + "\n"),
      ("Editors/vscode/language-configuration.json", configuration.lines() + "\n"),
      ("Editors/vscode/syntaxes/tlx.tmLanguage.json", grammar.lines() + "\n"),
      ("Editors/vim/syntax/tlx.vim", vim),
      ("Editors/vim/ftdetect/tlx.vim", "autocmd BufNewFile,BufRead *.tlx setfiletype tlx\n"),
      ("Editors/vim/ftplugin/tlx.vim", vimSettings),
    ]
  }

  private static var builtins: [String] {
    (BuiltinTable.standard.builtins.map(\.name)).sorted()
  }

  private static var constants: [String] {
    (Vocabulary.literals + BuiltinTable.standard.constants.map(\.name)).sorted()
  }

  // MARK: - Visual Studio Code

  private static var package: JSONValue {
    .fields([
      "name": "tlx", "displayName": "TLX",
      "description": "Colours for TLX, a language for machine-learning research",
      "version": .string(Program.version), "publisher": "tlx", "license": "Apache-2.0",
      "engines": .fields(["vscode": "^1.75.0"]), "categories": ["Programming Languages"],
      "contributes": .fields([
        "languages": [
          .fields([
            "id": "tlx", "aliases": ["TLX"], "extensions": [".tlx"], "firstLine": "^#!.*\\btlx\\b",
            "configuration": "./language-configuration.json",
          ])
        ],
        "grammars": [
          .fields(["language": "tlx", "scopeName": "source.tlx", "path": "./syntaxes/tlx.tmLanguage.json"])
        ],
      ]),
    ])
  }

  private static var configuration: JSONValue {
    let pairs: JSONValue = [["(", ")"], ["[", "]"], ["{", "}"]]
    return .fields([
      "comments": .fields(["lineComment": "#"]), "brackets": pairs,
      "autoClosingPairs": [["(", ")"], ["[", "]"], ["{", "}"], ["\"", "\""]],
      "surroundingPairs": [["(", ")"], ["[", "]"], ["{", "}"], ["\"", "\""]],
      "folding": .fields(["markers": .fields(["start": "^# %%", "end": "^(?=# %%)"])]),
      "indentationRules": .fields([
        "increaseIndentPattern": "[\\[({]\\s*(#.*)?$", "decreaseIndentPattern": "^\\s*[\\])}]",
      ]),
    ])
  }

  private static func rule(_ name: String, _ match: String) -> JSONValue {
    .fields(["name": .string(name + ".tlx"), "match": .string(match)])
  }

  private static func words(_ words: [String]) -> String { "\\b(?:" + words.joined(separator: "|") + ")\\b" }

  private static func escaped(_ text: String) -> String {
    text.map { ".|*+?^$()[]{}\\/".contains($0) ? "\\\($0)" : String($0) }.joined()
  }

  private static func include(_ name: String) -> JSONValue { .fields(["include": .string("#" + name)]) }

  private static func string(_ begin: String, _ end: String, interpolates: Bool) -> JSONValue {
    .fields([
      "name": "string.quoted.double.tlx", "begin": .string(begin), "end": .string(end),
      "patterns": .array(interpolates ? [include("escapes"), include("interpolation")] : []),
    ])
  }

  private static var grammar: JSONValue {
    let order = ["comments", "strings", "numbers", "definitions", "words", "calls", "operators"]
    return .fields([
      "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
      "name": "TLX", "scopeName": "source.tlx", "patterns": .array(order.map(include)),
      "repository": .fields([
        "comments": patterns([
          rule("markup.heading.cell", "^# %%.*$"), rule("comment.line.expectation", "#=>.*$"),
          rule("comment.line.documentation", "##.*$"), rule("comment.line.number-sign", "#.*$"),
        ]),
        "strings": patterns([
          string("r\"", "\"", interpolates: false), string("\"\"\"", "\"\"\"", interpolates: true),
          string("\"", "\"|$", interpolates: true),
        ]),
        "escapes": patterns([rule("constant.character.escape", "\\\\.|\\{\\{|\\}\\}")]),
        "interpolation": patterns([
          .fields([
            "name": "meta.embedded.interpolation.tlx", "begin": "\\{", "end": "\\}",
            "patterns": [.fields(["include": "$self"])],
          ])
        ]),
        "numbers": patterns([
          rule("constant.numeric", "\\b\\d[\\d_]*(?:\\.\\d[\\d_]*)?(?:[eE][+-]?\\d+)?\\b")
        ]),
        "definitions": patterns([
          .fields([
            "match": "\\b(fn)\\s+([\\p{L}_][\\p{L}\\p{N}_]*)",
            "captures": .fields([
              "1": .fields(["name": "keyword.declaration.tlx"]),
              "2": .fields(["name": "entity.name.function.tlx"]),
            ]),
          ])
        ]),
        "words": patterns([
          rule("keyword.control", words(Vocabulary.keywords)), rule("constant.language", words(constants)),
          rule("keyword.other", words(Vocabulary.contextual) + "(?=\\s+[\\p{L}\"_]|\\s*[\\],])"),
          rule("storage.type", "(?<=[:>]\\s?)" + words(Vocabulary.types)),
          rule("variable.parameter", "[\\p{L}_][\\p{L}\\p{N}_]*(?==[^=])"),
        ]),
        "calls": patterns([
          rule("support.function", words(builtins) + "(?=\\s*\\()|(?<=\\|>\\s?)" + words(builtins)),
          rule("entity.name.function", "[\\p{L}_][\\p{L}\\p{N}_]*(?=\\()"),
        ]),
        "operators": patterns([
          rule("keyword.operator", Vocabulary.operators.map(escaped).joined(separator: "|"))
        ]),
      ]),
    ])
  }

  private static func patterns(_ rules: [JSONValue]) -> JSONValue { .fields(["patterns": .array(rules)]) }

  // MARK: - Vim

  private static func keywords(_ group: String, _ words: [String]) -> String {
    stride(from: 0, to: words.count, by: 10).map {
      "syntax keyword \(group) " + words[$0..<min($0 + 10, words.count)].joined(separator: " ") + "\n"
    }.joined()
  }

  private static var vim: String {
    // Words that are commands of :syntax would be read as such.
    let taken: Set<String> = [
      "contains", "transparent", "fold", "display", "extend", "oneline", "conceal", "skipempty",
    ]
    let functions = builtins.filter { !taken.contains($0) }
    let rest = builtins.filter(taken.contains).map { "syntax match tlxBuiltin /\\<\($0)\\>/\n" }.joined()
    let signs = Vocabulary.operators.map { sign in
      sign.map { "*.^~[]$\\/".contains($0) ? "\\\($0)" : String($0) }.joined()
    }.joined(separator: "\\|")
    return """
      " Made by Scripts/regenerate from the words of the language and the table of built-ins: change those.
      if exists("b:current_syntax") | finish | endif
      syntax iskeyword @,48-57,_,192-255

      \(keywords("tlxKeyword", Vocabulary.keywords))\(keywords("tlxConstant", constants))\
      \(keywords("tlxBuiltin", functions))\(rest)syntax match tlxImport /\\<use\\>\\ze\\s*"/
      syntax match tlxImport /\\<as\\>\\ze\\s\\+\\h/
      syntax match tlxOperator /\(signs)/
      syntax match tlxNumber /\\<\\d[0-9_]*\\(\\.\\d[0-9_]*\\)\\?\\([eE][+-]\\?\\d\\+\\)\\?\\>/
      syntax match tlxFunction /\\(\\<fn\\s\\+\\)\\@<=\\k\\+/
      syntax match tlxOption /\\<\\k\\+\\ze=[^=]/
      syntax match tlxEscape /\\\\./ contained
      syntax match tlxEscape /{{\\|}}/ contained
      syntax region tlxHole start=/{/ end=/}/ contained contains=TOP
      syntax region tlxString start=/"/ skip=/\\\\"/ end=/"\\|$/ contains=tlxEscape,tlxHole
      syntax region tlxString start=/\"\"\"/ end=/\"\"\"/ contains=tlxEscape,tlxHole
      syntax region tlxRaw start=/\\<r"/ end=/"/
      syntax match tlxComment /#.*$/ contains=tlxTodo
      syntax match tlxDocumentation /##.*$/
      syntax match tlxExpectation /#=>.*$/
      syntax match tlxCell /^# %%.*$/
      syntax keyword tlxTodo TODO FIXME contained

      highlight default link tlxKeyword Keyword
      highlight default link tlxConstant Constant
      highlight default link tlxBuiltin Function
      highlight default link tlxImport Include
      highlight default link tlxOperator Operator
      highlight default link tlxNumber Number
      highlight default link tlxFunction Function
      highlight default link tlxOption Identifier
      highlight default link tlxEscape SpecialChar
      highlight default link tlxString String
      highlight default link tlxRaw String
      highlight default link tlxComment Comment
      highlight default link tlxDocumentation SpecialComment
      highlight default link tlxExpectation PreProc
      highlight default link tlxCell Title
      highlight default link tlxTodo Todo
      let b:current_syntax = "tlx"

      """
  }

  private static let vimSettings = """
    setlocal commentstring=#\\ %s
    setlocal shiftwidth=4 softtabstop=4 expandtab
    setlocal foldmethod=expr foldexpr=getline(v:lnum)=~'^#\\ %%'?'>1':'='

    """
}
