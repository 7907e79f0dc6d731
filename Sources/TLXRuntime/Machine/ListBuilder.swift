import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// The items of a comprehension so far. As long as all are numbers (or bools) of one kind only their bits are kept, so
/// that a vector is made without a value for each of its elements.
final class ListBuilder {
  /// The tag of all items in `numbers`; `Slot.missing` before the first, `Slot.boxed` once they are in `values`.
  private var tag = Slot.missing
  private var count = 0
  private var capacity = 0
  private var numbers: UnsafeMutablePointer<UInt64>?
  private var values: [Value] = []

  deinit { free(numbers) }

  /// Adds a number like those before it. False where it is another, or where there is no room.
  @inline(__always)
  func appendNumber(_ slot: Slot) -> Bool {
    guard slot.tag == tag, count < capacity, let numbers else { return false }
    numbers[count] = slot.bits
    count &+= 1
    return true
  }

  /// Adds any owned slot.
  func append(owning slot: Slot) {
    let isNumber = slot.tag >= Slot.bool && slot.tag <= Slot.float
    if isNumber, tag == Slot.missing || tag == slot.tag {
      tag = slot.tag
      if count == capacity { grow() }
      if appendNumber(slot) { return }
    }
    spill()
    values.append(slot.consumed())
  }

  private func grow() {
    let larger = max(16, capacity * 2)
    // A large block grows without being copied.
    guard let memory = realloc(numbers, larger * MemoryLayout<UInt64>.stride) else { return }
    numbers = memory.assumingMemoryBound(to: UInt64.self)
    capacity = larger
  }

  /// Makes values of the numbers.
  private func spill() {
    guard tag != Slot.boxed else { return }
    values = (0..<count).map { Slot(tag: tag, bits: numbers?[$0] ?? 0).value }
    free(numbers)
    (tag, count, capacity, numbers) = (Slot.boxed, 0, 0, nil)
  }

  /// All items as a list.
  func list() -> [Value] {
    spill()
    return values
  }

  /// What the items in brackets are: a tensor if they are numbers.
  func bracket() throws -> Value {
    switch tag {
    case Slot.float: return .tensor(try Tensor(elements { Double(bitPattern: $0) }))
    case Slot.int: return .tensor(try Tensor(elements { Int(truncatingIfNeeded: $0) }))
    case Slot.bool: return .tensor(try Tensor(elements { $0 != 0 }))
    default: return try Operations.bracket(list())
    }
  }

  private func elements<Element>(_ convert: (UInt64) -> Element) -> [Element] {
    [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let numbers, let start = buffer.baseAddress else { return }
      for position in 0..<count { (start + position).initialize(to: convert(numbers[position])) }
      initialized = count
    }
  }
}
