import TLXNumerics
import TLXSource

/// `x.name`.
extension Operations {
  public static let tensorFields = ["shape", "T", "dtype", "size", "ndim"]

  /// A field of a record, column of a table, field of an object, or one of `.shape .T .dtype .size .ndim`.
  /// - Throws: E0408 naming the nearest, or the function to call instead.
  public static func field(of value: Value, _ name: String) throws -> Value {
    switch value {
    case .record(let record):
      if let field = record[name] { return field }
      throw unknown(name, "field", record.names)
    case .table(let table):
      if let column = table.column(name) { return column }
      throw unknown(name, "column", table.names)
    case .tensor(let tensor):
      if let field = try field(of: tensor, name) { return field }
    case .object(let object):
      if let field = try object.field(name) { return field }
      if let tensor = object.tensorValue, let field = try field(of: tensor, name) { return field }
      throw unknown(name, "field", object.fieldNames, of: value.kindDescription)
    case .range(let range):
      switch name {
      case "start": return .int(range.start)
      case "stop": return .int(range.stop)
      case "step": return .int(range.step)
      default: break
      }
    case .null:
      throw Failure("E0408", "nil has no field \(name)", help: "check for x == nil first")
    default: break
    }
    var failure = Failure(
      "E0408", "\(value.kindDescription) has no field \(name)", help: helpForMethod(name, value))
    // Where nothing better is known, a function of that name may be meant.
    failure.method = name
    throw failure
  }

  private static func field(of tensor: Tensor, _ name: String) throws -> Value? {
    switch name {
    case "shape": .list(tensor.shape.map { .int($0) })
    case "T": .tensor(tensor.transpose())
    case "dtype": .object(ElementType(tensor.dtype))
    case "size": .int(tensor.count)
    case "ndim": .int(tensor.rank)
    default: nil
    }
  }

  /// Names that a value's dot answers, for completion.
  public static func fieldNames(of value: Value) -> [String] {
    switch value {
    case .record(let record): record.names
    case .table(let table): table.names
    case .tensor: tensorFields
    case .object(let object): object.fieldNames
    case .range: ["start", "stop", "step"]
    default: []
    }
  }

  private static func helpForMethod(_ name: String, _ value: Value) -> String? {
    var place = ""
    var isTensor = false
    if case .tensor = value {
      isTensor = true
      place = "a tensor has only \(tensorFields.map { "." + $0 }.joined(separator: " ")); "
    }
    switch name {
    case "append", "push", "add", "extend", "insert":
      return isTensor
        ? "a tensor does not grow in place: x = concat((x, [value])); an empty list is ()"
        : "a list grows by a list: xs + (item,)"
    case "format": return "strings format by themselves: \"text {x:.2f}\""
    case "grad", "backward", "requires_grad", "requires_grad_":
      return "a function has a gradient, not a value: grad(f)(x)"
    case "pop", "remove": return place + "a shorter list is a slice: xs[:-1]"
    case "items", "iteritems": return place + "zip(keys(r), values(r)) gives the fields with their names"
    case "astype", "to", "double", "float", "long":
      return place + "functions convert: f32(x), f64(x), i64(x), bool(x)"
    case "numpy", "item", "detach", "cpu", "copy", "clone", "contiguous":
      return place + "values need no conversion: use the value itself"
    case "view": return place + "reshape(x, rows, columns) gives another shape"
    case "dot", "matmul", "mm": return place + "the matrix product is a @ b"
    default: break
    }
    return isTensor ? String(place.dropLast(2)) : nil
  }

  static func unknown(_ name: String, _ what: String, _ names: [String], of owner: String? = nil) -> Failure {
    let place = owner.map { " of \($0)" } ?? ""
    let message = "there is no \(what) `\(name)`\(place)"
    if let nearest = Spelling.nearest(to: name, in: names) {
      return Failure("E0408", message, help: "did you mean `\(nearest)`?")
    }
    switch (what, name) {
    case ("field", "get"):
      return Failure("E0408", message, help: "write r.name; contains(r, \"name\") tells whether it is there")
    case ("field", "items"), ("field", "keys"), ("field", "values"):
      let function = name == "items" ? "zip(keys(r), values(r))" : "\(name)(r)"
      return Failure("E0408", message, help: "functions take the value as an argument: \(function)")
    default: break
    }
    guard !names.isEmpty else { return Failure("E0408", message) }
    let list = names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")
    var failure = Failure(
      "E0408", message, help: names.count == 1 ? "its only \(what) is \(list)" : "its \(what)s are \(list)")
    if what == "field" { failure.method = name }
    return failure
  }

  /// Sets a field of a record (adding it if it is new) or a column of a table.
  public static func setField(of base: inout Value, _ name: String, _ value: Value) throws {
    if var record = base.takeRecord() {
      record[name] = value
      base = .record(record)
      return
    }
    switch base {
    case .table(let table): base = .table(try table.setting(name, to: value))
    default: throw Failure("E0404", "the fields of \(base.kindDescription) cannot be set")
    }
  }

  /// `x[i].a = v`, `r.xs[i] = v`: changes a part in place through a closure, without a second owner of it, so that
  /// nothing is copied. `path` leads from the outside in.
  public static func update(
    _ base: inout Value, _ path: [PathStep], _ change: (inout Value) throws -> Void
  ) throws {
    guard let step = path.first else { return try change(&base) }
    let rest = Array(path.dropFirst())
    if case .record = base, let name = try step.fieldName(of: base), var record = base.takeRecord() {
      defer { base = .record(record) }
      guard let position = record.position(of: name) else { throw unknown(name, "field", record.names) }
      var part = record.take(at: position)
      defer { record.put(part, at: position) }
      return try update(&part, rest, change)
    }
    if case .index(let subscripts) = step, subscripts.count == 1,
      case .value(.int(let index)) = subscripts[0],
      var items = base.takeList()
    {
      defer { base = .list(items) }
      return try update(&items[position(index, length: items.count, of: "the list")], rest, change)
    }
    var part: Value
    switch step {
    case .field(let name):
      part = try field(of: base, name)
      try update(&part, rest, change)
      try setField(of: &base, name, part)
    case .index(let subscripts):
      part = try index(base, subscripts)
      try update(&part, rest, change)
      try assign(into: &base, subscripts, part)
    }
  }

  /// A step of the left side of an assignment.
  public enum PathStep {
    case field(String)
    case index([SubscriptValue])

    fileprivate func fieldName(of base: Value) throws -> String? {
      switch self {
      case .field(let name): name
      case .index(let subscripts): try Operations.name(in: subscripts, of: base)
      }
    }
  }
}
