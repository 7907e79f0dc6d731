/// Runs the LAPACK-backed primitives: one entry for the executor.
enum LinearAlgebraKernel {
  /// Computes one operation. Inputs and output are contiguous and row-major, with the dtype of the output (f32 or
  /// f64); leading axes beyond the last two are batches. `output` is uninitialised and is to be filled wholly.
  static func run(_ operation: LinearAlgebraOperation, inputs: [Operand], output: Operand) throws {
    throw NumericsError("E0409", "no kernel yet for \(operation)")
  }
}
