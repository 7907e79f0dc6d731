import Testing

@testable import TLXNumerics

/// Every differentiable primitive, and what is composed of them, against central differences.
@Suite struct DerivativeTests {
  @Test(arguments: DerivativeCase.all) func gradient(_ example: DerivativeCase) throws {
    #expect(try Differentiation.check(of: example.function, at: example.inputs()) < 2e-7)
  }

  /// w · (J v) is the same by forward and by reverse mode.
  @Test(arguments: DerivativeCase.all) func modesAgree(_ example: DerivativeCase) throws {
    let inputs = try example.inputs()
    let directions = try inputs.enumerated().map { index, x in
      try RandomStream(key: RandomKey(seed: UInt64(50 + index))).normal(x.shape)
    }
    let (values, tangents) = try Differentiation.jvp(
      of: { [try example.function($0)] }, at: inputs, tangents: directions)
    let weights = try RandomStream(key: RandomKey(seed: 99)).normal(values[0].shape)
    let (_, pull) = try Differentiation.vjp(of: { [try example.function($0)] }, at: inputs)
    let cotangents = try pull([weights])
    let forward = try number((tangents[0] * weights).sum())
    let reverse = try zip(cotangents, directions).reduce(0) { try $0 + number(($1.0 * $1.1).sum()) }
    #expect(abs(forward - reverse) <= 1e-10 * max(1, abs(forward)))
    #expect(
      values[0].isTracked == false && tangents[0].isTracked == false && cotangents[0].isTracked == false)
  }

  @Test(arguments: DerivativeCase.all.filter(\.isTwice)) func secondDerivative(_ example: DerivativeCase)
    throws
  {
    func directional(_ xs: [Tensor]) throws -> Tensor {
      let gradients = try Differentiation.gradient(
        of: { xs in
          let value = try example.function(xs)
          let weights = try (Tensor.arange(value.count) + 2).cast(to: .f64).sin().reshape(value.shape)
          return try (value * weights).sum()
        }, at: xs
      ).gradients
      return try Tensor.concat(gradients.map { $0.flatten() })
    }
    #expect(try Differentiation.check(of: directional, at: example.inputs()) < 2e-6)
  }

  /// Forward over reverse equals reverse over reverse.
  @Test(arguments: DerivativeCase.all.filter(\.isTwice)) func hessianVectorProduct(_ example: DerivativeCase)
    throws
  {
    let inputs = try example.inputs()
    let directions = try inputs.map { try RandomStream(key: RandomKey(seed: 7)).normal($0.shape) }
    func gradients(_ xs: [Tensor]) throws -> [Tensor] {
      try Differentiation.gradient(of: { try example.function($0).square().sum() }, at: xs).gradients
    }
    let forward = try Differentiation.jvp(of: gradients, at: inputs, tangents: directions).tangents
    let reverse = try Differentiation.gradient(
      of: { xs in
        try zip(gradients(xs), directions).reduce(Tensor(0.0)) { try $0 + ($1.0 * $1.1).sum() }
      }, at: inputs
    ).gradients
    for (a, b) in zip(forward, reverse) {
      let (x, y) = (try a.doubles(), try b.doubles())
      let scale = y.map(abs).max() ?? 1
      #expect(zip(x, y).allSatisfy { abs($0 - $1) <= 1e-9 * max(1, scale) })
    }
  }

  /// The same functions, computed by the executor and by plain loops.
  @Test(arguments: DerivativeCase.all.filter { !DerivativeCase.algebraNames.contains($0.name) })
  func executorAgrees(_ example: DerivativeCase) throws {
    for dtype in [DType.f64, .f32] {
      let tensor = try example.function(example.inputs().map { try $0.cast(to: dtype) })
      var loops = PlainLoops()
      let expected = loops.evaluate(tensor)
      let values = try tensor.doubles()
      let tolerance = dtype == .f64 ? 1e-13 : 2e-5
      #expect(values.count == expected.count)
      #expect(zip(values, expected).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }, "\(dtype)")
    }
  }

  func number(_ x: Tensor) throws -> Double { try x.doubles().first ?? .nan }
}
