#if DEBUG
  #if canImport(Glibc)
    import Glibc
  #endif

  /// Debug builds count the references that slots hold, per object, so that a test can prove that a program leaves
  /// none behind and gives none back twice. It works for one thread: the machine's.
  final class SlotLedger {
    private(set) var held: [UInt64: Int] = [:]
    private(set) var overReleases = 0

    func retained(_ bits: UInt64) { held[bits, default: 0] += 1 }

    func released(_ bits: UInt64) {
      guard let count = held[bits] else {
        overReleases += 1
        return
      }
      held[bits] = count == 1 ? nil : count - 1
    }

    private static let key: pthread_key_t = {
      var key = pthread_key_t()
      pthread_key_create(&key, nil)
      return key
    }()

    /// The ledger of the running thread, if one keeps count. The caller of `counting` keeps it alive.
    static var current: SlotLedger? {
      pthread_getspecific(key).map { Unmanaged<SlotLedger>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Runs `body` on this thread with this ledger.
    func counting<Result>(_ body: () throws -> Result) rethrows -> Result {
      let outer = pthread_getspecific(SlotLedger.key)
      pthread_setspecific(SlotLedger.key, Unmanaged.passUnretained(self).toOpaque())
      defer { pthread_setspecific(SlotLedger.key, outer) }
      return try body()
    }
  }
#endif
