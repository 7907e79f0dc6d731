import Testing

@testable import TLXNumerics

/// A tensor program of one or a few steps and the contents of its inputs.
struct Sample: CustomTestStringConvertible, Sendable {
  let name: String
  let make: @Sendable () throws -> Tensor
  var testDescription: String { name }
}

/// Numbers that look random and are the same in every run, between -2 and 2.
func numbers(_ count: Int, _ seed: Int = 1) -> [Double] {
  (0..<count).map { i in
    let mixed = (UInt64(i + 1) &* 0x9E37_79B9_7F4A_7C15) ^ (UInt64(seed) &* 0xD134_2543_DE82_EF95)
    return Double(((mixed ^ (mixed >> 29)) &* 0xBF58_476D_1CE4_E5B9) >> 11) * 0x1p-51 - 2
  }
}

func tensor(_ shape: Shape, _ dtype: DType = .f64, seed: Int = 1) throws -> Tensor {
  let values = numbers(shape.elementCount, seed)
  switch dtype {
  case .f64: return try Tensor(values, shape: shape)
  case .f32: return try Tensor(values.map(Float.init), shape: shape)
  case .i64: return try Tensor(values.map { Int($0 * 10) }, shape: shape)
  case .bool: return try Tensor(values.map { $0 > 0 }, shape: shape)
  }
}

func node(_ primitive: Primitive, _ inputs: [Tensor], _ shape: Shape, _ dtype: DType) -> Tensor {
  Tensor(Node(primitive, inputs.map(\.node), shape: shape, dtype: dtype))
}

/// Runs the sample and compares with plain loops. `tolerance` is relative to max(1, |value|).
func expectReference(_ make: () throws -> Tensor, tolerance: Double, _ name: String) throws {
  let tensor = try make()
  var evaluator = PlainLoops()
  let expected = evaluator.evaluate(try make())
  let found: [Double]
  do {
    found = try tensor.doubles()
  } catch {
    Issue.record("\(name): \(error)")
    return
  }
  try #require(found.count == expected.count, "\(name)")
  for (i, (x, y)) in zip(found, expected).enumerated() {
    let isClose = x == y || (x.isNaN && y.isNaN) || Swift.abs(x - y) <= tolerance * max(1, Swift.abs(y))
    if !isClose {
      Issue.record("\(name), element \(i): \(x), expected \(y)")
      return
    }
  }
}

private let shapes: [Shape] = [
  [], [0], [1], [7], [3, 5], [2, 0, 3], [1000, 3], [4, 1, 300], [2, 3, 4, 5], [5, 1027],
]

private func tolerance(_ dtype: DType) -> Double { dtype == .f32 ? 1e-5 : 1e-12 }

private let elementwise: [Sample] = {
  var samples: [Sample] = []
  for dtype in [DType.f32, .f64, .i64] {
    for shape in shapes {
      for kernel in UnaryKernel.allCases
      where kernel != .not && (dtype.isFloat || kernel == .negate || kernel == .abs || kernel == .sign) {
        let result: DType = kernel == .isnan || kernel == .isfinite ? .bool : dtype
        samples.append(
          Sample(name: "\(kernel) \(dtype)\(shape.sizes)") {
            node(.unary(kernel), [try tensor(shape, dtype)], shape, result)
          })
      }
      for kernel in BinaryKernel.allCases
      where kernel != .and && kernel != .or && kernel != .xor
        && (dtype.isFloat || kernel != .atan2 && kernel != .divide)
      {
        let isDivision = kernel == .floorDivide || kernel == .modulo || kernel == .power
        samples.append(
          Sample(name: "\(kernel) \(dtype)\(shape.sizes)") {
            let b =
              isDivision && dtype == .i64
              ? node(.fill(.int(3)), [], shape, .i64) : try tensor(shape, dtype, seed: 2)
            return node(.binary(kernel), [try tensor(shape, dtype), b], shape, dtype)
          })
      }
      for comparison in Comparison.allCases {
        samples.append(
          Sample(name: "\(comparison) \(dtype)\(shape.sizes)") {
            node(
              .compare(comparison), [try tensor(shape, dtype), try tensor(shape, dtype, seed: 2)], shape,
              .bool)
          })
      }
      for target in DType.allCases where target != .bool {
        samples.append(
          Sample(name: "cast \(dtype)\(shape.sizes) \(target)") {
            node(.cast, [try tensor(shape, dtype)], shape, target)
          })
      }
      samples.append(
        Sample(name: "select \(dtype)\(shape.sizes)") {
          node(
            .select, [try tensor(shape, .bool), try tensor(shape, dtype), try tensor(shape, dtype, seed: 2)],
            shape, dtype)
        })
    }
  }
  return samples
}()

