import TLXNumerics

/// Native code and the loop: which functions get some, and how one hands over to the other.
extension Machine {
  /// Where native code for the function starts that is to run from its beginning.
  var functionCode: UnsafeRawPointer? {
    guard profile == nil, frame.pointee.pc == frame.pointee.header.pointee.code else { return nil }
    return frame.pointee.header.pointee.native
  }

  /// Where native code for a loop starts that has just made many turns.
  func hotCode(at pc: UnsafeMutablePointer<Instruction>) -> UnsafeRawPointer? {
    guard profile == nil else { return nil }
    let header = frame.pointee.header
    heat(header)
    return header.pointee.prototype?.takeUnretainedValue().nativeCode?.address(of: pc - header.pointee.code)
  }

  /// Makes native code for what runs often, if that has not been tried.
  func heat(_ header: UnsafeMutablePointer<Prototype.Header>) {
    guard !header.pointee.isHot else { return }
    header.pointee.isHot = true
    #if arch(x86_64)
      guard let layout = nativeLayout, let prototype = header.pointee.prototype?.takeUnretainedValue() else {
        return
      }
      prototype.nativeCode = NativeCompiler.compile(
        prototype, layout: layout, globalCount: frame.pointee.base == stack ? session.variables.count : 0)
    #endif
  }

  /// Runs native code in the running frame. True if the frame at `entry` has returned; else the loop goes on with the
  /// running frame, at its instruction. `value` is the result that the code waits for, if it is in the middle of a call.
  func run(
    _ address: UnsafeRawPointer, _ value: Slot, entry: UnsafeMutablePointer<Frame>
  ) throws -> Bool {
    let machine = UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
    switch NativeExit(rawValue: NativeHelp.enter(address, state, machine, entry, value.tag, value.bits)) {
    case .finished: return true
    case .returned:
      try takeResult()
      frame.pointee.pc += 2
    case .left: break
    case .failed, nil:
      let error = nativeError
      nativeError = nil
      throw error ?? Failure("E0600", "the program could not go on")
    }
    return false
  }

  /// Stores what a call has given where the running frame's instruction wants it.
  func takeResult() throws {
    let instruction = frame.pointee.pc.pointee
    let destination = base + Int(instruction.c)
    let result = result
    self.result = .nothing
    destination.setOwned(result)
    if result.tag == Slot.boxed && instruction.isSettling { try settle(destination) }
  }
}
