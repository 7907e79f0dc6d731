/// Named values in order: `{lr: 0.1, layers: [64, 10]}`.
public struct Record {
  public private(set) var names: [String]
  public private(set) var values: [Value]

  public init() {
    names = []
    values = []
  }

  /// A later field of the same name replaces an earlier one.
  public init(_ fields: [(String, Value)]) {
    self.init()
    for (name, value) in fields { self[name] = value }
  }

  public var count: Int { names.count }

  /// Setting nil removes the field.
  public subscript(name: String) -> Value? {
    get { names.firstIndex(of: name).map { values[$0] } }
    set {
      let position = names.firstIndex(of: name)
      switch (position, newValue) {
      case (let position?, let value?): values[position] = value
      case (let position?, nil):
        names.remove(at: position)
        values.remove(at: position)
      case (nil, let value?):
        names.append(name)
        values.append(value)
      case (nil, nil): break
      }
    }
  }
}
