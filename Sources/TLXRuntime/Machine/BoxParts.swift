import TLXNumerics

/// Where the parts of a box's value stand in memory, so that the loop reads and changes one without unpacking the value:
/// the elements of a vector or matrix, the items of a list, the values of a record. Trivial, and only a hint: `unknown`
/// is always right, and the complete operations then do the work.
///
/// It holds while the value in the box is neither changed nor handed out: `Box` sees to that. The memory belongs to the
/// value, which the box keeps alive.
struct BoxParts {
  enum Kind: UInt8 {
    case unknown
    case floats, singles, ints, bools  // elements of a tensor
    case items, fields  // values
    case characters  // of a text in which each is one byte
  }

  /// Whether the register that holds the box may change a part where it is.
  @_transparent var isWritable: Bool { owner == .register }

  var kind = Kind.unknown
  /// Who may change a part where it is.
  enum Owner: UInt8 {
    case unknown
    /// The box owns the memory alone, but others may hold the box.
    case box
    /// The register that holds the box: it holds the only reference.
    case register
  }

  var owner = Owner.unknown
  /// The elements of a vector or the items of a list; 0 for what has no single index.
  var count = 0
  /// The shape of a matrix; 0 for all else.
  var rows = 0
  var columns = 0
  var memory = UnsafeMutableRawPointer(bitPattern: 0)
  /// Which names a record has: equal only for records with the same names in the same order.
  var layout = UnsafeRawPointer(bitPattern: 0)

  init() {}

  /// Where the parts of a value stand. With `exclusively`, items and fields that somebody else owns as well are copied
  /// first; the elements of a tensor are not.
  init(of value: inout Value, exclusively: Bool) {
    if case .tensor(let tensor) = value {
      locateElements(of: tensor)
    } else if var items = value.takeList() {
      kind = .items
      count = items.count
      memory = exclusively ? items.exclusiveMemory() : items.memory
      value = .list(items)
    } else if var record = value.takeRecord() {
      kind = .fields
      layout = record.layoutIdentity
      memory = exclusively ? record.exclusiveMemory() : record.memory
      value = .record(record)
    } else if !exclusively, case .string(let text) = value, let bytes = text.plainMemory {
      kind = .characters
      count = bytes.count
      memory = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
    }
    if memory == nil { self = BoxParts() }
    if exclusively, BoxParts.isOwner(&value) { owner = .register }
  }

  private mutating func locateElements(of tensor: Tensor) {
    guard tensor.rank == 1 || tensor.rank == 2, let elements = tensor.elementMemory else { return }
    switch tensor.dtype {
    case .f64: kind = .floats
    case .f32: kind = .singles
    case .i64: kind = .ints
    case .bool: kind = .bools
    }
    memory = elements
    if tensor.rank == 1 {
      count = tensor.count
    } else {
      rows = tensor.shape[0]
      columns = tensor.shape[1]
    }
  }

  /// Whether the value alone owns the memory of its parts, where items and fields have been made its own.
  private static func isOwner(_ value: inout Value) -> Bool {
    guard var tensor = value.takeTensor() else { return true }
    let isOwner = tensor.ownsElements
    value = .tensor(tensor)
    return isOwner
  }
}

extension BoxParts {
  /// Where the fields of a record stand, which others may hold as well.
  init(of record: Record) {
    kind = .fields
    memory = record.memory
    layout = record.layoutIdentity
  }

  /// Where the items of a sequence stand, which keeps them where they are for its life; the number of all.
  init(of sequence: ValueSequence) {
    switch sequence.source {
    case .list(let items): (kind, memory) = (.items, items.memory)
    case .floats(let numbers): (kind, memory) = (.floats, numbers.memory)
    case .integers(let numbers): (kind, memory) = (.ints, numbers.memory)
    case .bools(let flags): (kind, memory) = (.bools, flags.memory)
    case .bytes(let bytes): (kind, memory) = (.characters, bytes.memory)
    default: break
    }
    count = sequence.count
  }
}

// MARK: - Reading and changing

extension BoxParts {
  /// The part at `position` into a register. False where it is no number.
  @_transparent
  func read(_ position: Int, into register: Register) -> Bool {
    guard let memory else { return false }
    switch kind {
    case .floats: register.setFloat(memory.load(fromByteOffset: position &* 8, as: Double.self))
    case .ints: register.setInt(memory.load(fromByteOffset: position &* 8, as: Int.self))
    case .bools: register.setBool(memory.load(fromByteOffset: position, as: Bool.self))
    case .items, .fields:
      switch (memory.assumingMemoryBound(to: Value.self) + position).pointee {
      case .float(let number): register.setFloat(number)
      case .int(let number): register.setInt(number)
      case .bool(let flag): register.setBool(flag)
      default: return false
      }
    // An element of f32 stays a tensor in the language.
    case .singles, .characters, .unknown: return false
    }
    return true
  }

