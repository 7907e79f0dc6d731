/// A function's machine code. It works on the same registers and frames as the loop, so that either can go on where the
/// other stops, before any instruction.
final class NativeCode {
  private let memory: ExecutableMemory
  /// By instruction, where its code begins; -1 where nothing can be entered.
  private let offsets: [Int32]

  init(_ memory: ExecutableMemory, offsets: [Int32]) {
    self.memory = memory
    self.offsets = offsets
  }

  var start: UnsafeRawPointer { memory.start }

  func address(of instruction: Int) -> UnsafeRawPointer? {
    guard offsets.indices.contains(instruction), offsets[instruction] >= 0 else { return nil }
    return memory.start + Int(offsets[instruction])
  }
}

/// Why native code gave control back to the loop.
enum NativeExit: Int32 {
  /// The frame at the entry has returned; its result is in the machine's state.
  case finished
  /// A frame has returned to one that the loop runs, which is yet to take the result from the machine's state.
  case returned
  /// The loop goes on with the running frame, at its instruction.
  case left
  /// An error waits.
  case failed
}
