import TLXNumerics

/// A value of the language. All are values: assigning or passing one never aliases; objects are immutable.
public enum Value {
  case null
  case bool(Bool)
  case int(Int)
  case float(Double)
  case string(String)
  /// Of any rank. A settled scalar of dtype f64, i64 or bool becomes `float`, `int` or `bool`.
  case tensor(Tensor)
  case list([Value])
  case record(Record)
  case table(Table)
  case function(Function)
  case range(IntegerRange)
  /// Data sets, models, losses, optimizers, chains, figures, …
  case object(any LanguageObject)
}

/// `range(start, stop, step)`: lazy, half-open.
public struct IntegerRange: Hashable, Sendable {
  public var start: Int
  public var stop: Int
  /// Not zero.
  public var step: Int

  public init(start: Int, stop: Int, step: Int = 1) {
    self.start = start
    self.stop = stop
    self.step = step
  }

  public var count: Int {
    if step > 0 { return stop > start ? (stop - start - 1) / step + 1 : 0 }
    return start > stop ? (start - stop - 1) / (-step) + 1 : 0
  }
}

/// An opaque value of a science: a data set, a model, a loss, a chain. Immutable.
public protocol LanguageObject: AnyObject {
  /// The kind as messages name it: `model`, `data set`.
  var kindName: String { get }
  /// What showing it prints; may have several lines.
  func summary(width: Int) -> String
  /// Names that `x.name` answers, in order, for completion and messages.
  var fieldNames: [String] { get }
  func field(_ name: String) throws -> Value?
  /// What calling it does (`model(x)`), if it can be called.
  func call(_ arguments: [Value], _ context: CallContext) throws -> Value?
  /// What `+`, `*` with other values give (losses), if anything. `self` is the left operand unless `reversed`.
  func combine(_ operation: String, with other: Value, reversed: Bool) throws -> Value?
}

extension LanguageObject {
  public var fieldNames: [String] { [] }
  public func field(_ name: String) throws -> Value? { nil }
  public func call(_ arguments: [Value], _ context: CallContext) throws -> Value? { nil }
  public func combine(_ operation: String, with other: Value, reversed: Bool) throws -> Value? { nil }
}
