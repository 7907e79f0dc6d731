import Testing

@testable import TLXNumerics

/// Every primitive mapped over examples gives what a loop over them gives.
@Suite struct BatchingTests {
  static let size = 3
  static let cases = DerivativeCase.all

  private func examples(_ example: DerivativeCase) throws -> [[Tensor]] {
    let inputs = try example.inputs()
    return try (0..<Self.size).map { index in try inputs.map { try $0 * (1 - 0.1 * Double(index)) } }
  }

  @Test(arguments: cases) func agreesWithALoop(_ example: DerivativeCase) throws {
    let rows = try examples(example)
    let expected = try Tensor.stack(rows.map(example.function))
    let stacked = try rows[0].indices.map { index in try Tensor.stack(rows.map { $0[index] }) }
    try expect(try Batching.map({ [try example.function($0)] }, over: stacked)[0], expected)
    // Only the first input goes by examples.
    let whole = Array(rows[0].dropFirst())
    let partly = try Tensor.stack(rows.map { try example.function([$0[0]] + whole) })
    let isMapped = rows[0].indices.map { $0 == 0 }
    try expect(
      try Batching.map({ [try example.function($0)] }, over: [stacked[0]] + whole, isMapped: isMapped)[0],
      partly)
  }

  @Test(arguments: cases) func gradientsOfExamples(_ example: DerivativeCase) throws {
    let rows = try examples(example)
    func gradient(_ xs: [Tensor]) throws -> [Tensor] {
      try Differentiation.gradient(of: { try example.function($0).square().sum() }, at: xs).gradients
    }
    let expected = try rows.map(gradient)
    let stacked = try rows[0].indices.map { index in try Tensor.stack(rows.map { $0[index] }) }
    let mapped = try Batching.map(gradient, over: stacked)
    for (index, result) in mapped.enumerated() {
      try expect(result, Tensor.stack(expected.map { $0[index] }))
    }
  }

  static let gathers: [(String, @Sendable ([Tensor]) throws -> Tensor)] = [
    ("indices by example", { try Tensor.arange(12).cast(to: .f64).reshape([3, 4]).take($0[1], axis: 1) }),
    ("both by example", { try $0[0].take($0[1], axis: 1) }),
    ("scattered by example", { try $0[0].scatterAdd(axis: 1, count: 5, indices: $0[1]) }),
    ("one-hot by example", { try Tensor.oneHot($0[1], classes: 4) }),
  ]

  @Test(arguments: gathers.indices) func indicesByExample(_ index: Int) throws {
    let f = Self.gathers[index].1
    let x = try RandomStream(key: RandomKey(seed: 1)).normal([2, 3, 4])
    let indices = try Tensor([0, 3, 1, 2, 2, 0, 3, 1], shape: [2, 4])
    let expected = try Tensor.stack(
      (0..<2).map { try f([x.indexed(by: [.at($0)]), indices.indexed(by: [.at($0)])]) })
    try expect(try Batching.map({ [try f($0)] }, over: [x, indices])[0], expected)
  }

  /// Gradients by a parameter that all examples share are values like any: nothing keeps their graphs alive.
  @Test func gradientsBySharedParametersAreSettled() throws {
    let w = try RandomStream(key: RandomKey(seed: 1)).normal([3])
    let x = try RandomStream(key: RandomKey(seed: 2)).normal([4, 3])
    let result = try Batching.map(
      { rows in
        try Differentiation.gradient(of: { try ($0[0] * rows[0]).tanh().sum() }, at: [w]).gradients
      }, over: [x])[0]
    #expect(result.isRealized)
    #expect(!result.isTracked)
    try expect(result, x * (1 - (x * w).tanh().square()))
  }

  @Test func nestsAndRefuses() throws {
    let x = try Tensor.arange(6).cast(to: .f64).reshape([2, 3])
    let table = try Batching.map(
      { rows in
        try Batching.map({ [try $0[0] * rows[0].sum()] }, over: [rows[0]])
      }, over: [x])[0]
    #expect(try table.doubles() == [0, 3, 6, 36, 48, 60])
    // The derivative of a mapped function.
    let slope = try Differentiation.gradient(
      of: { try Batching.map({ [try $0[0].square().sum()] }, over: $0)[0].sum() }, at: [x])
    #expect(try slope.gradients[0].doubles() == [0, 2, 4, 6, 8, 10])
    #expect(throws: NumericsError.self) { try Batching.map({ $0 }, over: [Tensor(1.0)]) }
    #expect(throws: NumericsError.self) {
      try Batching.map({ [try $0[0].doubles()[0] > 0 ? $0[0] : -$0[0]] }, over: [Tensor([1.0, 2])])
    }
  }

  private func expect(_ result: Tensor, _ expected: Tensor) throws {
    #expect(result.shape == expected.shape)
    let (x, y) = (try result.doubles(), try expected.doubles())
    let scale = y.map(abs).max() ?? 1
    #expect(zip(x, y).allSatisfy { abs($0 - $1) <= 1e-10 * max(1, scale) })
  }
}
