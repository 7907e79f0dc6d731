import TLXNumerics

/// What a built-in may use of the running session.
public protocol CallContext: AnyObject {
  /// Calls any callable value: a function, a built-in, an object that can be called.
  func call(_ callee: Value, _ arguments: [Value], keywords: [(name: String, value: Value)]) throws -> Value
  /// The random stream of the running cell.
  var random: RandomStream { get }
  /// `seed(n)`: fixes the session; the running cell's stream starts anew from it.
  func seed(_ seed: UInt64)
  /// Where shown values, text and progress go.
  var output: any Output { get }
  /// The folder that relative paths start from: the script's, or the current one at the prompt.
  var folder: String { get }
  /// The `args` of the script and other settings, by name.
  var builtins: BuiltinTable { get }
}

extension CallContext {
  public func call(_ callee: Value, _ arguments: [Value]) throws -> Value {
    try call(callee, arguments, keywords: [])
  }
}

/// Where a session's output goes: a terminal, a file, a page, a test.
public protocol Output: AnyObject {
  /// Text as `print` writes it, newline included.
  func write(_ text: String)
  /// A value that `show(…)` or a top-level expression shows. `digits` overrides the significant digits.
  func show(_ value: Value, digits: Int?)
  /// A line of progress that may be drawn over by the next; nil ends it.
  func progress(_ line: String?)
  /// A picture of what goes on, in place of the one before; nil ends it. Drawn only where somebody looks.
  func sketch(_ draw: (() throws -> any Picture)?)
  /// Columns.
  var width: Int { get }
}

extension Output {
  public func sketch(_ draw: (() throws -> any Picture)?) {}
}
