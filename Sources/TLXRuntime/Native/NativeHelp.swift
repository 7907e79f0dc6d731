/// What native code calls. Addresses of functions that keep to the conventions of C: they take and give machine words, and
/// leave an error in the machine.
enum NativeHelp {
  typealias Word = UnsafeMutableRawPointer?

  /// `(machine, instruction) → the next instruction, or null and an error`
  static let step = address(of: { machine, instruction in
    attempt(machine, instruction) { machine in
      let frame = machine.frame
      let next = try machine.step()
      // What code that runs often calls will run often.
      if machine.frame != frame { machine.heat(machine.frame.pointee.header) }
      return next
    }
  })

  /// `(machine, instruction) → not null, or null and an error`
  static let poll = address(of: { machine, instruction in
    attempt(machine, instruction) { machine in
      try machine.poll()
      return machine.frame.pointee.pc
    }
  })

  /// `(machine) → not null, or null and an error`
  static let takeResult = address(of: { machine, _ in
    attempt(machine, nil) { machine in
      try machine.takeResult()
      return machine.frame.pointee.pc
    }
  })

  /// `(first register, count)`
  static let clearRegisters = address(of: { first, count in
    let registers = first?.assumingMemoryBound(to: Slot.self)
    for position in 0..<Int(bitPattern: count) { registers.map { ($0 + position).clear() } }
    return nil
  })

  private static func address(of function: @convention(c) (Word, Word) -> Word) -> UInt64 {
    UInt64(UInt(bitPattern: unsafeBitCast(function, to: UnsafeRawPointer.self)))
  }

  private static func attempt(
    _ machine: Word, _ instruction: Word, _ body: (Machine) throws -> UnsafeMutablePointer<Instruction>
  ) -> Word {
    guard let machine else { return nil }
    return Unmanaged<Machine>.fromOpaque(machine)._withUnsafeGuaranteedRef { machine in
      if let instruction { machine.frame.pointee.pc = instruction.assumingMemoryBound(to: Instruction.self) }
      do {
        return UnsafeMutableRawPointer(try body(machine))
      } catch {
        machine.nativeError = error
        return nil
      }
    }
  }

  // MARK: - Entering

  private typealias Bridge =
    @convention(c) (
      UnsafeRawPointer, UnsafeMutableRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, UInt, UInt64
    ) -> Int32

  #if arch(x86_64)
    /// The function that enters native code, kept for the program's life.
    private static let bridge: ExecutableMemory? = NativeCompiler.bridge()
  #else
    private static let bridge: ExecutableMemory? = nil
  #endif
  private static let function = bridge.map { unsafeBitCast($0.start, to: Bridge.self) }

  static var isAvailable: Bool { function != nil }

  static func enter(
    _ address: UnsafeRawPointer, _ state: UnsafeMutablePointer<MachineState>, _ machine: UnsafeRawPointer,
    _ entry: UnsafeMutablePointer<Frame>, _ tag: UInt, _ bits: UInt64
  ) -> Int32 {
    guard let function else { return NativeExit.failed.rawValue }
    return function(address, state, machine, entry, tag, bits)
  }
}