  /// The character at `position` of a text.
  @_transparent
  func character(at position: Int) -> UInt8? {
    guard kind == .characters, let memory else { return nil }
    return memory.load(fromByteOffset: position, as: UInt8.self)
  }

  /// The item or field at `position`, of any kind.
  func value(at position: Int) -> Value? {
    guard let memory, kind == .items || kind == .fields else { return nil }
    return memory.assumingMemoryBound(to: Value.self)[position]
  }

  /// Replaces the part at `position` by a number. False where it is none, or one that the memory cannot hold as it is.
  @_transparent
  func write(_ slot: Slot, at position: Int) -> Bool {
    guard let memory else { return false }
    switch (kind, slot.tag) {
    case (.floats, Slot.float):
      memory.storeBytes(of: slot.asFloat, toByteOffset: position &* 8, as: Double.self)
    case (.floats, Slot.int):
      memory.storeBytes(of: Double(slot.asInt), toByteOffset: position &* 8, as: Double.self)
    case (.singles, Slot.float):
      memory.storeBytes(of: Float(slot.asFloat), toByteOffset: position &* 4, as: Float.self)
    case (.ints, Slot.int): memory.storeBytes(of: slot.asInt, toByteOffset: position &* 8, as: Int.self)
    case (.bools, Slot.bool): memory.storeBytes(of: slot.asBool, toByteOffset: position, as: Bool.self)
    case (.items, Slot.float), (.fields, Slot.float):
      (memory.assumingMemoryBound(to: Value.self) + position).pointee = .float(slot.asFloat)
    case (.items, Slot.int), (.fields, Slot.int):
      (memory.assumingMemoryBound(to: Value.self) + position).pointee = .int(slot.asInt)
    case (.items, Slot.bool), (.fields, Slot.bool):
      (memory.assumingMemoryBound(to: Value.self) + position).pointee = .bool(slot.asBool)
    default: return false
    }
    return true
  }

  /// Replaces the item or field at `position` by a value of any kind. False where the parts are numbers.
  func replace(at position: Int, with value: Value) -> Bool {
    guard let memory, kind == .items || kind == .fields else { return false }
    memory.assumingMemoryBound(to: Value.self)[position] = value
    return true
  }

  /// Where `x[index]` stands; -1 if there is no such part.
  @_transparent
  func position(_ index: Int) -> Int {
    let position = index < 0 ? index &+ count : index
    return UInt(bitPattern: position) < UInt(bitPattern: count) ? position : -1
  }

  /// Where `x[row, column]` stands; -1 if there is no such part.
  @_transparent
  func position(_ row: Int, _ column: Int) -> Int {
    let (i, j) = (row < 0 ? row &+ rows : row, column < 0 ? column &+ columns : column)
    let isInside =
      UInt(bitPattern: i) < UInt(bitPattern: rows) && UInt(bitPattern: j) < UInt(bitPattern: columns)
    return isInside ? i &* columns &+ j : -1
  }
}

/// Where a field stands in the records that an instruction met last.
struct FieldCache {
  /// Owned, so that no other layout can come to stand at its address. At first one that no record has.
  private(set) var layout = FieldCache.none
  private(set) var position = 0

  private static var none: UnsafeRawPointer? { UnsafeRawPointer(bitPattern: 1) }

  mutating func remember(_ record: Record, at position: Int) {
    forget()
    layout = UnsafeRawPointer(Unmanaged.passRetained(record.layoutObject).toOpaque())
    self.position = position
  }

  mutating func forget() {
    guard let layout, layout != FieldCache.none else { return }
    Unmanaged<AnyObject>.fromOpaque(layout).release()
    self.layout = FieldCache.none
  }
}

extension Array {
  /// Where the items stand. Valid while the array is neither changed nor released.
  fileprivate var memory: UnsafeMutableRawPointer? {
    withUnsafeBufferPointer { UnsafeMutableRawPointer(mutating: $0.baseAddress) }
  }

  /// As `memory`, after which this array is the items' only owner.
  fileprivate mutating func exclusiveMemory() -> UnsafeMutableRawPointer? {
    withUnsafeMutableBufferPointer { UnsafeMutableRawPointer($0.baseAddress) }
  }
}

extension Record {
  fileprivate var layoutIdentity: UnsafeRawPointer {
    UnsafeRawPointer(Unmanaged.passUnretained(layoutObject).toOpaque())
  }
  fileprivate var memory: UnsafeMutableRawPointer? { values.memory }
  fileprivate mutating func exclusiveMemory() -> UnsafeMutableRawPointer? {
    withValues { $0.exclusiveMemory() }
  }
}
