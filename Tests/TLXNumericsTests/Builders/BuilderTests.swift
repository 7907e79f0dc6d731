import Testing

@testable import TLXNumerics

/// Values of what the builders compose, as NumPy gives them.
@Suite struct BuilderTests {
  struct Case: Sendable, CustomStringConvertible {
    var description: String
    var shape: Shape
    var values: [Double]
    var body: @Sendable () throws -> Tensor

    init(
      _ description: String, _ shape: Shape, _ values: [Double],
      _ body: @escaping @Sendable () throws -> Tensor
    ) {
      self.description = description
      self.shape = shape
      self.values = values
      self.body = body
    }
  }

  static func grid(_ rows: Int, _ columns: Int) throws -> Tensor {
    try Tensor.arange(rows * columns).cast(to: .f64).reshape([rows, columns])
  }

  static let movement: [Case] = [
    Case("transpose", [3, 2], [0, 3, 1, 4, 2, 5]) { try grid(2, 3).transpose() },
    Case("flip", [2, 3], [5, 4, 3, 2, 1, 0]) { try grid(2, 3).flip() },
    Case("slice", [2, 2], [0, 2, 3, 5]) { try grid(2, 3).slice(axis: 1, start: 0, stop: 3, step: 2) },
    Case("slice of a slice", [2], [6, 2]) {
      try Tensor.arange(10).slice(axis: 0, start: 8, stop: -1, step: -2).slice(
        axis: 0, start: 1, stop: 4, step: 2)
    },
    Case("index from the end", [2], [2, 5]) { try grid(2, 3).indexed(by: [.ellipsis, .at(-1)]) },
    Case("index with new", [2, 1, 2], [0, 2, 3, 5]) {
      try grid(2, 3).indexed(by: [.slice(nil, nil, 1), .newAxis, .slice(nil, nil, 2)])
    },
    Case("reversed slice", [3], [2, 1, 0]) { try Tensor.arange(3).indexed(by: [.slice(nil, nil, -1)]) },
    Case("empty slice", [0], []) { try Tensor.arange(3).indexed(by: [.slice(2, 2, 1)]) },
    Case("mask", [3], [3, 4, 5]) { try grid(2, 3).indexed(by: [.tensor(grid(2, 3).greater(2))]) },
    Case("indices", [2, 3], [3, 4, 5, 0, 1, 2]) { try grid(2, 3).indexed(by: [.tensor(Tensor([-1, 0]))]) },
    Case("paired indices", [2], [1, 5]) {
      try grid(2, 3).indexed(by: [.tensor(Tensor([0, 1])), .tensor(Tensor([1, 2]))])
    },
    Case("update a row", [2, 3], [0, 1, 2, 9, 9, 9]) {
      try grid(2, 3).updated(at: [.at(1)], with: Tensor(9))
    },
    Case("update by mask", [3], [7, 1, 7]) {
      try Tensor.arange(3).updated(at: [.tensor(Tensor([true, false, true]))], with: Tensor(7))
    },
    Case("last update stays", [3], [0, 6, 2]) {
      try Tensor.arange(3).updated(at: [.tensor(Tensor([1, 1]))], with: Tensor([5, 6]))
    },
    Case("tile", [2, 4], [0, 1, 0, 1, 2, 3, 2, 3]) { try grid(2, 2).tile([1, 2]) },
    Case("repeat", [4], [0, 0, 1, 1]) { try Tensor.arange(2).repeat(2) },
    Case("roll", [4], [3, 0, 1, 2]) { try Tensor.arange(4).roll(1) },
    Case("pad", [2, 3], [7, 0, 7, 7, 1, 7]) {
      try Tensor.arange(2).reshape([2, 1]).pad([(0, 0), (1, 1)], value: 7)
    },
    Case("rearrange", [3, 2], [0, 3, 1, 4, 2, 5]) { try grid(2, 3).rearrange("a b -> b a") },
    Case("rearrange splits", [2, 4], [0, 1, 4, 5, 2, 3, 6, 7]) {
      try Tensor.arange(8).rearrange("(a b c) -> b (a c)", sizes: ["a": 2, "b": 2])
    },
    Case("concat", [3, 2], [0, 1, 2, 3, 9, 9]) {
      try Tensor.concat([grid(2, 2), Tensor.full([1, 2], 9.0)])
    },
    Case("one-hot", [2, 3], [0, 0, 1, 1, 0, 0]) { try Tensor.oneHot(Tensor([2, 0]), classes: 3) },
    Case("diagonal", [2], [0, 4]) { try grid(2, 3).diagonal() },
    Case("lower triangle", [2, 2], [0, 0, 2, 3]) { try grid(2, 2).lowerTriangle() },
    Case("eye", [2, 3], [1, 0, 0, 0, 1, 0]) { try Tensor.eye(2, 3) },
    Case("scatter", [3], [1, 0, 5]) {
      try Tensor([1.0, 2, 3]).scatterAdd(axis: 0, count: 3, indices: Tensor([0, 2, 2]))
    },
  ]