private let reductions: [Sample] = {
  var samples: [Sample] = []
  for dtype in DType.allCases {
    for shape in shapes + [[3, 700, 2], [140_000], [70_000, 2], [40, 1100, 2], [6, 5, 1500]] {
      let sets = (1..<(1 << shape.rank)).map { bits in shape.sizes.indices.filter { bits >> $0 & 1 == 1 } }
      for axes in sets {
        for reduction in Reduction.allCases {
          let isLogical = reduction == .any || reduction == .all
          let isEmpty = axes.contains { shape[$0] == 0 }
          if isLogical != (dtype == .bool) || (isEmpty && (reduction == .max || reduction == .min)) {
            continue
          }
          if reduction == .product && dtype == .i64 && shape.elementCount > 10 { continue }
          if reduction == .deviations && !dtype.isFloat { continue }
          // The plain loops are slow: large shapes are there for the blocks, which all reductions share.
          let isShared = dtype != .f64 && (reduction == .sum || reduction == .max)
          if shape.elementCount > 10_000 && !isShared && reduction != .deviations { continue }
          let kept = shape.sizes.indices.filter { !axes.contains($0) }.map { shape[$0] }
          samples.append(
            Sample(name: "\(reduction) \(dtype)\(shape.sizes) over \(axes)") {
              node(.reduce(reduction, axes: axes), [try tensor(shape, dtype)], Shape(kept), dtype)
            })
        }
      }
    }
  }
  return samples
}()

@Suite struct ExecutionTests {
  @Test func elementwiseKernels() throws {
    for sample in elementwise {
      let dtype: DType = sample.name.contains("f32") ? .f32 : .f64
      try expectReference(sample.make, tolerance: tolerance(dtype), sample.name)
    }
  }

  @Test func reductionKernels() throws {
    for sample in reductions {
      try expectReference(sample.make, tolerance: sample.name.contains("f32") ? 2e-5 : 1e-11, sample.name)
    }
  }

  @Test func kernelsAlongAnAxis() throws {
    for dtype in [DType.f32, .f64, .i64] {
      for (shape, axis) in [
        ([5], 0), ([3, 5], 0), ([3, 5], 1), ([2, 40, 3], 1), ([3000], 0), ([6000], 0), ([3, 200], 1),
        ([70, 1100], 0), ([1], 0),
      ]
        as [(Shape, Int)]
      {
        let tolerance = tolerance(dtype)
        var rest = shape
        rest.sizes.remove(at: axis)
        for reduction in ArgReduction.allCases {
          try expectReference(
            { node(.argReduce(reduction, axis: axis), [try tensor(shape, dtype)], rest, .i64) }, tolerance: 0,
            "\(reduction) \(shape.sizes)")
        }
        for reversed in [false, true] {
          try expectReference(
            {
              node(
                .cumulative(.sum, axis: axis, reversed: reversed), [try tensor(shape, dtype)], shape, dtype)
            }, tolerance: tolerance * 100, "cumsum \(shape.sizes)")
          try expectReference(
            { node(.argsort(axis: axis, descending: reversed), [try tensor(shape, dtype)], shape, .i64) },
            tolerance: 0, "argsort \(shape.sizes)")
          try expectReference(
            { node(.sort(axis: axis, descending: reversed), [try tensor(shape, dtype)], shape, dtype) },
            tolerance: 0, "sort \(shape.sizes)")
        }
      }
    }
  }

