import TLXSource
import TLXSyntax

/// A number or a choice that a page lets its reader set: `let lr = slider(1e-4, 1e-1, log=true)`, `let m = menu(["a", "b"])`
/// at the top level of a cell, with bounds and choices written out.
public struct InputControl: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    case slider(low: Double, high: Double, isLogarithmic: Bool, step: Double?)
    case menu([String])
  }

  public enum Setting: Sendable, Equatable {
    case number(Double)
    case text(String)

    /// As it stands in a key.
    var description: String {
      switch self {
      case .number(let number): "\(number)"
      case .text(let text): "\"\(text)\""
      }
    }
  }

  public var name: String
  public var kind: Kind
  /// What it is where nobody has set it; nil if the file does not say.
  public var start: Setting?

  /// Whether it can be set so.
  public func allows(_ setting: Setting) -> Bool {
    switch (kind, setting) {
    case (.slider(let low, let high, _, _), .number(let number)): number >= low && number <= high
    case (.menu(let choices), .text(let text)): choices.contains(text)
    default: false
    }
  }

  /// What a text that came from a page means.
  public func setting(_ text: String) -> Setting? {
    let setting: Setting? =
      switch kind {
      case .slider: Double(text).map { .number($0) }
      case .menu: .text(text)
      }
    return setting.flatMap { allows($0) ? $0 : nil }
  }
}

extension InputControl {
  /// The control that a statement declares, if it does.
  init?(_ statement: Statement) {
    guard case .binding(false, let pattern, _, let value) = statement.kind,
      case .name(let name) = pattern.kind,
      case .call(let callee, let arguments, _) = value.kind, case .name(let function) = callee.kind
    else { return nil }
    self.name = name
    let positional = arguments.filter { $0.label == nil }.map(\.value)
    func option(_ name: String) -> Expression? { arguments.first { $0.label?.name == name }?.value }
    switch function {
    case "slider":
      guard positional.count == 2, let low = positional[0].literalNumber,
        let high = positional[1].literalNumber,
        low < high
      else { return nil }
      let isLogarithmic = if case .bool(true)? = option("log")?.kind { low > 0 } else { false }
      kind = .slider(low: low, high: high, isLogarithmic: isLogarithmic, step: option("step")?.literalNumber)
      start = option("default")?.literalNumber.map { .number($0) }
    case "menu":
      guard positional.count == 1, let choices = positional[0].literalTexts, !choices.isEmpty else {
        return nil
      }
      kind = .menu(choices)
      start = .text(option("default")?.literalText ?? choices[0])
    default: return nil
    }
  }

  /// The same declaration with another start.
  static func applying(_ setting: Setting, to statement: Statement) -> Statement {
    guard case .binding(let isMutable, let pattern, let annotation, var value) = statement.kind,
      case .call(let callee, var arguments, let span) = value.kind
    else { return statement }
    arguments.removeAll { $0.label?.name == "default" }
    let literal: Expression.Kind =
      switch setting {
      case .number(let number): .float(number)
      case .text(let text): .string(StringLiteral(segments: [.text(text)]))
      }
    arguments.append(
      Argument(label: Identifier("default", value.span), value: Expression(literal, value.span)))
    value.kind = .call(callee: callee, arguments: arguments, argumentsSpan: span)
    var copy = statement
    copy.kind = .binding(isMutable: isMutable, pattern, annotation: annotation, value: value)
    return copy
  }
}

extension Cell {
  /// The controls that it declares, in order.
  public var controls: [InputControl] { statements.compactMap(InputControl.init) }
}

extension Expression {
  fileprivate var literalNumber: Double? {
    switch kind {
    case .int(let number): Double(number)
    case .float(let number): number
    case .group(let inner): inner.literalNumber
    case .unary(.negate, let inner): inner.literalNumber.map { -$0 }
    default: nil
    }
  }

  fileprivate var literalText: String? {
    if case .string(let literal) = kind { literal.plainText } else { nil }
  }

  fileprivate var literalTexts: [String]? {
    switch kind {
    case .bracket(let items), .list(let items):
      let texts = items.compactMap(\.literalText)
      return texts.count == items.count ? texts : nil
    default: return nil
    }
  }
}
