/// The registers and frames of a machine. Fresh pages are zero, which is nil in every slot, and cost nothing until they
/// are touched; a system that promises no more than it has may refuse them all the same.
final class MachineMemory {
  static let stackSlots = 4 << 20
  private static let stackBytes = stackSlots * MemoryLayout<Slot>.stride
  /// A frame below the first and one above the last may be pointed at.
  private static let frameCount = Machine.depthLimit + 2
  private static let frameBytes = frameCount * MemoryLayout<Frame>.stride

  let stack: Register
  let frames: UnsafeMutablePointer<Frame>

  /// Throws E0702 if the system refuses.
  init() throws {
    guard let stack = ZeroedPages.map(byteCount: MachineMemory.stackBytes) else {
      throw MachineMemory.refusal(MachineMemory.stackBytes)
    }
    guard let frames = ZeroedPages.map(byteCount: MachineMemory.frameBytes) else {
      ZeroedPages.unmap(stack, byteCount: MachineMemory.stackBytes)
      throw MachineMemory.refusal(MachineMemory.frameBytes)
    }
    self.stack = stack.bindMemory(to: Slot.self, capacity: MachineMemory.stackSlots)
    self.frames = frames.bindMemory(to: Frame.self, capacity: MachineMemory.frameCount) + 1
  }

  deinit {
    ZeroedPages.unmap(stack, byteCount: MachineMemory.stackBytes)
    ZeroedPages.unmap(frames - 1, byteCount: MachineMemory.frameBytes)
  }

  private static func refusal(_ byteCount: Int) -> Failure {
    Failure(
      "E0702", "the system refuses the \(byteCount >> 20) MB of address space that a program runs in",
      help: "raise the limit of address space: ulimit -v unlimited")
  }
}
