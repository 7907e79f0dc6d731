import Testing

@testable import TLXNumerics

/// The executor against the evaluation of each primitive by its definition.
@Suite struct ReferenceTests {
  @Test(arguments: DerivativeCase.all) func agrees(_ example: DerivativeCase) throws {
    let inputs = try example.inputs()
    for dtype in [DType.f64, .f32]
    where dtype == .f64 || !DerivativeCase.algebra.contains { $0.name == example.name } {
      let result = try example.function(inputs.map { try $0.cast(to: dtype) })
      let expected = try ReferenceEvaluator.evaluate(result)
      let values = try result.doubles()
      let tolerance = dtype == .f64 ? 1e-13 : 2e-5
      #expect(values.count == expected.count)
      #expect(zip(values, expected).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }, "\(dtype)")
    }
  }
}
