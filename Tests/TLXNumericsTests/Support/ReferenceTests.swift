import Testing

@testable import TLXNumerics

/// The executor against the evaluation of each primitive by its definition.
@Suite struct ReferenceTests {
  @Test(arguments: DerivativeCase.all) func agrees(_ example: DerivativeCase) throws {
    let inputs = try example.inputs()
    // Factorizations share their kernels with the reference; in f32 they only differ by rounding.
    let isAlgebra = DerivativeCase.algebra.contains(where: { $0.name == example.name })
    for dtype in isAlgebra ? [DType.f64] : [.f64, .f32] {
      let result = try example.function(inputs.map { try $0.cast(to: dtype) })
      let expected = try ReferenceEvaluator.evaluate(result)
      let values = try result.doubles()
      let tolerance = dtype == .f64 ? 1e-13 : 2e-5
      #expect(values.count == expected.count)
      #expect(zip(values, expected).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }, "\(dtype)")
    }
  }
}