  /// NaN is sorted to the end and found first; equal elements give the first place.
  @Test func orderOfSpecialNumbers() throws {
    var values = numbers(500).map { ($0 * 4).rounded() }
    for (position, value) in [(17, Double.nan), (300, .nan), (40, .infinity), (41, -.infinity), (9, -0.0)] {
      values[position] = value
    }
    for dtype in [DType.f32, .f64] {
      let x = try Tensor(values).cast(to: dtype)
      for descending in [false, true] {
        try expectReference(
          { node(.sort(axis: 0, descending: descending), [x], [500], dtype) }, tolerance: 0, "sort")
      }
      for (start, place) in [(0, 17), (18, 282), (301, -1)] {
        let part = try x.slice(axis: 0, start: start, stop: 500)
        let rest = values[start...].filter { !$0.isNaN }
        let expected =
          place >= 0 ? place : values[start...].firstIndex(of: rest.max() ?? 0).map { $0 - start }
        #expect(try part.argmax().elements(of: Int.self) == [expected ?? -1])
        let columns = try part.expandDims(1).stretched(to: [500 - start, 3])
        #expect(
          try columns.argmax(axis: 0).elements(of: Int.self) == [Int](repeating: expected ?? -1, count: 3))
      }
    }
  }

  @Test func movementAndProducts() throws {
    for dtype in [DType.f32, .f64, .i64, .bool] {
      func check(_ name: String, _ make: () throws -> Tensor) throws {
        try expectReference(make, tolerance: tolerance(dtype) * 10, "\(name) \(dtype)")
      }
      let x = try tensor([4, 6, 5], dtype)
      try check("permute") { node(.permute([2, 0, 1]), [x], [5, 4, 6], dtype) }
      try check("slice") { node(.slice(start: [3, 1, 0], step: [-1, 2, 1]), [x], [4, 2, 5], dtype) }
      try check("reshaped permutation") {
        node(.reshape, [node(.permute([2, 0, 1]), [x], [5, 4, 6], dtype)], [10, 12], dtype)
      }
      try check("broadcast") { node(.broadcast, [try tensor([6, 1], dtype)], [3, 6, 7], dtype) }
      try check("place") { node(.place(start: [1, 9, 0], step: [2, -1, 3]), [x], [9, 11, 14], dtype) }
      try check("concat") {
        node(.concat(axis: 1), [x, try tensor([4, 2, 5], dtype, seed: 4)], [4, 8, 5], dtype)
      }
      let picks = try Tensor([3, 0, 0, 2, 1, 3], shape: [2, 3])
      try check("take") { node(.take(axis: 1), [x, picks], [4, 2, 3, 5], dtype) }
      if dtype != .bool {
        try check("scatterAdd") {
          node(.scatterAdd(axis: 1), [try tensor([4, 2, 3, 5], dtype), picks], [4, 6, 5], dtype)
        }
      }
      let along = try Tensor((0..<60).map { $0 * 7 % 6 }, shape: [4, 3, 5])
      try check("takeAlong") { node(.takeAlong(axis: 1), [x, along], [4, 3, 5], dtype) }
      if dtype != .bool {
        try check("scatterAddAlong") {
          node(.scatterAddAlong(axis: 1), [try tensor([4, 3, 5], dtype), along], [4, 6, 5], dtype)
        }
        for (m, k, n) in [
          (1, 1, 1), (3, 4, 5), (1, 7, 5), (5, 7, 1), (1, 9, 1), (0, 3, 2), (3, 0, 2), (33, 65, 17),
        ] {
          try check("matmul \(m) \(k) \(n)") {
            node(.matmul, [try tensor([m, k], dtype), try tensor([k, n], dtype, seed: 3)], [m, n], dtype)
          }
          try check("matmul transposed \(m) \(k) \(n)") {
            let a = node(.permute([1, 0]), [try tensor([k, m], dtype)], [m, k], dtype)
            let b = node(.permute([1, 0]), [try tensor([n, k], dtype, seed: 3)], [k, n], dtype)
            return node(.matmul, [a, b], [m, n], dtype)
          }
        }
        try check("batched") {
          let a = node(.broadcast, [try tensor([2, 1, 3, 4], dtype)], [2, 5, 3, 4], dtype)
          return node(.matmul, [a, try tensor([2, 5, 4, 3], dtype, seed: 3)], [2, 5, 3, 3], dtype)
        }
      }
    }
  }
}
