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
  // The larger structs are boxed, so that a list of numbers is compact.
  indirect case table(Table)
  case function(Function)
  indirect case range(IntegerRange)
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
    if step > 0 { return stop > start ? Int((stop.distanceMinusOne(from: start)) / step.magnitude) + 1 : 0 }
    return start > stop ? Int((start.distanceMinusOne(from: stop)) / step.magnitude) + 1 : 0
  }

  /// The `position`-th number; the caller keeps to `0 ..< count`.
  public subscript(position: Int) -> Int { start &+ position &* step }

  public func contains(_ number: Int) -> Bool {
    if step > 0 { return number >= start && number < stop && (number &- start) % step == 0 }
    return number <= start && number > stop && (start &- number) % step == 0
  }
}

extension Int {
  /// `self - start - 1` for `self > start`, which a signed subtraction could not hold over the whole range.
  fileprivate func distanceMinusOne(from start: Int) -> UInt {
    UInt(bitPattern: self) &- UInt(bitPattern: start) &- 1
  }
}
