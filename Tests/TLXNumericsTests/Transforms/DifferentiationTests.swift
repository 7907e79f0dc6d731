import Testing

@testable import TLXNumerics

/// Nesting, control flow, special points, errors and what is left alive.
@Suite struct DifferentiationTests {
  /// The derivative of a function of one number.
  func slope(_ x: Tensor, _ f: (Tensor) throws -> Tensor) throws -> Tensor {
    try Differentiation.gradient(of: { try f($0[0]) }, at: [x]).gradients[0]
  }

  func slope(_ x: Double, _ f: (Tensor) throws -> Tensor) throws -> Double {
    try slope(Tensor(x), f).doubles()[0]
  }

  @Test func wholeNumbersCountAsFloats() throws {
    let gradient = try slope(Tensor([1, 2, 3])) { try $0.power(4).sum() }
    #expect(try gradient.doubles() == [4, 32, 108] && gradient.dtype == .f64)
  }

  @Test func floatsKeepTheirPrecision() throws {
    let gradient = try slope(Tensor([1, 2, 3] as [Float])) { try ($0 * 0.5).square().sum() }
    #expect(try gradient.elements(of: Float.self) == [0.5, 1, 1.5])
  }

  @Test func nests() throws {
    let third = try slope(2) { x in try slope(x) { y in try slope(y) { try $0.power(5) } } }
    #expect(third == 60 * 4)
    // An outer variable within an inner transform: d/da of d/dw (a w²) at w = 3 is 6.
    #expect(try slope(5) { a in try slope(Tensor(3.0)) { w in try a * w * w } } == 6)
    // Both at once: x · d/dy (x y²) at y = x is 2x³, of which y's path carries a third.
    #expect(try slope(2) { x in try x * slope(x) { y in try x * y * y } } == 24)
    // The classic that confuses perturbations: d/dx (x · d/dy (x + y)) = 1.
    #expect(try slope(1) { x in try x * slope(Tensor(1.0)) { y in try x + y } } == 1)
    // A transform inside that does not depend on the outer variable.
    #expect(try slope(1) { x in try x * slope(Tensor(3.0)) { try $0.square() } } == 6)
  }

  @Test func forwardNestsInForward() throws {
    func along(_ x: Tensor, _ f: (Tensor) throws -> Tensor) throws -> Tensor {
      try Differentiation.jvp(of: { [try f($0[0])] }, at: [x], tangents: [try x.onesLike()]).tangents[0]
    }
    let value = try along(Tensor(2.0)) { x in try along(x) { try $0.power(4) } }
    #expect(try value.doubles() == [48])
    #expect(try along(Tensor(1.0)) { x in try x * along(Tensor(1.0)) { y in try x + y } }.doubles() == [1])
  }

  @Test func goesThroughLoopsThatLookAtValues() throws {
    // Newton's iteration for √a, stopped by its own error: the derivative is 1 / (2 √a).
    let derivative = try slope(9) { a in
      var x = a
      while try abs((x * x - a).doubles()[0]) > 1e-13 { x = try (x + a / x) * 0.5 }
      return x
    }
    #expect(abs(derivative - 1 / 6.0) < 1e-9)
  }

  @Test func longChainsNeedNoStack() throws {
    let derivative = try slope(1) { x in
      var y = x
      for _ in 0..<60_000 { y = try y * 0.99999 + 0.00001 }
      return y
    }
    #expect(abs(derivative - 0.548_808) < 1e-5)
  }

  @Test func hessianOfAPolynomial() throws {
    let blocks = try Differentiation.hessian(of: { try $0[0].power(4).sum() }, at: [Tensor([1, 2])])
    #expect(try blocks[0][0].doubles() == [12, 0, 0, 48])
    #expect(blocks[0][0].shape == [2, 2])
    let mixed = try Differentiation.hessian(
      of: { try ($0[0] * $0[1]).sum() }, at: [Tensor([1.0, 2]), Tensor(3.0)])
    #expect(try mixed[0][1].doubles() == [1, 1] && mixed[0][1].shape == [2] && mixed[1][0].shape == [2])
  }

