import TLXSource

/// The registers and frames of a machine. Fresh pages are zero, which is nil in every slot, and cost nothing until they
/// are touched; a system that promises no more than it has may refuse them all the same.
final class MachineMemory {
  private static let stackSlots = 4 << 20
  /// What holds the arguments of a session that cannot run.
  private static let leastSlots = 1 << 10

  let stack: Register
  let slotCount: Int
  let frames: UnsafeMutablePointer<Frame>
  /// Calls that may be active at once.
  let depthLimit: Int
  /// Why nothing can run: the system refused the memory.
  let refusal: Diagnostic?

  init() {
    if let whole = MachineMemory.map(slots: MachineMemory.stackSlots, depth: Machine.depthLimit) {
      (stack, frames, slotCount) = (whole.stack, whole.frames, MachineMemory.stackSlots)
      depthLimit = Machine.depthLimit
      refusal = nil
      return
    }
    let bytes = MachineMemory.stackSlots * MemoryLayout<Slot>.stride
    refusal = Diagnostic(
      "E0702", "the system refuses the \(bytes >> 20) MB of address space that a program runs in",
      help: "raise the limit of address space: ulimit -v unlimited")
    (slotCount, depthLimit) = (MachineMemory.leastSlots, 0)
    stack = .allocate(capacity: slotCount)
    stack.initialize(repeating: .nothing, count: slotCount)
    frames = UnsafeMutablePointer<Frame>.allocate(capacity: 2) + 1
  }

  deinit {
    if refusal == nil {
      MachineMemory.unmap(stack, frames, slots: slotCount, depth: depthLimit)
    } else {
      stack.deallocate()
      (frames - 1).deallocate()
    }
  }

  /// A frame below the first and one above the last may be pointed at.
  private static func frameBytes(_ depth: Int) -> Int { (depth + 2) * MemoryLayout<Frame>.stride }

  private static func map(slots: Int, depth: Int) -> (stack: Register, frames: UnsafeMutablePointer<Frame>)? {
    guard let stack = ZeroedPages.map(byteCount: slots * MemoryLayout<Slot>.stride) else { return nil }
    guard let frames = ZeroedPages.map(byteCount: frameBytes(depth)) else {
      ZeroedPages.unmap(stack, byteCount: slots * MemoryLayout<Slot>.stride)
      return nil
    }
    return (
      stack.bindMemory(to: Slot.self, capacity: slots),
      frames.bindMemory(to: Frame.self, capacity: depth + 2) + 1
    )
  }

  private static func unmap(
    _ stack: Register, _ frames: UnsafeMutablePointer<Frame>, slots: Int, depth: Int
  ) {
    ZeroedPages.unmap(stack, byteCount: slots * MemoryLayout<Slot>.stride)
    ZeroedPages.unmap(frames - 1, byteCount: frameBytes(depth))
  }
}
