import Glibc
import Testing

@testable import TLXNumerics

/// f32 results on inputs that are hard for f32, beside exact ones and ones in f64.
@Suite struct PrecisionTests {
  /// The greatest error in units of the last place of the exact f32 result.
  private func ulps(_ found: [Float], _ exact: [Double]) -> Double {
    zip(found, exact).map { Swift.abs(Double($0) - $1) / Double(Float($1).ulp) }.max() ?? 0
  }

  @Test func sumsOfOnesAreExact() throws {
    let ones = try Tensor.ones([100_000_000], .f32)
    #expect(try ones.sum().elements(of: Float.self) == [100_000_000])
    #expect(try ones.mean().elements(of: Float.self) == [1])
    // Along columns, where a running f32 sum would stop at 2²⁴.
    let columns = try Tensor.ones([20_000_000, 3], .f32).sum(axes: [0])
    #expect(try columns.elements(of: Float.self) == [20_000_000, 20_000_000, 20_000_000])
  }

  @Test func sumsThatCancel() throws {
    // 1e8, then thousands of tenths, then −1e8: the tenths must survive.
    let values: [Float] = [1e8] + [Float](repeating: 0.1, count: 9998) + [-1e8]
    let sum = try Tensor(values).sum().elements(of: Float.self)
    #expect(ulps(sum, [Double(Float(0.1)) * 9998]) <= 1)
  }

  private func hard(_ count: Int, offset: Double, spread: Double) -> [Float] {
    numbers(count).map { Float(offset + spread * $0) }
  }

  @Test(arguments: [(1e4, 1e-2), (1.0, 1e-6), (3e7, 8.0), (-250.0, 100)])
  func varianceFarFromZero(_ offset: Double, _ spread: Double) throws {
    let values = hard(10_000, offset: offset, spread: spread)
    let exact = values.map(Double.init)
    let mean = exact.reduce(0, +) / 10_000
    let variance = exact.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 10_000
    let x = try Tensor(values)
    #expect(ulps(try x.mean().elements(of: Float.self), [mean]) <= 2)
    #expect(ulps(try x.variance().elements(of: Float.self), [variance]) <= 4)
    #expect(ulps(try x.std().elements(of: Float.self), [variance.squareRoot()]) <= 4)
    let columns = try x.reshape([5000, 2]).variance(axes: [0]).elements(of: Float.self)
    #expect(columns.allSatisfy { Swift.abs(Double($0) / variance - 1) < 0.1 })
  }

  @Test func constantsHaveNoVariance() throws {
    for value: Float in [0.1, 1e8, -3e-30] {
      let x = try Tensor([Float](repeating: value, count: 1001))
      #expect(try x.variance().elements(of: Float.self) == [0])
      #expect(try x.std().elements(of: Float.self) == [0])
    }
  }

  @Test func softmaxOfFarExponents() throws {
    let values = hard(1000, offset: 31.37, spread: 38.11)
    let exact = values.map { Glibc.exp(Double($0)) }
    let total = exact.reduce(0, +)
    let found = try Tensor(values).softmax().elements(of: Float.self)
    #expect(ulps(found, exact.map { $0 / total }) <= 4)
    let infinite = try Tensor([Float(1), -.infinity, 2]).softmax().elements(of: Float.self)
    #expect(infinite[1] == 0 && Swift.abs(infinite[0] + infinite[2] - 1) < 1e-6)
  }

  @Test func logarithmOfSums() throws {
    let values = hard(5000, offset: 700, spread: 20)
    let top = Double(values.max() ?? 0)
    let exact = top + Glibc.log(values.reduce(0) { $0 + Glibc.exp(Double($1) - top) })
    let x = try Tensor(values)
    #expect(ulps(try x.logsumexp().elements(of: Float.self), [exact]) <= 2)
    let logs = try x.logSoftmax().elements(of: Float.self)
    // A difference of two numbers near 700 is right to their last places, whatever remains of it.
    #expect(
      zip(logs, values).allSatisfy {
        Swift.abs(Double($0) - (Double($1) - exact)) <= 4 * Double(Float(80).ulp)
      })
  }
}
