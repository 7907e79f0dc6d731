import TLXNumerics

/// Writes values as bytes. A function of the program is written as the place where it stands, with what it closes over;
/// memory that several tensors share is written once.
public struct ValueWriter {
  /// What a value's first byte says.
  enum Tag: UInt8 {
    case null, bool, int, float, string, tensor, sharedTensor, list, record, table, range, builtin, closure
    case sharedClosure, dtype, key, labelled, object, made
  }

  public private(set) var archive = ArchiveWriter()
  /// Whether any of the values is or holds a function of the program.
  public private(set) var holdsFunctions = false
  private let program: CellProgram
  private let cellKeys: [String]
  private var tensors: [TensorPlace: Int] = [:]
  private var closures: [ObjectIdentifier: Int] = [:]
  /// Values that are being kept alive while their addresses stand for them.
  private var kept: [Any] = []
  private var depth = 0

  private struct TensorPlace: Hashable {
    var address: UInt
    var shape: Shape
    var dtype: DType
  }

  /// - Parameter cellKeys: For each cell of the program what names it, here and to the reader.
  public init(_ program: CellProgram, cellKeys: [String]) {
    self.program = program
    self.cellKeys = cellKeys
  }

  /// - Throws: `NotStorable` with the reason; errors of computing a tensor's contents.
  public mutating func write(_ value: Value) throws {
    depth += 1
    defer { depth -= 1 }
    guard depth < 500 else { throw NotStorable("it is nested too deeply") }
    switch value {
    case .null: put(.null)
    case .bool(let flag):
      put(.bool)
      archive.add(flag)
    case .int(let number):
      put(.int)
      archive.add(number)
    case .float(let number):
      put(.float)
      archive.add(number)
    case .string(let text):
      put(.string)
      archive.add(text)
    case .tensor(let tensor): try write(tensor)
    case .list(let items):
      put(.list)
      archive.add(items.count)
      for item in items { try write(item) }
    case .record(let record):
      put(.record)
      archive.add(record.names)
      for item in record.values { try write(item) }
    case .table(let table):
      put(.table)
      archive.add(table.names)
      archive.add(table.rowCount)
      for column in table.columns { try write(column) }
    case .range(let range):
      put(.range)
      archive.add(range.start)
      archive.add(range.stop)
      archive.add(range.step)
    case .function(let function): try write(function)
    case .object(let object): try write(object)
    }
  }

  private mutating func put(_ tag: Tag) { archive.add(tag.rawValue) }

  // MARK: - Tensors

  private mutating func write(_ tensor: Tensor) throws {
    let place = try TensorPlace(
      address: tensor.withBytes { UInt(bitPattern: $0.baseAddress) }, shape: tensor.shape, dtype: tensor.dtype
    )
    if let known = tensors[place] {
      put(.sharedTensor)
      archive.add(known)
      return
    }
    tensors[place] = tensors.count
    kept.append(tensor)
    put(.tensor)
    archive.add(tensor.dtype.rawValue)
    archive.add(tensor.rank)
    for size in tensor.shape.sizes { archive.add(size) }
    try tensor.withBytes { archive.add(raw: $0) }
  }

  // MARK: - Functions

  private mutating func write(_ function: Function) throws {
    switch function {
    case let builtin as BuiltinFunction:
      put(.builtin)
      archive.add(builtin.name)
    case let closure as Closure: try write(closure)
    case let function as NativeFunction:
      guard let origin = function.origin else {
        throw NotStorable("\(function.signature) exists only while the program runs")
      }
      put(.made)
      archive.add(origin.builtin)
      archive.add(origin.values.count)
      for value in origin.values {
        archive.add(value != nil)
        if let value { try write(value) }
      }
    default: throw NotStorable("\(function.signature) exists only while the program runs")
    }
  }

  private mutating func write(_ closure: Closure) throws {
    if let known = closures[ObjectIdentifier(closure)] {
      put(.sharedClosure)
      archive.add(known)
      return
    }
    guard let address = program.address(of: closure.prototype) else {
      throw NotStorable("the function \(closure.name) is not one of this file")
    }
    holdsFunctions = true
    closures[ObjectIdentifier(closure)] = closures.count
    kept.append(closure)
    put(.closure)
    switch address.root {
    case .cell(let position):
      archive.add(true)
      archive.add(cellKeys[position])
    case .module(let path):
      archive.add(false)
      archive.add(path)
    }
    archive.add(address.path.count)
    for step in address.path { archive.add(step) }
    archive.add(closure.prototype.captures.count)
    for position in closure.prototype.captures.indices {
      let slot = closure.captures[position]
      guard slot.tag != Slot.cell, slot.tag != Slot.internalObject else {
        throw NotStorable("the function \(closure.name) changes a variable that it closes over")
      }
      try write(slot.value)
    }
  }

  // MARK: - Objects

  private mutating func write(_ object: any LanguageObject) throws {
    switch object {
    case let type as ElementType:
      put(.dtype)
      archive.add(type.dtype.rawValue)
    case let key as Key:
      put(.key)
      archive.add(key.key.high)
      archive.add(key.key.low)
    case let labelled as Labelled:
      put(.labelled)
      archive.add(labelled.names)
      try write(.tensor(labelled.tensor))
    default:
      guard let stored = try object.stored() else {
        throw NotStorable("\(Value.withArticle(object.kindName)) exists only while the program runs")
      }
      put(.object)
      archive.add(stored.kind)
      try write(stored.contents)
    }
  }
}

extension Tensor {
  /// The elements as bytes, computed if need be.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    switch dtype {
    case .bool: try withElements(of: Bool.self) { try body(UnsafeRawBufferPointer($0)) }
    case .i64: try withElements(of: Int.self) { try body(UnsafeRawBufferPointer($0)) }
    case .f32: try withElements(of: Float.self) { try body(UnsafeRawBufferPointer($0)) }
    case .f64: try withElements(of: Double.self) { try body(UnsafeRawBufferPointer($0)) }
    }
  }
}
