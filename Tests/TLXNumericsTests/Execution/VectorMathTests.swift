import Glibc
import Testing

@testable import TLXNumerics

@Suite struct VectorMathTests {
  /// Special values, then bit patterns spread over the whole range, then a dense range around 0.
  private static let singles: [Float] = {
    var values: [Float] = [
      0, -0.0, 1, -1, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
    ]
    values += [
      .leastNormalMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 88.72284, 88.7229, -87.4,
      -103.9, -104, 0.625, -0.625,
    ]
    for i in 0..<400_000 { values.append(Float(bitPattern: UInt32(truncatingIfNeeded: i &* 10_737))) }
    for i in -200_000..<200_000 { values.append(Float(i) * 1.1e-4) }
    return values
  }()

  private static let doubles: [Double] = {
    var values: [Double] = [
      0, -0.0, 1, -1, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
    ]
    values += [
      .leastNormalMagnitude, .greatestFiniteMagnitude, 709.782712893384, 709.7827128933841, -745.13, -745.14,
      -708.4, 40, -40, 0.625,
    ]
    for i in 0..<300_000 {
      values.append(Double(bitPattern: UInt64(truncatingIfNeeded: i) &* 61_489_146_912_000 &* 1_000_003))
    }
    for i in -200_000..<200_000 { values.append(Double(i) * 1.1e-4) }
    for i in -100_000..<100_000 { values.append(Double(i) * 0.0075) }
    return values
  }()

  /// The largest error in units of the last place of the exact result, and where. Subnormal results count in
  /// their own units.
  private func worst<T: BinaryFloatingPoint>(_ inputs: [T], _ found: [T], _ exact: (T) -> Double) -> (
    ulps: Double, at: T
  ) {
    var worst = (ulps: 0.0, at: T.zero)
    for (x, y) in zip(inputs, found) {
      let e = exact(x)
      let rounded = T(e)
      if rounded.isNaN || y.isNaN {
        if rounded.isNaN != y.isNaN { return (.infinity, x) }
        continue
      }
      if rounded == y { continue }
      if !rounded.isFinite || !y.isFinite { return (.infinity, x) }
      let error = Swift.abs(Double(y) - e) / Double(rounded.ulp)
      if error > worst.ulps { worst = (error, x) }
    }
    return worst
  }

  @Test func singlesAreWithinTwoUlp() throws {
    let x = try Tensor(VectorMathTests.singles)
    let cases: [(UnaryKernel, (Double) -> Double)] = [
      (.exp, Glibc.exp), (.log, Glibc.log), (.expm1, Glibc.expm1), (.log1p, Glibc.log1p), (.tanh, Glibc.tanh),
      (.sigmoid, { 1 / (1 + Glibc.exp(-$0)) }), (.erf, Glibc.erf), (.sqrt, { $0.squareRoot() }),
      (.sin, Glibc.sin), (.cos, Glibc.cos),
    ]
    for (kernel, exact) in cases {
      let found = try node(.unary(kernel), [x], x.shape, .f32).elements(of: Float.self)
      let (ulps, at) = worst(VectorMathTests.singles, found, { exact(Double($0)) })
      #expect(ulps <= 2, "\(kernel) at \(at)")
    }
  }

  /// libm's own error (below 1 ulp) is part of what is measured here.
  @Test func doublesAreWithinTwoUlp() throws {
    let x = try Tensor(VectorMathTests.doubles)
    let cases: [(UnaryKernel, (Double) -> Double, Double)] = [
      (.exp, Glibc.exp, 2), (.log, Glibc.log, 2), (.expm1, Glibc.expm1, 3), (.log1p, Glibc.log1p, 3),
      (.tanh, Glibc.tanh, 3),
      (.sigmoid, { $0 < 0 ? Glibc.exp($0) / (1 + Glibc.exp($0)) : 1 / (1 + Glibc.exp(-$0)) }, 3),
      (.sqrt, { $0.squareRoot() }, 0), (.sin, Glibc.sin, 2), (.cos, Glibc.cos, 2),
    ]
    for (kernel, exact, limit) in cases {
      let found = try node(.unary(kernel), [x], x.shape, .f64).elements(of: Double.self)
      let (ulps, at) = worst(VectorMathTests.doubles, found, exact)
      #expect(ulps <= limit, "\(kernel) at \(at)")
    }
  }

  @Test func signsOfZeroSurvive() throws {
    let x = try Tensor([-0.0, 0.0])
    for kernel in [UnaryKernel.expm1, .log1p, .tanh, .erf, .sqrt, .floor, .sign, .sin] {
      let y = try node(.unary(kernel), [x], [2], .f64).elements(of: Double.self)
      #expect(y[0].sign == .minus && y[1].sign == .plus && y[0] == 0, "\(kernel)")
      let single = try node(.unary(kernel), [x.cast(to: .f32)], [2], .f32).elements(of: Float.self)
      #expect(single[0].sign == .minus && single[1].sign == .plus && single[0] == 0, "\(kernel) f32")
    }
  }

  @Test func powers() throws {
    let special: [Float] = [
      0, -0.0, 1, -1, 2, -2, 0.5, 3, .infinity, -.infinity, .nan, 3e-38, 1e38, 2.5, -2.5,
    ]
    let bases = special.flatMap { x in special.map { _ in x } } + (0..<10_000).map { Float($0) * 0.01 }
    let exponents = special.flatMap { _ in special } + (0..<10_000).map { Float($0 % 97) * 0.31 - 15 }
    let (x, y) = try (Tensor(bases), Tensor(exponents))
    let found = try x.power(y).elements(of: Float.self)
    for i in bases.indices {
      let exact = Float(Glibc.pow(Double(bases[i]), Double(exponents[i])))
      let isClose =
        found[i] == exact || (found[i].isNaN && exact.isNaN) || Swift.abs(found[i] - exact) <= exact.ulp
      #expect(isClose, "\(bases[i]) ^ \(exponents[i]): \(found[i]), expected \(exact)")
    }
    for exponent in [-1.0, 0.5, 1, 2, 3] {
      let fast = try x.power(exponent).elements(of: Float.self)
      let exact = try x.power(Tensor([Float](repeating: Float(exponent), count: bases.count))).elements(
        of: Float.self)
      for i in bases.indices where bases[i] > -.infinity {
        let isClose =
          fast[i] == exact[i] || (fast[i].isNaN && exact[i].isNaN)
          || Swift.abs(fast[i] - exact[i]) <= 2 * exact[i].ulp
        #expect(isClose, "\(bases[i]) ^ \(exponent): \(fast[i]), expected \(exact[i])")
      }
    }
  }
}
