import TLXSource
import TLXSyntax

/// An expression whose names are resolved and whose sugar is gone: what the generator writes instructions for.
struct Term {
  var kind: Kind
  var span: Span

  init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }

  indirect enum Kind {
    case constant(Value)
    case local(Variable)
    /// A variable of an enclosing function; without a variable, an enclosing function itself.
    case capture(Int, Variable?)
    case running
    case global(GlobalVariable)
    /// A value kept in a hidden place, to be read again.
    case saved(Variable, Term)
    case interpolation([Piece])
    case bracket([Term])
    case list([Term])
    case record([Entry])
    case comprehension(element: Term, clauses: [Clause], builder: Variable)
    case block([Step])
    case conditional(Term, then: [Step], otherwise: Term?)
    case function(FunctionTerm)
    case unary(UnaryOperator, Term)
    case binary(BinaryOperator, Term, Term)
    case comparison(ComparisonOperator, Term, Term)
    case logical(LogicalOperator, Term, Term)
    case call(Term, [CallArgument])
    case builtinCall(Builtin, ArgumentMatch, [Term])
    case index(Term, [TermSubscript])
    case field(Term, String)
    case attempt(Term, error: Variable?, Term)
  }

  enum Piece {
    case text(String)
    case value(Term, format: Term?)

    /// Whether it is written as it is printed, which cannot fail.
    var isPlain: Bool {
      if case .value(_, .some) = self { return false }
      return true
    }
  }

  struct Entry {
    /// Nil for a spread record.
    var name: String?
    var value: Term
  }

  enum Clause {
    case each(PatternTerm, Term, state: Variable)
    case condition(Term)
  }

  /// Whether evaluating it can run no code that changes a variable: no calls and blocks.
  var isPure: Bool { keepsVariables(besideCalls: false) }

  /// Whether evaluating it can change no register of the running function: calls may change globals and captured
  /// variables, but only a block assigns to the function's own.
  var keepsRegisters: Bool { keepsVariables(besideCalls: true) }

  private func keepsVariables(besideCalls: Bool) -> Bool {
    func keeps(_ term: Term) -> Bool { term.keepsVariables(besideCalls: besideCalls) }
    switch kind {
    case .constant, .local, .capture, .running, .global, .function: return true
    case .saved(_, let term), .unary(_, let term), .field(let term, _): return keeps(term)
    case .binary(_, let left, let right), .comparison(_, let left, let right),
      .logical(_, let left, let right):
      return keeps(left) && keeps(right)
    case .index(let base, let subscripts):
      return keeps(base) && subscripts.allSatisfy { $0.terms.allSatisfy(keeps) }
    case .bracket(let items), .list(let items): return items.allSatisfy(keeps)
    case .interpolation(let pieces):
      return pieces.allSatisfy { piece in
        if case .value(let term, let format) = piece {
          keeps(term) && format.map(keeps) ?? true
        } else {
          true
        }
      }
    case .call(let callee, let arguments):
      return besideCalls && keeps(callee) && arguments.allSatisfy { keeps($0.value) }
    case .builtinCall(_, _, let arguments): return besideCalls && arguments.allSatisfy(keeps)
    default: return false
    }
  }
}

struct CallArgument {
  var name: String?
  var isSpread: Bool
  var value: Term
}

enum TermSubscript {
  case value(Term)
  case slice(Term?, Term?, Term?)
  case newAxis
  case ellipsis

  var terms: [Term] {
    switch self {
    case .value(let term): [term]
    case .slice(let start, let stop, let step): [start, stop, step].compactMap { $0 }
    case .newAxis, .ellipsis: []
    }
  }
}

/// A statement with resolved names.
struct Step {
  var kind: Kind
  var span: Span

  init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }

  indirect enum Kind {
    /// `shown` is the statement if it stands at the top level.
    case expression(Term, shown: Statement?)
    case bind(PatternTerm, AnnotationTerm?, Term)
    case assign(PlaceTerm, [PathStep], Term)
    case returning(Term?)
    case forLoop(PatternTerm, Term, [Step], state: Variable)
    case whileLoop(Term, [Step])
    case breaking
    case continuing
    case assertion(Term, Term?)
    case use(Module, StorageTerm?)
  }

  enum PathStep {
    case field(String)
    case index([TermSubscript])
  }
}

/// Where a definition stores.
enum StorageTerm {
  case local(Variable)
  case global(GlobalVariable)
}

/// A variable that is assigned to.
enum PlaceTerm {
  case local(Variable)
  case capture(Int, Variable)
  case global(GlobalVariable)
}

struct PatternTerm {
  indirect enum Kind {
    case define(StorageTerm)
    case wildcard
    case list([PatternTerm], restIndex: Int?)
    case record([(name: String, pattern: PatternTerm)])
  }
  var kind: Kind
  var span: Span
}

struct AnnotationTerm {
  enum Dimension {
    case size(Int)
    case letter(String, Variable)
    case any
    case rest
  }
  var subject: String
  var typeName: String
  var dimensions: [Dimension]?
  /// The letters bound so far, which messages list.
  var letters: [(name: String, variable: Variable)]
  /// Whether its letters start unbound: outside of functions each statement has its own.
  var resetsLetters: Bool
  var span: Span
}

final class FunctionTerm {
  let scope: FunctionScope
  var parameters: [ParameterTerm]
  var body: Term
  var documentation: String?
  let span: Span

  init(
    scope: FunctionScope, parameters: [ParameterTerm], body: Term, documentation: String?, span: Span
  ) {
    self.scope = scope
    self.parameters = parameters
    self.body = body
    self.documentation = documentation
    self.span = span
  }
}

struct ParameterTerm {
  var variable: Variable
  var layout: ParameterLayout
  var annotation: AnnotationTerm?
  var defaultValue: Term?
  /// Takes the argument apart.
  var pattern: PatternTerm?
}