  @Test(arguments: [2, 5]) func jacobianByRowsAndColumns(_ outputs: Int) throws {
    let matrix = try RandomStream(key: RandomKey(seed: 3)).normal([outputs, 3])
    let jacobian = try Differentiation.jacobian(of: { try matrix.matmul($0[0]) }, at: [Tensor([1.0, 2, 3])])[
      0]
    #expect(try jacobian.doubles() == matrix.doubles() && jacobian.shape == [outputs, 3])
  }

  struct Point: Sendable, CustomStringConvertible {
    var description: String
    var x: Double
    var slope: Double
    var f: @Sendable (Tensor) throws -> Tensor
  }

  static let points: [Point] = [
    .init(description: "relu at 0", x: 0, slope: 0) { try $0.relu() },
    .init(description: "abs at 0", x: 0, slope: 0) { try $0.abs() },
    .init(description: "softplus at 0", x: 0, slope: 0.5) { try $0.softplus() },
    .init(description: "softplus far down", x: -800, slope: 0) { try $0.softplus() },
    .init(description: "softplus far up", x: 800, slope: 1) { try $0.softplus() },
    .init(description: "max at a tie", x: 2, slope: 0.5) { try Tensor.maximum($0, 2) },
    .init(description: "max of equal elements", x: 1, slope: 1) { try Tensor.stack([$0, $0]).max() },
    .init(description: "norm at 0", x: 0, slope: 0) { try Tensor.stack([$0, $0]).norm() },
    .init(description: "std of equal elements", x: 3, slope: 0) { try Tensor.stack([$0, $0]).std() },
    .init(description: "sqrt at 0", x: 0, slope: .infinity) { try $0.sqrt() },
    .init(description: "where keeps NaN out", x: -1, slope: 0) {
      try Tensor.where($0.greater(0), Tensor.where($0.greater(0), $0, 1).log(), 0)
    },
    .init(description: "where does not poison", x: 2, slope: 1) {
      try Tensor.where($0.greater(0), $0, $0 - .nan)
    },
    .init(description: "where over the root of 0", x: 0, slope: 0) {
      try Tensor.where($0.greater(0), $0.sqrt(), 0)
    },
    .init(description: "where over the logarithm of 0", x: 0, slope: 0) {
      try Tensor.where($0.greater(0), $0.log(), 0).sum()
    },
    .init(description: "where over an exponential that overflows", x: 1000, slope: 1) {
      try Tensor.where($0.greater(100), $0, ($0.exp() + 1).log())
    },
    .init(description: "where over 0 / 0", x: 0, slope: 0) {
      try Tensor.where($0.notEqual(0), $0 / $0, 1)
    },
    .init(description: "where over a sum of reciprocals", x: 0, slope: 0) {
      let quotients = try 1 / Tensor.stack([$0, $0])
      return try Tensor.where($0.notEqual(0), quotients.sum(), $0 * 0)
    },
    .init(description: "x^0 at 0", x: 0, slope: 0) { try $0.power(Tensor(0.0) * $0.stopGradient()) },
    .init(description: "x^2 at 0", x: 0, slope: 0) { try $0.power(2) },
    .init(description: "x^1.5 at 0", x: 0, slope: 0) { try $0.power(1.5) },
    .init(description: "0^y", x: 2, slope: 0) { try Tensor(0.0).power($0) },
    .init(description: "floor", x: 1.5, slope: 0) { try $0.floor() },
    .init(description: "comparison as a mask", x: 1.5, slope: 1) { try $0.greater(1).cast(to: .f64) * $0 },
    .init(description: "stopped", x: 3, slope: 3) { try $0 * $0.stopGradient() },
    .init(description: "constant", x: 3, slope: 0) { _ in Tensor(1.0) },
    .init(description: "logsumexp with -inf", x: 1, slope: 1) {
      try Tensor.stack([$0, $0 - .infinity]).logsumexp()
    },
    .init(description: "clip at its bound", x: 1, slope: 1) { try $0.clip(min: 0, max: 1) },
    .init(description: "product at zeros", x: 0, slope: 0) { try Tensor.stack([$0, $0]).prod() },
  ]

  @Test(arguments: points) func specialPoints(_ point: Point) throws {
    #expect(try slope(point.x, point.f) == point.slope)
  }

