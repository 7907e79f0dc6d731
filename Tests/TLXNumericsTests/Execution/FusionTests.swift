import Glibc
import Testing

@testable import TLXNumerics

/// Grows random tensor programs that mix every kind of step.
struct ProgramGenerator {
  private var state: UInt64
  private(set) var pool: [Tensor] = []

  init(seed: Int) throws {
    state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    let rows = 1 + below(6)
    let columns = below(8) == 0 ? 300 + below(900) : 1 + below(9)
    for (index, shape) in [[rows, columns], [rows, columns], [columns], [rows, 1], []].enumerated() {
      pool.append(try tensor(Shape(shape), seed: seed &* 10 &+ index))
    }
  }

  mutating func below(_ limit: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state >> 33) % limit
  }

  private mutating func pick() -> Tensor { pool[below(pool.count)] }

  /// Another tensor that meets this one in an elementwise step.
  private mutating func partner(of x: Tensor) throws -> Tensor {
    let fitting = pool.filter { y in
      x.shape == y.shape || (y.rank < x.rank && Array(x.shape.sizes.suffix(y.rank)) == y.shape.sizes)
        || (y.rank == x.rank && zip(x.shape, y.shape).allSatisfy { $0 == $1 || $1 == 1 })
    }
    return fitting[below(fitting.count)]
  }

  /// Adds the result of one more step; values stay small.
  mutating func grow() throws {
    let x = pick()
    let axis = x.rank == 0 ? 0 : below(x.rank)
    switch below(20) {
    case 0: pool.append(try x + partner(of: x))
    case 1: pool.append(try x - partner(of: x))
    case 2: pool.append(try (x * partner(of: x)).clip(min: -3, max: 3))
    case 3: pool.append(try Tensor.maximum(x, partner(of: x)))
    case 4: pool.append(try x.tanh())
    case 5: pool.append(try x.clip(min: -2, max: 2).exp())
    case 6: pool.append(try Tensor.where(x.less(partner(of: x)), x, x * 0.5))
    case 7: pool.append(try (x.abs() + 1.0).sqrt())
    case 8 where x.rank > 0: pool.append(try x.mean(axes: [axis], keepdims: below(2) == 0))
    case 9 where x.rank > 0: pool.append(try x.max(axes: [axis], keepdims: below(2) == 0))
    case 10: pool.append(try x.mean())
    case 11 where x.rank > 1: pool.append(x.transpose())
    case 12: pool.append(x.flatten())
    case 13 where x.rank > 0 && x.shape[axis] > 1:
      pool.append(try x.slice(axis: axis, start: below(x.shape[axis] - 1), stop: x.shape[axis], step: 1))
    case 14 where x.rank > 0:
      pool.append(try x.slice(axis: axis, start: x.shape[axis] - 1, stop: -1, step: -1))
    case 15 where x.rank > 0 && x.count < 4000: pool.append(try Tensor.concat([x, x * 0.25], axis: axis))
    case 16 where x.rank == 2: pool.append(try x.matmul(x.transpose()).tanh())
    case 17 where x.rank > 0: pool.append(try x.softmax(axis: axis))
    case 18 where x.rank > 0: pool.append(try x.cumsum(axis: axis).tanh())
    default: pool.append(try x.expandDims(0))
    }
    if let last = pool.last, last.rank > 4 || last.count > 20_000 { pool.removeLast() }
  }
}

@Suite(.serialized) struct FusionTests {
  private func program(_ seed: Int) throws -> [Tensor] {
    var generator = try ProgramGenerator(seed: seed)
    for _ in 0..<24 { try generator.grow() }
    let results = generator.pool.dropFirst(5)
    return results.enumerated().filter { ($0.offset + seed) % 3 == 0 || $0.offset == results.count - 1 }.map(
      \.element)
  }

  /// Random programs give what plain loops give, whatever shares a loop.
  @Test func fusedEqualsPlainLoops() throws {
    for seed in 1...(getenv("TLX_SLOW") == nil ? 300 : 6000) {
      var loops = PlainLoops()
      let expected = try program(seed).map { loops.evaluate($0) }
      let found = try program(seed)
      try Tensor.realize(found)
      for (index, (tensor, values)) in zip(found, expected).enumerated() {
        let worst =
          zip(try tensor.doubles(), values).map { Swift.abs($0 - $1) / max(1, Swift.abs($1)) }.max() ?? 0
        #expect(worst < 1e-9, "seed \(seed), output \(index), \(tensor.typeDescription)")
      }
    }
  }

