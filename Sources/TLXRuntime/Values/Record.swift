/// Named values in order: `{lr: 0.1, layers: [64, 10]}`.
public struct Record {
  /// The names and where each stands. Shared by all copies; copied when one of several owners adds a name.
  private final class Layout {
    var names: [String]
    /// Only where there are so many names that comparing each would be slow.
    private var positions: [String: Int]?
    private static let indexedAbove = 12

    init(_ names: [String]) {
      self.names = names
      if names.count > Layout.indexedAbove { index() }
    }

    private func index() {
      var positions: [String: Int] = [:]
      for (position, name) in names.enumerated() { positions[name] = position }
      self.positions = positions
    }

    func position(of name: String) -> Int? {
      if let positions { return positions[name] }
      return names.firstIndex(of: name)
    }

    func append(_ name: String) {
      names.append(name)
      if positions != nil {
        positions?[name] = names.count - 1
      } else if names.count > Layout.indexedAbove {
        index()
      }
    }
  }

  private var layout: Layout
  public private(set) var values: [Value]

  public init() {
    layout = Layout([])
    values = []
  }

  /// A later field of the same name replaces an earlier one.
  public init(_ fields: [(String, Value)]) {
    self.init()
    values.reserveCapacity(fields.count)
    for (name, value) in fields { self[name] = value }
  }

  public var names: [String] { layout.names }
  public var count: Int { values.count }

  public func position(of name: String) -> Int? { layout.position(of: name) }

  /// Setting nil removes the field.
  public subscript(name: String) -> Value? {
    get { layout.position(of: name).map { values[$0] } }
    set {
      let position = layout.position(of: name)
      switch (position, newValue) {
      case (let position?, let value?): values[position] = value
      case (let position?, nil):
        var names = layout.names
        names.remove(at: position)
        layout = Layout(names)
        values.remove(at: position)
      case (nil, let value?):
        if !isKnownUniquelyReferenced(&layout) { layout = Layout(layout.names) }
        layout.append(name)
        values.append(value)
      case (nil, nil): break
      }
    }
  }

  /// What records with the same names in the same order, made from one another, have in common. Never changes while
  /// somebody else holds it.
  var layoutObject: AnyObject { layout }

  /// Changes values in place; their number stays.
  mutating func withValues<Result>(_ change: (inout [Value]) -> Result) -> Result { change(&values) }

  /// The same names with other values, one each.
  public func replacingValues(_ values: [Value]) -> Record {
    precondition(values.count == self.values.count, "one value a field")
    return Record(layout: layout, values: values)
  }

  private init(layout: Layout, values: [Value]) {
    self.layout = layout
    self.values = values
  }

  /// Takes the value of a field out, leaving nil, so that it can be changed in place and put back.
  mutating func take(at position: Int) -> Value {
    let value = values[position]
    values[position] = .null
    return value
  }

  mutating func put(_ value: Value, at position: Int) { values[position] = value }
}