  static let numbers: [Case] = [
    Case("arange", [3], [1, 3, 5]) { try Tensor.arange(1, 6, 2) },
    Case("linspace", [3], [0, 0.5, 1]) { try Tensor.linspace(0, 1, 3) },
    Case("median", [], [2.5]) { try Tensor([4.0, 1, 3, 2]).median() },
    Case("quantile", [], [1.9]) { try Tensor([4.0, 1, 3, 2]).quantile(0.3) },
    Case("variance", [], [1.25]) { try Tensor([1, 2, 3, 4]).variance() },
    Case("cumsum", [3], [1, 3, 6]) { try Tensor([1, 2, 3]).cumsum() },
    Case("reversed cumprod", [3], [6, 6, 3]) {
      try Tensor([1, 2, 3]).cumulative(.product, 0, reversed: true)
    },
    Case("argsort", [4], [1, 3, 0, 2]) { try Tensor([3.0, 1, .nan, 2]).argsort() },
    Case("argsort keeps ties", [3], [1, 0, 2]) { try Tensor([1, 2, 1]).argsort(descending: true) },
    Case("topk", [2], [4, 3]) { try Tensor([3, 1, 4]).topk(2).values },
    Case("unique", [3], [1, 2, 3]) { try Tensor([3, 1, 2, 1]).unique().values },
    Case("counts", [3], [2, 1, 1]) { try Tensor([3, 1, 2, 1]).unique().counts },
    Case("bincount", [4], [1, 2, 0, 1]) { try Tensor([1, 0, 3, 1]).bincount() },
    Case("histogram", [2], [2, 3]) { try Tensor([0.0, 1, 2, 3, 4]).histogram(bins: 2).counts },
    Case("round half to even", [3], [0, 2, 2]) { try Tensor([0.5, 1.5, 2.5]).round() },
    Case("round to digits", [2], [1.23, -0.12]) { try Tensor([1.234, -0.118]).round(digits: 2) },
    Case("modulo", [2], [1, -1]) { try Tensor([-5, 5]).modulo(Tensor([3, -3])) },
    Case("floor division", [2], [-2, -2]) { try Tensor([-5, 5]).floorDivide(Tensor([3, -3])) },
    Case("whole-number product", [2, 2], [5, 14, 14, 50]) {
      let x = try Tensor.arange(6).reshape([2, 3])
      return try x.matmul(x.transpose())
    },
    Case("logsumexp", [], [1000]) { try Tensor([1000.0, 0]).logsumexp() },
    Case("softmax of infinities", [2], [1, 0]) { try Tensor([0.0, -.infinity]).softmax() },
    Case("clip", [3], [0, 1, 2]) { try Tensor([-1, 1, 5]).clip(min: 0, max: 2) },
    Case("sum of nothing", [2], [0, 0]) { try Tensor.zeros([0, 2]).sum(axes: [0]) },
    Case("fold", [], [3.5]) { try (Tensor(3.0) + 0.5) * 1 },
    Case("norm", [], [5]) { try Tensor([3.0, 4]).norm() },
    Case("outer", [2, 2], [3, 4, 6, 8]) { try Tensor.outer(Tensor([1.0, 2]), Tensor([3.0, 4])) },
    Case("matmul of nothing", [2, 2], [0, 0, 0, 0]) {
      try Tensor.zeros([2, 0]).matmul(Tensor.zeros([0, 2]))
    },
  ]

