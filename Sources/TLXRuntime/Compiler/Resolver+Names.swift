import TLXSource
import TLXSyntax

extension Resolver {
  /// What a name means where it is read.
  func name(_ name: String, _ span: Span) -> Term {
    switch scope.find(name) {
    case .variable(let variable): return Term(.local(variable), span)
    case .capture(let index, let variable): return Term(.capture(index, variable), span)
    case .running: return Term(.running, span)
    case nil: break
    }
    if let global = global(name) { return Term(.global(global), span) }
    if let builtin = session.builtins[name] {
      return Term(.constant(.function(session.function(of: builtin))), span)
    }
    if let constant = session.builtins.constants.first(where: { $0.name == name }) {
      return Term(.constant(.float(constant.value)), span)
    }
    if let later = functionsAhead[name] ?? namesAhead[name] {
      if !scope.isTop { return Term(.global(later), span) }
      report(
        "E0304", "`\(name)` is used before it is defined", span,
        secondary: [.init(later.definition, "defined here")], help: "move the definition up")
      return Term(.constant(.null), span)
    }
    reportUnknown(name, span)
    return Term(.constant(.null), span)
  }

  /// A top-level name. Functions see those that are defined below them, unless a built-in has the name of a
  /// variable: it then meant the built-in when it was written.
  func global(_ name: String) -> GlobalVariable? {
    if let global = defined[name] { return global }
    return scope.isTop ? nil : functionsAhead[name]
  }

  /// Whether the name means the built-in here.
  func builtin(_ name: String) -> Builtin? {
    guard let builtin = session.builtins[name], global(name) == nil, scope.find(name) == nil else {
      return nil
    }
    return builtin
  }

  private static let foreignNames = [
    "None": "nil", "null": "nil", "NULL": "nil", "True": "true", "TRUE": "true", "False": "false",
    "FALSE": "false", "NaN": "nan", "Inf": "inf", "Infinity": "inf",
  ]

  /// What functions of other languages are here.
  private static let foreignFunctions = [
    "disp": "write `print(x)`", "println": "write `print(x)`", "echo": "write `print(x)`",
    "printf": formatting, "fprintf": formatting, "sprintf": formatting, "format": formatting,
    "length": "write `len(x)`, or x.size for all elements", "numel": "write `x.size`",
    "size": "write `x.shape`, or x.size for the number of elements", "shape": "write `x.shape`",
    "ndims": "write `x.ndim`", "eltype": "write `x.dtype`",
    "typeof": "write `x.dtype`; the prompt's :vars tells kinds",
    "type": "write `x.dtype`; the prompt's :vars tells kinds", "isempty": "write `len(x) == 0`",
    "array": "brackets make a tensor: [1, 2, 3]; tensor(xs) makes one of a list",
    "rand": "write `uniform(2, 3)`", "randn": "write `normal(2, 3)`",
    "randi": "write `randint(low, high, shape=n)`",
    "rng": "write `seed(7)`", "dot": "write `a @ b`", "matmul": "write `a @ b`", "mul": "write `a * b`",
    "hcat": "write `concat((a, b), axis=1)`", "vcat": "write `concat((a, b))`",
    "vstack": "write `stack((a, b))`",
    "concatenate": "write `concat((a, b))`", "cat": "write `concat((a, b))`", "sorted": "write `sort(xs)`",
    "reversed": "write `reverse(xs)`", "append": "a list grows by a list: xs + (item,)",
    "push": "a list grows by a list: xs + (item,)", "dict": "write `{a: 1, b: 2}`",
    "tuple": "write `(a, b)`", "list": "write `(a, b)`", "set": "unique(xs) drops what comes twice",
    "input": "a script gets what stands behind its name on the command line as `args`",
    "open": "write `read(path)`",
    "isinstance": "annotations check kinds: fn f(x: f64[n])", "lambda": "write `x -> e`",
    "function": "write `fn f(x) = e`", "clear": "the prompt's :reset forgets all variables",
    "whos": "the prompt's :vars lists the variables", "who": "the prompt's :vars lists the variables",
    "clc": "Ctrl-L clears the screen", "tic": "time(() -> e) tells how long e takes",
    "toc": "time(() -> e) tells how long e takes", "quit": "the prompt ends with :quit or Ctrl-D",
    "exit": "the prompt ends with :quit or Ctrl-D", "eigvals": "write `eigh(a).values`",
    "nothing": "in TLX it is written `nil`", "undefined": "in TLX it is written `nil`",
    "this": "there are no methods: functions take the value as an argument",
    "self": "there are no methods: functions take the value as an argument",
  ]
  private static let formatting = "strings format by themselves: print(\"{x:.2f}\")"

