import TLXNumerics

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
  /// What it is as data, for JSON: records, tables and tensors; nil for what is only shown.
  var dataValue: Value? { get }
  /// The tensor that it stands for in arithmetic and where a tensor is asked for (labelled values), if any.
  var tensorValue: Tensor? { get }
  /// The items that `for` and `map` go through, if it has any.
  var items: ObjectItems? { get }
  /// What `len` gives, if it has items.
  var itemCount: Int? { get }
  /// The same kind of object with these of its items, what slices, masks and lists of positions give, if it can.
  /// The positions exist.
  func selecting(_ positions: [Int]) throws -> Value?
  /// What `x[…]` gives, if it has an indexing of its own.
  func part(at subscripts: [SubscriptValue]) throws -> Value?
  /// Whether `==` holds with another object of the same or another kind. Identity unless told otherwise.
  func equals(_ other: any LanguageObject) -> Bool
  /// The object as plain values, from which a reader of `BuiltinTable.objectReaders` makes it again; nil if it cannot
  /// be kept.
  func stored() throws -> StoredObject?
  /// The object as a picture, if it is one.
  var picture: (any Picture)? { get }
}

/// What can be drawn on a page.
public protocol Picture {
  /// SVG inside HTML, with the colours of the page around it.
  var svg: String { get }
  /// One with colours of its own.
  var standaloneSVG: String { get }
  /// What is said to those who do not see it.
  var summary: String { get }
}

extension LanguageObject {
  public var fieldNames: [String] { [] }
  public func field(_ name: String) throws -> Value? { nil }
  public func call(_ arguments: [Value], _ context: CallContext) throws -> Value? { nil }
  public func combine(_ operation: String, with other: Value, reversed: Bool) throws -> Value? { nil }
  public var dataValue: Value? { nil }
  public var tensorValue: Tensor? { nil }
  public var items: ObjectItems? { nil }
  public var itemCount: Int? { items?.count ?? tensorValue?.shape.first }
  public func selecting(_ positions: [Int]) throws -> Value? { nil }
  public func part(at subscripts: [SubscriptValue]) throws -> Value? { nil }
  public func equals(_ other: any LanguageObject) -> Bool { self === other }
  public func stored() throws -> StoredObject? { nil }
  public var picture: (any Picture)? { nil }
}

/// The items of an object, made one at a time.
public struct ObjectItems {
  public var count: Int
  /// Called with 0 ..< count.
  public var element: (Int) throws -> Value

  public init(count: Int, element: @escaping (Int) throws -> Value) {
    self.count = count
    self.element = element
  }
}
