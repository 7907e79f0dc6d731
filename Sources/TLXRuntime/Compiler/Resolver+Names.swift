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

  /// What an unknown name is in.
  enum UnknownUse {
    case read
    /// `x = 3`
    case definition
    /// `x += 1`, `x[0] = 3`
    case change
  }

  /// `np.zeros`, `torch.nn.Linear`, `np.random.seed`, where nothing is called `np`: told with what the last name is
  /// here. Nil for any other field.
  func foreignMember(_ base: Expression, _ member: String) -> Term? {
    var root = base
    while case .field(let inner, _, _) = root.kind { root = inner }
    guard case .name(let module) = root.kind, ForeignNames.modules.contains(module),
      scope.find(module) == nil,
      global(module) == nil, session.builtins[module] == nil, functionsAhead[module] == nil,
      namesAhead[module] == nil, !takenForDefined.contains(module)
    else { return nil }
    let builtins = session.builtins.builtins.map(\.name) + session.builtins.constants.map(\.name)
    report(
      "E0301", "there is no `\(module)`", root.span,
      help: ForeignNames.help(forMember: member, of: module, known: builtins))
    return Term(.constant(.null), base.span)
  }

  func reportUnknown(_ name: String, _ span: Span, _ use: UnknownUse = .read) {
    // `x = 3` without `let` is told once, not again wherever `x` is read.
    if takenForDefined.contains(name) { return }
    if use == .definition { takenForDefined.insert(name) }
    if let meant = ForeignNames.constants[name] {
      return report("E0301", "there is no `\(name)`", span, help: "in TLX it is written `\(meant)`")
    }
    if use == .read, let help = ForeignNames.help(for: name) {
      return report("E0301", "there is no `\(name)`", span, help: help)
    }
    let candidates =
      scope.visibleNames + Array(defined.keys) + Array(functionsAhead.keys) + Array(namesAhead.keys)
      + session.builtins.constants.map(\.name) + session.builtins.builtins.map(\.name)
    var help = Spelling.nearest(to: name, in: candidates.sorted()).map { "did you mean `\($0)`?" }
    // `lenght`: a slip in a name of another language.
    if help == nil, use == .read, let meant = Spelling.nearest(to: name, in: ForeignNames.misspelled),
      Spelling.isOneSlip(name, meant)
    {
      help = ForeignNames.help(for: meant)
    }
    switch use {
    case .read: break
    case .definition:
      let definition = "`let \(name) = …` defines a new name, `var \(name) = …` one that changes later"
      help = help.map { "\($0) \(definition)" } ?? definition
    case .change: help = help ?? "`var \(name) = …` defines it"
    }
    report("E0301", "there is no `\(name)`", span, help: help)
  }

  /// The variable that an assignment changes, if it may.
  func place(_ name: String, _ span: Span, definesNew: Bool) -> PlaceTerm? {
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
        reportUnknown(name, span, definesNew ? .definition : .change)
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