  @Test(arguments: movement + numbers) func values(_ example: Case) throws {
    let result = try example.body()
    #expect(result.shape == example.shape)
    let values = try result.doubles()
    #expect(values.count == example.values.count)
    #expect(zip(values, example.values).allSatisfy { abs($0 - $1) <= 1e-14 * max(1, abs($1)) }, "\(values)")
  }

  @Test func sharesMemory() throws {
    let x = try Self.grid(3, 4)
    try x.realize()
    let storage = try #require(x.node.storage)
    let row = try x.indexed(by: [.at(1)])
    let flat = x.flatten()
    let strip = try x.indexed(by: [.at(1), .slice(1, 3, 1)])
    #expect([row, flat, strip].allSatisfy { $0.node.storage === storage })
    #expect(try strip.doubles() == [5, 6])
    #expect(try x.indexed(by: [.slice(nil, nil, 1), .at(0)]).isRealized == false)
  }

  static let contractions: [(String, [Shape])] = [
    ("ij,jk->ik", [[2, 3], [3, 4]]),
    ("ij,jk", [[2, 3], [3, 4]]),
    ("bij,bjk->bik", [[2, 3, 2], [2, 2, 4]]),
    ("ij,kj->", [[2, 3], [4, 3]]),
    ("ii->i", [[3, 3]]),
    ("ii", [[3, 3]]),
    ("ij->ji", [[2, 3]]),
    ("i,j->ij", [[2], [3]]),
    ("i,i->i", [[3], [3]]),
    ("ij,jk,kl->il", [[2, 3], [3, 4], [4, 2]]),
    ("abc,cd,bd->a", [[2, 3, 4], [4, 2], [3, 2]]),
    ("iij,jk->ik", [[2, 2, 3], [3, 2]]),
    ("ba", [[2, 3]]),
  ]

  @Test(arguments: contractions) func einsum(_ expression: String, _ shapes: [Shape]) throws {
    let tensors = try shapes.enumerated().map {
      try RandomStream(key: RandomKey(seed: UInt64($0.offset))).normal($0.element)
    }
    let sides = expression.split(separator: "->", omittingEmptySubsequences: false)
    let inputs = sides[0].split(separator: ",").map(Array.init)
    let letters = inputs.flatMap { $0 }
    let output =
      sides.count == 2
      ? Array(sides[1]) : Set(letters).filter { l in letters.filter { $0 == l }.count == 1 }.sorted()
    var sizes: [Character: Int] = [:]
    for (term, shape) in zip(inputs, shapes) {
      for (letter, size) in zip(term, shape) { sizes[letter] = size }
    }
    // Loops over all letters.
    let names = sizes.keys.sorted()
    let target = Shape(output.map { sizes[$0] ?? 1 })
    var expected = [Double](repeating: 0, count: target.elementCount)
    let contents = try tensors.map { try $0.doubles() }
    for step in 0..<names.reduce(1, { $0 * (sizes[$1] ?? 1) }) {
      var rest = step
      var place: [Character: Int] = [:]
      for name in names {
        let size = sizes[name] ?? 1
        place[name] = rest % size
        rest /= size
      }
      func position(_ term: [Character], _ shape: Shape) -> Int {
        zip(term, shape.strides).reduce(0) { $0 + (place[$1.0] ?? 0) * $1.1 }
      }
      let product = inputs.indices.reduce(1.0) { $0 * contents[$1][position(inputs[$1], shapes[$1])] }
      expected[position(output, target)] += product
    }
    let result = try Tensor.einsum(expression, tensors)
    #expect(result.shape == target)
    #expect(zip(try result.doubles(), expected).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func einsumWithEllipsis() throws {
    let a = try RandomStream(key: RandomKey(seed: 1)).normal([4, 2, 3])
    let b = try RandomStream(key: RandomKey(seed: 2)).normal([3, 5])
    let result = try Tensor.einsum("...ij,jk->...ik", [a, b])
    #expect(try zip(result.doubles(), a.matmul(b).doubles()).allSatisfy { abs($0 - $1) < 1e-13 })
    #expect(result.shape == [4, 2, 5])
    #expect(try Tensor.einsum("...ij->...ji", [a]).shape == [4, 3, 2])
  }
}