  /// Results are the same to the bit on one thread and on two.
  @Test func threadsDoNotMatter() throws {
    let before = Parallel.threadCount
    defer { Parallel.threadCount = before }
    func run(_ threads: Int) throws -> [[Double]] {
      Parallel.threadCount = threads
      let x = try tensor([700, 1500], .f32)
      let y = try (x * x + x.exp()).sum(axes: [0])
      let z = try (x - x.mean(axes: [1], keepdims: true)).square().sum()
      let w = try x.softmax(axis: 1).max(axes: [0])
      return try [y, z, w].map { try $0.doubles() }
    }
    #expect(try run(1) == run(2))
  }

  /// What is normalised along rows reads its operand once: all loops are in one band, to the bit what they give alone.
  @Test func rowsStayInTheCache() throws {
    for (rows, length) in [(40, 1500), (300, 10), (3, 20_000)] {
      let x = try tensor([rows, length], .f32)
      let softmax = try x.softmax(axis: 1)
      let layer =
        try (x - x.mean(axes: [1], keepdims: true)) / (x.variance(axes: [1], keepdims: true) + 1e-5).sqrt()
      for result in [softmax, layer] {
        let plan = try Executor.explainPlan(of: [result.node])
        #expect(plan.hasPrefix("\(rows) rows") && !plan.contains("\nloop"), "\(plan)")
      }
      for (index, result) in [softmax, layer].enumerated() {
        var loops = PlainLoops()
        let expected = loops.evaluate(result)
        let found = try result.doubles()
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 3e-6 * max(1, abs($1)) }, "\(index)")
      }
    }
  }

  /// The end of a layer norm is one pass over a tile, and to the bit what its four steps give one by one: rows that fit a
  /// tile, that do not, and that leave a rest.
  @Test func normalizationsRoundAsAlone() throws {
    for dtype in [DType.f32, .f64] {
      for (rows, length) in [(1, 3), (90, 7), (7, 16), (40, 1000), (3, 1024), (30, 1500), (2, 5000)] {
        let x = try tensor([rows, length], dtype)
        let (weight, bias) = (try tensor([length], dtype, seed: 2), try tensor([length], dtype, seed: 3))
        let mean = try x.mean(axes: [1], keepdims: true)
        let deviation = try (x.variance(axes: [1], keepdims: true) + 1e-5).sqrt()
        let found = [
          try (x - mean) / deviation * weight + bias, try bias + weight * ((x - mean) / deviation),
          try (x - mean) / deviation * weight + x,
          try ((x - mean) / deviation * weight + bias) * ((x - deviation) / mean * weight + bias),
        ]
        try Tensor.realize(found)
        func alone(_ steps: Tensor...) throws -> Tensor {
          try Tensor.realize(steps)
          return steps[steps.count - 1]
        }
        let (centre, scale) = (try alone(mean), try alone(deviation))
        let scaled = try alone(alone(alone(x - centre) / scale) * weight)
        let other = try alone(alone(alone(alone(x - scale) / centre) * weight) + bias)
        let expected = [
          try alone(scaled + bias), try alone(scaled + bias), try alone(scaled + x),
          try alone(alone(scaled + bias) * other),
        ]
        for (index, (a, b)) in zip(found, expected).enumerated() {
          #expect(try a.doubles() == b.doubles(), "\(dtype) \(rows)×\(length), \(index)")
        }
      }
    }
  }

  /// Results so large that they go past the caches are the same as their rows alone.
  @Test func largeResultsEqualTheirRows() throws {
    let (rows, length) = (4096, 1100)
    let (x, y) = (try tensor([rows, length], .f32), try tensor([rows, length], .f32, seed: 2))
    let weight = try tensor([length], .f32, seed: 3)
    func results(_ x: Tensor, _ y: Tensor) throws -> [Tensor] {
      let centred = try x - x.mean(axes: [1], keepdims: true)
      return [
        try (x * y + weight).abs() - x, try x.softmax(axis: 1), try x.less(y),
        try centred / (x.variance(axes: [1], keepdims: true) + 1e-5).sqrt() * weight + weight,
      ]
    }
    let found = try results(x, y)
    try Tensor.realize(found)
    for row in [0, 1, 2047, 2048, rows - 2] {
      let part = { (t: Tensor) in try t.slice(axis: 0, start: row, stop: row + 2) }
      for (index, (whole, alone)) in zip(found, try results(part(x), part(y))).enumerated() {
        #expect(try part(whole).doubles() == alone.doubles(), "row \(row), result \(index)")
      }
    }
  }

  @Test func chainsShareOneLoop() throws {
    let x = try tensor([1000])
    let plan = try Executor.explainPlan(of: [((x * 2.0 + 1.0).exp() - x).sum().node])
    #expect(plan.split(separator: "\n").count == 1, "\(plan)")
  }
}
