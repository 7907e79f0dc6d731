import TLXLearning
import TLXNumerics
import Testing

@testable import TLXUpdate

private func stream(_ seed: UInt64) -> RandomStream { RandomStream(key: RandomKey(seed: seed)) }

/// Condition numbers beside those of an eigendecomposition of the whole kernel.
@Suite struct LinearConditionTests {
  private static func tangents(_ sizes: [Int], rows: Int) throws -> TangentFactors {
    let model = try Model.mlp(sizes, activation: .leakyRelu, stream: stream(1)).inDoublePrecision()
    return try TangentFactors(model, stream(2).normal([rows, sizes[0]], dtype: .f32))
  }

  /// All eigenvalues of J Jᵀ, rising.
  private static func spectrum(_ tangents: TangentFactors) throws -> [Double] {
    try LinearAlgebra.eigh(tangents.kernel(with: tangents)).values.doubles()
  }

  @Test(arguments: [(12, 1.0), (12, 1e-3), (40, 0.1), (60, 10.0)])
  func bothEndsConverge(_ rows: Int, _ l2: Double) throws {
    let tangents = try Self.tangents([6, 30, 4], rows: rows)
    let values = try Self.spectrum(tangents)
    let exact = (values[values.count - 1] + l2) / (values[0] + l2)
    let direct = try LinearQuadraticFit.Condition(ofKernel: tangents, l2: l2)
    let iterative = try LinearQuadraticFit.Condition(tangents, l2: l2)
    for found in [direct, iterative] {
      #expect(abs(found.lower / exact - 1) < 1e-5, "\(found), exact \(exact)")
      #expect(abs(found.upper / exact - 1) < 3e-5, "\(found), exact \(exact)")
      #expect(found.isKnown)
    }
  }

  /// The least of 480 eigenvalues takes more steps than are made: the bounds say so.
  @Test(arguments: [1e-6, 1e-3, 0.1]) func unconvergedBoundsHoldTheValue(_ l2: Double) throws {
    let tangents = try Self.tangents([20, 40, 4], rows: 120)
    let values = try Self.spectrum(tangents)
    let exact = (values[values.count - 1] + l2) / (values[0] + l2)
    let found = try LinearQuadraticFit.Condition(tangents, l2: l2)
    #expect(
      found.lower <= exact * (1 + 1e-9) && exact <= found.upper * (1 + 1e-9), "\(found), exact \(exact)")
    // With a factor of the kernel it takes tens.
    let direct = try LinearQuadraticFit.Condition(ofKernel: tangents, l2: l2)
    #expect(abs(direct.lower / exact - 1) < 1e-5 && direct.isKnown, "\(direct), exact \(exact)")
  }

  @Test func moreOutputsThanWeightsHaveNoLeastEigenvalue() throws {
    let tangents = try Self.tangents([3, 4, 2], rows: 100)
    let greatest = try #require(Self.spectrum(tangents).last)
    let found = try LinearQuadraticFit.Condition(tangents, l2: 0.5)
    #expect(abs(found.lower / ((greatest + 0.5) / 0.5) - 1) < 1e-5)
    #expect(found.isKnown)
    let unbounded = try LinearQuadraticFit.Condition(tangents, l2: 0)
    #expect(unbounded.lower == .infinity && unbounded.upper == .infinity)
  }

  @Test func stepsEndWithTheSpace() throws {
    // Two eigenvalues: three steps find no third direction.
    let matrix = try Tensor((0..<400).map { $0 % 21 == 0 ? ($0 < 200 ? 2.0 : 5.0) : 0 }, shape: [20, 20])
    let found = try ExtremeEigenvalues(order: 20, ends: .both, stream: stream(3)) { try matrix.matmul($0) }
    #expect(abs(found.least.value - 2) < 1e-12 && abs(found.greatest.value - 5) < 1e-12)
    #expect(found.steps < 4)
  }
}