  /// A cotangent that happens to be 0 where the branch was taken has a derivative.
  @Test func secondDerivativesBelowWhere() throws {
    func f(_ x: Tensor) throws -> Tensor { try Tensor.where(x.greater(-1), x.exp() - 1, 0).square() }
    #expect(try slope(0) { try slope($0, f) } == 2)
    func g(_ x: Tensor) throws -> Tensor { try Tensor.where(x.greater(0), x.sqrt(), x * x) }
    #expect(try slope(0) { try slope($0, g) } == 2)
    #expect(try slope(4) { try slope($0, g) } == -1.0 / 32)
  }

  /// The derivative of a determinant is the matrix of cofactors, also where A has no inverse.
  @Test func determinantOfSingularMatrices() throws {
    let cases: [([Double], [Double])] = [
      ([1, 2, 2, 4], [4, -2, -2, 1]), ([0, 0, 0, 0], [0, 0, 0, 0]), ([0, 1, 0, 3], [3, 0, -1, 0]),
    ]
    for (a, cofactors) in cases {
      let found = try slope(Tensor(a, shape: [2, 2])) { try LinearAlgebra.determinant($0) }.doubles()
      #expect(zip(found, cofactors).allSatisfy { abs($0 - $1) < 1e-12 }, "\(found)")
    }
    let three = try Tensor([1.0, 2, 3, 4, 5, 6, 7, 8, 9], shape: [3, 3])
    let found = try slope(three) { try LinearAlgebra.determinant($0) }.doubles()
    #expect(zip(found, [-3, 6, -3, 6, -12, 6, -3, 6, -3]).allSatisfy { abs($0 - $1) < 1e-10 }, "\(found)")
    #expect(throws: NumericsError.self) { try slope(three) { try LinearAlgebra.slogdet($0).logdet } }
  }

  static let refusals: [(String, @Sendable (Tensor) throws -> Tensor)] = [
    ("argmax has no derivative", { try $0.argmax().cast(to: .f64) }),
    ("argsort has no derivative", { try $0.argsort().cast(to: .f64).sum() }),
    ("the conversion to i64 has no derivative", { try $0.sum().cast(to: .i64) }),
    ("comparison (greater) has no derivative", { try $0.sum().greater(0) }),
    ("gives f64[2]", { try $0 * 2 }),
    ("eig has no derivative", { try LinearAlgebra.eig($0.diagonalMatrix()).values.real.sum() }),
  ]

  @Test(arguments: refusals.indices) func refusesWhatHasNoDerivative(_ index: Int) throws {
    let (text, f) = Self.refusals[index]
    let error = try #require(throws: NumericsError.self) { try slope(Tensor([1.0, 2]), f) }
    #expect(error.code == "E0407" && error.message.contains(text))
  }

  @Test func leavesNoGraphBehind() throws {
    weak var variable: Node?
    let (value, gradients) = try Differentiation.gradient(
      of: { xs in
        variable = xs[0].node
        return try xs[0].exp().sum()
      }, at: [Tensor([1.0, 2])])
    #expect(variable == nil)
    #expect(value.isRealized && gradients[0].isRealized && !gradients[0].isTracked)
  }

  @Test func pullsAnyNumberOfTimes() throws {
    let (values, pull) = try Differentiation.vjp(of: { [try $0[0].square()] }, at: [Tensor([1.0, 2, 3])])
    #expect(try values[0].doubles() == [1, 4, 9])
    #expect(try pull([Tensor([1.0, 0, 0])])[0].doubles() == [2, 0, 0])
    #expect(try pull([Tensor([0.0, 1, 1])])[0].doubles() == [0, 4, 6])
    #expect(throws: NumericsError.self) { try pull([Tensor([1.0])]) }
    // A pulled cotangent is itself a differentiable function of what is pulled.
    let along = try slope(Tensor([1.0, 1, 1])) { try pull([$0])[0].sum() }
    #expect(try along.doubles() == [2, 4, 6])
  }

  @Test func differentiatesTracedPrograms() throws {
    let program = try Program(inputs: [([3], .f64)]) { xs in
      let (value, gradients) = try Differentiation.gradient(of: { try $0[0].power(3).sum() }, at: xs)
      return [value, gradients[0]]
    }
    let results = try program.run([Tensor([1.0, 2, 3])])
    #expect(try results[0].doubles() == [36] && results[1].doubles() == [3, 12, 27])
  }
}