  func reportUnknown(_ name: String, _ span: Span, isAssignment: Bool = false) {
    if let meant = Resolver.foreignNames[name] {
      report("E0301", "there is no `\(name)`", span, help: "in TLX it is written `\(meant)`")
      return
    }
    if let help = Resolver.foreignFunctions[name] {
      report("E0301", "there is no `\(name)`", span, help: help)
      return
    }
    if ["np", "numpy", "torch", "math", "plt", "pd", "jnp"].contains(name) {
      report(
        "E0301", "there is no `\(name)`", span,
        help: "functions need no prefix: `sqrt(x)`, `mean(x, axis=0)`")
      return
    }
    let candidates =
      scope.visibleNames + Array(defined.keys) + Array(functionsAhead.keys) + Array(namesAhead.keys)
      + session.builtins.constants.map(\.name) + session.builtins.builtins.map(\.name)
    var help = Spelling.nearest(to: name, in: candidates.sorted()).map { "did you mean `\($0)`?" }
    if help == nil, isAssignment { help = "`var \(name) = …` defines it" }
    report("E0301", "there is no `\(name)`", span, help: help)
  }

  /// The variable that an assignment changes, if it may.
  func place(_ name: String, _ span: Span) -> PlaceTerm? {
    switch scope.find(name) {
    case .variable(let variable):
      guard check(variable, name, span) else { return nil }
      variable.isAssigned = true
      return .local(variable)
    case .capture(let index, let variable?):
      guard check(variable, name, span) else { return nil }
      variable.isAssigned = true
      return .capture(index, variable)
    case .capture, .running:
      report("E0302", "cannot assign to the function `\(name)`", span)
      return nil
    case nil: break
    }
    let found = global(name) ?? (scope.isTop ? nil : namesAhead[name])
    guard let global = found else {
      if session.builtins[name] != nil {
        report(
          "E0302", "cannot assign to the built-in `\(name)`", span,
          help: "`let \(name) = …` defines a name of your own")
      } else if let later = namesAhead[name] {
        report(
          "E0304", "`\(name)` is used before it is defined", span,
          secondary: [.init(later.definition, "defined here")], help: "move the definition up")
      } else {
        reportUnknown(name, span, isAssignment: true)
      }
      return nil
    }
    guard global.isMutable else {
      let how =
        global.isFunction
        ? "is a function" : global.isImported ? "belongs to a module" : "was defined with `let`"
      report(
        "E0302", "cannot assign to `\(name)`, which \(how)", span,
        secondary: [.init(global.definition, "\(name) is fixed here")],
        help: global.isFunction || global.isImported
          ? nil : "define it with `var` to change it: `var \(name) = …`")
      return nil
    }
    global.isAssigned = true
    return .global(global)
  }

  private func check(_ variable: Variable, _ name: String, _ span: Span) -> Bool {
    if variable.isMutable { return true }
    let what = variable.role == "let" ? "which was defined with `let`" : "which is a \(variable.role)"
    report(
      "E0302", "cannot assign to `\(name)`, \(what)", span,
      secondary: [.init(variable.definition, "\(name) is fixed here")],
      help: variable.role == "let"
        ? "define it with `var` to change it: `var \(name) = …`"
        : "make a variable of it first: `var \(name) = \(name)`")
    return false
  }
}
