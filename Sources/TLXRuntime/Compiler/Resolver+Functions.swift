import TLXNumerics
import TLXSource
import TLXSyntax

extension Resolver {
  /// A `fn` statement.
  func function(_ declaration: FunctionDeclaration, _ span: Span) -> Step {
    let name = declaration.name
    if isTopLevel, let global = definitions[name.span.start] {
      // Defined first, so that it may call itself.
      define(global)
      let term = function(declaration, selfName: nil)
      return Step(
        .bind(
          PatternTerm(kind: .define(.global(global)), span: name.span), nil,
          Term(.function(term), declaration.body.span)), span)
    }
    let term = function(declaration, selfName: name.name)
    let storage = define(name.name, name.span, isMutable: false, role: "function")
    return Step(
      .bind(PatternTerm(kind: .define(storage), span: name.span), nil, Term(.function(term), name.span)), span
    )
  }

  private func function(_ declaration: FunctionDeclaration, selfName: String?) -> FunctionTerm {
    function(
      name: declaration.name.name, selfName: selfName, parameters: declaration.parameters,
      result: declaration.result, documentation: declaration.documentation, span: declaration.name.span
    ) { self.expression(declaration.body) }
  }

  func function(_ lambda: Lambda, name: String, selfName: String?, _ span: Span) -> FunctionTerm {
    function(
      name: name, selfName: selfName, parameters: lambda.parameters, result: nil, documentation: nil,
      span: span
    ) { self.expression(lambda.body) }
  }

  private func function(
    name: String, selfName: String?, parameters: [Parameter], result: TypeAnnotation?, documentation: String?,
    span: Span, body: () -> Term
  ) -> FunctionTerm {
    let outer = scope
    scope = FunctionScope(parent: outer, name: name)
    scope.selfName = selfName
    defer { scope = outer }
    let variables = parameters.map(parameterVariable)
    // Parameters take the first registers.
    scope.variables += variables
    var terms: [ParameterTerm] = []
    for (parameter, variable) in zip(parameters, variables) {
      terms.append(self.parameter(parameter, variable))
    }
    for position in terms.indices where terms[position].variable.isHidden {
      terms[position].pattern = pattern(parameters[position].pattern, isMutable: false, role: "parameter")
    }
    scope.result = result.map { annotation($0, subject: "the result of \(name)") }
    let body = inBlock { body() }
    return FunctionTerm(
      scope: scope, parameters: terms, body: body, documentation: documentation, span: span)
  }

  private func parameterVariable(_ parameter: Parameter) -> Variable {
    var name = ""
    if case .name(let given) = parameter.pattern.kind { name = given }
    return Variable(
      name: name, definition: location(parameter.pattern.span), isMutable: false, role: "parameter")
  }

  private func parameter(_ parameter: Parameter, _ variable: Variable) -> ParameterTerm {
    let value = parameter.defaultValue.map { expression($0) }
    if !variable.isHidden { scope.blocks[scope.blocks.count - 1][variable.name] = variable }
    let name = text(parameter.pattern.span)
    let layout = ParameterLayout(
      name: variable.isHidden ? name : variable.name,
      defaultText: parameter.defaultValue.map { text($0.span) }, isRest: parameter.isRest,
      isPattern: variable.isHidden)
    return ParameterTerm(
      variable: variable, layout: layout,
      annotation: parameter.annotation.map { annotation($0, subject: name) }, defaultValue: value,
      pattern: nil)
  }

  // MARK: - Annotations

  private static let kinds = [
    "int", "float", "string", "list", "record", "table", "fn", "function", "range", "tensor", "any", "nil",
    "model", "loss", "optimizer", "chain", "figure", "dataset", "object",
  ]

  func annotation(_ annotation: TypeAnnotation, subject: String) -> AnnotationTerm {
    let name = annotation.name.name
    if DType(name: name) == nil, name.count > 1, !Resolver.kinds.contains(name) {
      let known = DType.allCases.map(\.name) + Resolver.kinds
      report(
        "E0312", "there is no type `\(name)`", annotation.name.span,
        help: Spelling.nearest(to: name, in: known).map { "did you mean `\($0)`?" }
          ?? "types are f64[n, d], f32, i64, bool, int, float, string, list, record, table, fn")
    } else if annotation.dimensions != nil, DType(name: name) == nil {
      report(
        "E0312", "`\(name)` has no shape", annotation.span,
        help: "shapes go with f64, f32, i64 and bool, as in f64[n, d]")
    }
    let resets = scope.isTop
    if resets { scope.letters = [] }
    let dimensions = annotation.dimensions?.map { dimension -> AnnotationTerm.Dimension in
      switch dimension {
      case .size(let size): .size(size)
      case .variable(let letter): .letter(letter.name, self.letter(letter.name))
      case .any: .any
      case .rest: .rest
      }
    }
    return AnnotationTerm(
      subject: subject, typeName: name, dimensions: dimensions, letters: scope.letters, resetsLetters: resets,
      span: annotation.span)
  }

  private func letter(_ name: String) -> Variable {
    if let known = scope.letters.first(where: { $0.name == name }) { return known.variable }
    let variable = hidden()
    scope.letters.append((name, variable))
    return variable
  }
}
