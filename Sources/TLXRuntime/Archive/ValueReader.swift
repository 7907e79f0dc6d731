import TLXNumerics

/// Reads what `ValueWriter` wrote, for a session in which a program of the same functions is prepared.
public struct ValueReader {
  private var archive: ArchiveReader
  private let program: CellProgram
  private let session: Session
  /// Where the cells whose functions may occur stand in the program, by the names that the writer was given.
  private let cellPositions: [String: Int]
  private var tensors: [Tensor] = []
  private var closures: [Closure] = []
  private var depth = 0

  /// - Parameter cellPositions: The places in `program` of the cells whose functions may occur, by their names.
  public init(_ bytes: [UInt8], _ program: CellProgram, _ session: Session, cellPositions: [String: Int]) {
    archive = ArchiveReader(bytes)
    self.program = program
    self.session = session
    self.cellPositions = cellPositions
  }

  public var isAtEnd: Bool { archive.isAtEnd }

  /// Whether any value so far was or held a function of the program.
  public var holdsFunctions: Bool { !closures.isEmpty }

  /// - Throws: `DamagedArchive`, or what making an object throws.
  public mutating func value() throws -> Value {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 500, let tag = ValueWriter.Tag(rawValue: try archive.byte()) else {
      throw DamagedArchive()
    }
    switch tag {
    case .null: return .null
    case .bool: return .bool(try archive.flag())
    case .int: return .int(try archive.int())
    case .float: return .float(try archive.float())
    case .string: return .string(try archive.text())
    case .tensor: return .tensor(try tensor())
    case .sharedTensor: return .tensor(try shared(tensors))
    case .list: return .list(try values(try archive.count()))
    case .record:
      let names = try archive.texts()
      return .record(Record(Array(zip(names, try values(names.count)))))
    case .table: return .table(try table())
    case .range: return .range(try range())
    case .builtin:
      guard let builtin = session.builtins[try archive.text()] else { throw DamagedArchive() }
      return .function(session.function(of: builtin))
    case .made: return .function(try madeFunction())
    case .closure: return .function(try closure())
    case .sharedClosure: return .function(try shared(closures))
    case .dtype:
      guard let dtype = DType(rawValue: try archive.byte()) else { throw DamagedArchive() }
      return .object(ElementType(dtype))
    case .key: return .object(Key(RandomKey(high: try archive.word(), low: try archive.word())))
    case .labelled:
      let names = try archive.texts()
      guard case .tensor(let tensor) = try value() else { throw DamagedArchive() }
      return .object(try Labelled(names: names, tensor: tensor))
    case .object:
      guard let reader = session.builtins.objectReaders[try archive.text()] else { throw DamagedArchive() }
      return .object(try reader(try value(), session))
    }
  }

  private mutating func values(_ count: Int) throws -> [Value] { try (0..<count).map { _ in try value() } }

  private mutating func shared<Item>(_ items: [Item]) throws -> Item {
    let position = try archive.int()
    guard items.indices.contains(position) else { throw DamagedArchive() }
    return items[position]
  }

  private mutating func tensor() throws -> Tensor {
    guard let dtype = DType(rawValue: try archive.byte()) else { throw DamagedArchive() }
    let rank = try archive.count()
    let sizes = try (0..<rank).map { _ in try archive.int() }
    var count = 1
    for size in sizes {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow, product < 1 << 48 else { throw DamagedArchive() }
      count = product
    }
    let storage = try Storage(byteCount: count * dtype.stride)
    try archive.copy(count * dtype.stride, to: storage.pointer)
    let tensor = Tensor(storage: storage, shape: Shape(sizes), dtype: dtype)
    tensors.append(tensor)
    return tensor
  }

  private mutating func table() throws -> Table {
    let names = try archive.texts()
    let rowCount = try archive.int()
    let columns = try values(names.count)
    for column in columns {
      switch column {
      case .list(let items) where items.count == rowCount: continue
      case .tensor(let tensor) where tensor.rank == 1 && tensor.count == rowCount: continue
      default: throw DamagedArchive()
      }
    }
    return Table(names: names, columns: columns, rowCount: rowCount)
  }

  private mutating func range() throws -> IntegerRange {
    let range = IntegerRange(start: try archive.int(), stop: try archive.int(), step: try archive.int())
    guard range.step != 0 else { throw DamagedArchive() }
    return range
  }

  /// What a built-in makes of other values: `grad(f)`.
  private mutating func madeFunction() throws -> Function {
    guard let builtin = session.builtins[try archive.text()] else { throw DamagedArchive() }
    let values = try (0..<archive.count()).map { _ in try archive.flag() ? try value() : nil }
    let arguments = Arguments(builtin: builtin, values: values, context: session)
    guard case .function(let function) = try builtin.body(arguments) else { throw DamagedArchive() }
    return function
  }

  private mutating func closure() throws -> Closure {
    let root: FunctionAddress.Root
    if try archive.flag() {
      guard let position = cellPositions[try archive.text()] else { throw DamagedArchive() }
      root = .cell(position)
    } else {
      root = .module(try archive.text())
    }
    let path = try (0..<archive.count()).map { _ in try archive.int() }
    guard let prototype = program.prototype(at: FunctionAddress(root: root, path: path)),
      try archive.int() == prototype.captures.count
    else { throw DamagedArchive() }
    let closure = Closure(prototype, machine: session.machine)
    closures.append(closure)
    for position in prototype.captures.indices { (closure.captures + position).set(try value()) }
    return closure
  }
}
