import Testing

@testable import TLXNumerics

@Suite struct ProgramTests {
  @Test func runsOnNewInputs() throws {
    let scale = try tensor([3], seed: 5)
    let program = try Program(inputs: [([4, 3], .f64), ([], .f64)]) { inputs in
      [try (inputs[0] * scale + inputs[1]).sum(axes: [0]), inputs[0]]
    }
    for seed in 1...3 {
      let x = try tensor([4, 3], seed: seed)
      let results = try program.run([x, Tensor(Double(seed))])
      let expected = try (x * scale + Double(seed)).sum(axes: [0])
      #expect(try results[0].doubles() == expected.doubles())
      #expect(try results[1].doubles() == x.doubles())
    }
    #expect(throws: NumericsError.self) { try program.run([scale, scale]) }
  }

  /// A loop's steps equal the same steps one by one, for state that is computed, kept, swapped and reshaped.
  @Test func loopEqualsSteps() throws {
    let types: [(Shape, DType)] = [
      ([6], .f64), ([6], .f64), ([2], .f64), ([6], .f64), ([6], .f64), ([], .f64),
    ]
    func body(_ inputs: [Tensor]) throws -> [Tensor] {
      let w = try inputs[0] - inputs[4] * inputs[5]
      return [w, w, inputs[2], inputs[1], try (w * w).sum()]
    }
    let program = try Program(inputs: types, body)
    var state = try [tensor([6], seed: 1), tensor([6], seed: 2), tensor([2], seed: 3), tensor([6], seed: 4)]
    let loop = try program.loop(state: state)
    for step in 1...5 {
      let gradient = try tensor([6], seed: 10 + step)
      try loop.set(0, to: gradient)
      try loop.set(1, to: 0.1 * Double(step))
      try loop.step()
      let expected = try body(state + [gradient, Tensor(0.1 * Double(step))])
      state = Array(expected[..<4])
      #expect(try loop.extra(0) == expected[4].doubles()[0])
      #expect(try loop.state().map { try $0.doubles() } == state.map { try $0.doubles() })
    }
    try loop.restore(state)
    #expect(try loop.state().map { try $0.doubles() } == state.map { try $0.doubles() })
  }

  /// Loops of two programs over one state, the one going on from where the other is, equal the steps one by one.
  @Test func loopsHandOverTheirState() throws {
    func body(_ inputs: [Tensor]) throws -> [Tensor] {
      let change = try inputs[3].sum(axes: [0])
      return [try inputs[0] - change * 0.5, try inputs[1] * 0.9 + change, inputs[2], try change.sum()]
    }
    let start = try [tensor([6], seed: 1), tensor([6], seed: 2), tensor([2], seed: 3)]
    var loops: [Int: ProgramLoop] = [:]
    for rows in [4, 3] {
      let types: [(Shape, DType)] = [([6], .f64), ([6], .f64), ([2], .f64), ([rows, 6], .f64)]
      loops[rows] = try Program(inputs: types, body).loop(state: start)
    }
    var state = start
    var current: ProgramLoop?
    for (step, rows) in [4, 3, 3, 4, 4, 3, 4].enumerated() {
      let loop = try #require(loops[rows])
      if let current { try loop.takeState(from: current) }
      current = loop
      let batch = try tensor([rows, 6], seed: 10 + step)
      try loop.set(0, to: batch)
      try loop.step()
      let expected = try body(state + [batch])
      state = Array(expected[..<3])
      #expect(try loop.extra(0) == expected[3].doubles()[0])
      #expect(try loop.state().map { try $0.doubles() } == state.map { try $0.doubles() })
      #expect(try loop.state(1..<2).map { try $0.doubles() } == [state[1].doubles()])
    }
    let other = try Program(inputs: [([5], .f64)]) { [try $0[0] + 1] }.loop(state: [tensor([5], seed: 1)])
    #expect(throws: NumericsError.self) { try other.takeState(from: try #require(loops[4])) }
  }

  @Test func looksAtNoPlaceholder() throws {
    #expect(throws: NumericsError.self) {
      try Program(inputs: [([2], .f64)]) { inputs in [try Tensor(inputs[0].doubles())] }
    }
  }

  /// Neither planning, running nor freeing a chain may use stack in proportion to its length.
  @Test func longChains() throws {
    var x = try tensor([3])
    let start = try x.doubles()
    for _ in 0..<100_000 { x = try x + 1.0 }
    #expect(try Swift.abs(x.doubles()[0] - start[0] - 100_000) < 1e-6)
    var y = try tensor([3])
    for _ in 0..<100_000 { y = try y + 1.0 }
  }
}
