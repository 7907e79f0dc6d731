import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// How much memory tensors may take together: TLX_MEMORY (`4G`, `500M`, or bytes), or else the machine's total.
/// A request beyond it is an error that leaves the session alive, where the system would kill the process.
public enum MemoryLimit {
  /// The limit in bytes. Settable.
  public static var bytes: Int {
    get {
      let chosen = limit.load(ordering: .relaxed)
      if chosen > 0 { return chosen }
      let initial = initialLimit()
      limit.store(initial, ordering: .relaxed)
      return initial
    }
    set { limit.store(max(1, newValue), ordering: .relaxed) }
  }

  /// The bytes that live tensors take now.
  public static var bytesInUse: Int { inUse.load(ordering: .relaxed) }

  private static let limit = Atomic<Int>(0)
  private static let inUse = Atomic<Int>(0)

  /// `4G`, `1.5G`, `500M`, `64K`, or plain bytes; nil for anything else.
  public static func parse(_ text: String) -> Int? {
    let units: [Character: Double] = ["K": 1024, "M": 1_048_576, "G": 1_073_741_824, "T": 1_099_511_627_776]
    var digits = Substring(text.uppercased())
    if digits.last == "B" { digits.removeLast() }
    let unit = digits.last.flatMap { units[$0] }
    if unit != nil { digits.removeLast() }
    guard let number = Double(digits), number * (unit ?? 1) >= 1, number * (unit ?? 1) < 9e18 else {
      return nil
    }
    return Int(number * (unit ?? 1))
  }

  private static func initialLimit() -> Int {
    if let text = getenv("TLX_MEMORY"), let bytes = parse(String(cString: text)) { return bytes }
    let total = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    return total > 0 ? total : Int.max / 2
  }

  /// `12.5 GiB (13421772800 bytes)`, or `64 bytes`.
  static func describe(_ byteCount: Int) -> String {
    if byteCount == Int.max { return "more bytes than an address space holds" }
    var value = Double(byteCount)
    var unit = ""
    for name in ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] where value >= 1024 {
      value /= 1024
      unit = name
    }
    if unit.isEmpty { return "\(byteCount) bytes" }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(unit)"
  }

  /// Gives memory back to the system that is kept for later tensors.
  public static func releaseUnused() { MemoryPool.empty() }

  static func allocate(_ byteCount: Int, what: () -> String) throws -> UnsafeMutableRawPointer {
    // A request that no machine can meet must not overflow the count.
    let counted = min(max(byteCount, 0), Int.max / 4)
    let total = inUse.add(counted, ordering: .relaxed)
    guard byteCount == counted, total.newValue <= bytes else {
      inUse.subtract(counted, ordering: .relaxed)
      throw NumericsError(
        "E0702",
        "not enough memory for \(what()): the limit is \(describe(bytes)), of which \(describe(total.oldValue)) are in use",
        help: "use fewer rows or f32 instead of f64, or raise the limit with TLX_MEMORY")
    }
    let memory = MemoryPool.take(byteCount)
    guard let memory else {
      inUse.subtract(byteCount, ordering: .relaxed)
      throw NumericsError(
        "E0702", "the system has no memory for \(what())", help: "use fewer rows or f32 instead of f64")
    }
    return memory
  }

  static func free(_ pointer: UnsafeMutableRawPointer, _ byteCount: Int) {
    inUse.subtract(byteCount, ordering: .relaxed)
    MemoryPool.give(pointer, byteCount)
  }
}
