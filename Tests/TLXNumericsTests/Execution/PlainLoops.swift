import Glibc

@testable import TLXNumerics

/// Computes a graph one element at a time with plain loops over doubles: slow, obvious, and independent of plans,
/// views and tiles. Integers must stay within 2⁵³.
struct PlainLoops {
  private var known: [ObjectIdentifier: [Double]] = [:]
  /// Keeps the nodes alive whose identities are the keys.
  private var nodes: [Node] = []

  mutating func evaluate(_ tensor: Tensor) -> [Double] { value(tensor.node) }

  private mutating func value(_ node: Node) -> [Double] {
    if let known = known[ObjectIdentifier(node)] { return known }
    let inputs = node.isRealized ? [] : node.inputs.map { value($0) }
    let result = PlainLoops.compute(node, inputs).map { PlainLoops.rounded($0, node.dtype) }
    known[ObjectIdentifier(node)] = result
    nodes.append(node)
    return result
  }

  private static func rounded(_ x: Double, _ dtype: DType) -> Double {
    switch dtype {
    case .f32: Double(Float(x))
    case .f64: x
    case .i64: x.rounded(.towardZero)
    case .bool: x != 0 ? 1 : 0
    }
  }

  private static func contents(_ node: Node) -> [Double] {
    (try? Tensor(node).doubles()) ?? []
  }

  /// The indices of a row-major position.
  private static func indices(_ position: Int, _ shape: Shape) -> [Int] {
    var rest = position
    var result = [Int](repeating: 0, count: shape.rank)
    for axis in shape.sizes.indices.reversed() {
      result[axis] = rest % shape[axis]
      rest /= shape[axis]
    }
    return result
  }

  private static func position(_ indices: [Int], _ shape: Shape) -> Int {
    zip(indices, shape.sizes).reduce(0) { $0 * $1.1 + $1.0 }
  }

  private static func compute(_ node: Node, _ inputs: [[Double]]) -> [Double] {
    let count = node.shape.elementCount
    let shapes = node.inputs.map(\.shape)
    if node.isRealized { return contents(node) }
    /// Each element from an element of the first input.
    func moved(_ source: ([Int]) -> [Int]) -> [Double] {
      (0..<count).map { inputs[0][position(source(indices($0, node.shape)), shapes[0])] }
    }
    switch node.primitive {
    case .fill(let scalar): return [Double](repeating: scalar.double, count: count)
    case .ramp(let start, let step): return (0..<count).map { start.double + step.double * Double($0) }
    case .variable, .stopGradient, .cast, .reshape: return inputs[0]
    case .unary(let kernel): return inputs[0].map { unary(kernel, $0) }
    case .binary(let kernel): return zip(inputs[0], inputs[1]).map { binary(kernel, $0, $1) }
    case .compare(let comparison):
      return zip(inputs[0], inputs[1]).map { compare(comparison, $0, $1) ? 1 : 0 }
    case .select: return (0..<count).map { inputs[0][$0] != 0 ? inputs[1][$0] : inputs[2][$0] }
    case .permute(let axes):
      return moved { index in
        var source = index
        for (target, axis) in axes.enumerated() { source[axis] = index[target] }
        return source
      }
    case .broadcast:
      let shift = node.shape.rank - shapes[0].rank
      return moved { index in shapes[0].sizes.indices.map { shapes[0][$0] == 1 ? 0 : index[$0 + shift] } }
    case .slice(let start, let step):
      return moved { index in index.indices.map { start[$0] + step[$0] * index[$0] } }
    case .reduce(let reduction, let axes): return reduce(reduction, axes, inputs[0], shapes[0], node.shape)
    case .matmul: return product(inputs[0], inputs[1], shapes[0], shapes[1], node.shape)
    case .place(let start, let step):
      var result = [Double](repeating: 0, count: count)
      for i in inputs[0].indices {
        let index = indices(i, shapes[0])
        result[position(index.indices.map { start[$0] + step[$0] * index[$0] }, node.shape)] = inputs[0][i]
      }
      return result
    case .concat(let axis):
      return (0..<count).map { i in
        var index = indices(i, node.shape)
        var input = 0
        while index[axis] >= shapes[input][axis] {
          index[axis] -= shapes[input][axis]
          input += 1
        }
        return inputs[input][position(index, shapes[input])]
      }
    case .take(let axis):
      return moved { index in
        let picks = Array(index[axis..<(axis + shapes[1].rank)])
        let pick = Int(inputs[1][position(picks, shapes[1])])
        return Array(index[..<axis]) + [pick] + Array(index[(axis + shapes[1].rank)...])
      }
    case .takeAlong(let axis):
      return moved { index in
        var source = index
        source[axis] = Int(inputs[1][position(index, node.shape)])
        return source
      }
    case .scatterAdd(let axis):
      var result = [Double](repeating: 0, count: count)
      for i in inputs[0].indices {
        let index = indices(i, shapes[0])
        let pick = Int(inputs[1][position(Array(index[axis..<(axis + shapes[1].rank)]), shapes[1])])
        let target = Array(index[..<axis]) + [pick] + Array(index[(axis + shapes[1].rank)...])
        result[position(target, node.shape)] += inputs[0][i]
      }
      return result
    case .scatterAddAlong(let axis):
      var result = [Double](repeating: 0, count: count)
      for i in inputs[0].indices {
        var index = indices(i, shapes[0])
        index[axis] = Int(inputs[1][i])
        result[position(index, node.shape)] += inputs[0][i]
      }
      return result
    case .argReduce(let reduction, let axis):
      return lanes(inputs[0], shapes[0], axis).map { lane in
        if let nan = lane.firstIndex(where: \.isNaN) { return Double(nan) }
        let best = reduction == .argmax ? lane.max() : lane.min()
        return Double(lane.firstIndex(of: best ?? 0) ?? 0)
      }
    case .cumulative(let cumulation, let axis, let reversed):
      return unlanes(
        lanes(inputs[0], shapes[0], axis).map { lane in
          var total = cumulation == .sum ? 0.0 : 1.0
          let sums = (reversed ? lane.reversed() : lane).map { x in
            total = cumulation == .sum ? total + x : total * x
            return total
          }
          return reversed ? sums.reversed() : sums
        }, node.shape, axis)
    case .sort(let axis, let descending):
      return unlanes(
        lanes(inputs[0], shapes[0], axis).map { lane in
          let numbers = lane.filter { !$0.isNaN }.sorted()
          return (descending ? numbers.reversed() : numbers)
            + [Double](repeating: .nan, count: lane.count - numbers.count)
        }, node.shape, axis)
    case .argsort(let axis, let descending):
      return unlanes(
        lanes(inputs[0], shapes[0], axis).map { lane in
          lane.indices.sorted { a, b in
            let (x, y) = (lane[a], lane[b])
            if x.isNaN || y.isNaN { return x.isNaN == y.isNaN ? a < b : y.isNaN }
            return x == y ? a < b : (descending ? x > y : x < y)
          }.map(Double.init)
        }, node.shape, axis)
    case .window(let operation): return PlainWindows(operation, node.shape, shapes).result(inputs)
    case .constant, .placeholder, .linearAlgebra: return []
    }
  }

  /// The rows of elements along an axis, in the order of the remaining axes.
  private static func lanes(_ x: [Double], _ shape: Shape, _ axis: Int) -> [[Double]] {
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    return (0..<outer * inner).map { lane in
      (0..<shape[axis]).map { x[(lane / inner * shape[axis] + $0) * inner + lane % inner] }
    }
  }

  private static func unlanes(_ rows: [[Double]], _ shape: Shape, _ axis: Int) -> [Double] {
    let inner = shape[(axis + 1)...].reduce(1, *)
    return (0..<shape.elementCount).map { i in
      let place = i / inner % shape[axis]
      return rows[i / inner / shape[axis] * inner + i % inner][place]
    }
  }

  private static func reduce(
    _ reduction: Reduction, _ axes: [Int], _ x: [Double], _ shape: Shape, _ result: Shape
  )
    -> [Double]
  {
    let start: Double =
      switch reduction {
      case .sum, .any, .deviations: 0
      case .product, .all: 1
      case .max: -.infinity
      case .min: .infinity
      }
    var totals = [Double](repeating: start, count: result.elementCount)
    for i in x.indices {
      let index = indices(i, shape)
      let target = position(index.indices.filter { !axes.contains($0) }.map { index[$0] }, result)
      switch reduction {
      case .sum: totals[target] += x[i]
      case .product: totals[target] *= x[i]
      case .max: totals[target] = x[i].isNaN || totals[target].isNaN ? .nan : max(totals[target], x[i])
      case .min: totals[target] = x[i].isNaN || totals[target].isNaN ? .nan : min(totals[target], x[i])
      case .any: totals[target] = totals[target] != 0 || x[i] != 0 ? 1 : 0
      case .all: totals[target] = totals[target] != 0 && x[i] != 0 ? 1 : 0
      case .deviations: totals[target] += x[i]
      }
    }
    if reduction != .deviations { return totals }
    let count = axes.reduce(1.0) { $0 * Double(shape[$1]) }
    var squares = [Double](repeating: 0, count: totals.count)
    for i in x.indices {
      let index = indices(i, shape)
      let target = position(index.indices.filter { !axes.contains($0) }.map { index[$0] }, result)
      let distance = x[i] - totals[target] / count
      squares[target] += distance * distance
    }
    return squares
  }

  private static func product(_ a: [Double], _ b: [Double], _ left: Shape, _ right: Shape, _ shape: Shape)
    -> [Double]
  {
    let (m, n, k) = (shape[shape.rank - 2], shape[shape.rank - 1], left[left.rank - 1])
    return (0..<shape.elementCount).map { i in
      let (batch, row, column) = (i / (m * n), i / n % m, i % n)
      return (0..<k).reduce(0) { $0 + a[(batch * m + row) * k + $1] * b[(batch * k + $1) * n + column] }
    }
  }

  static func unary(_ kernel: UnaryKernel, _ x: Double) -> Double {
    switch kernel {
    case .negate: -x
    case .abs: Swift.abs(x)
    case .sign: x > 0 ? 1 : x < 0 ? -1 : x
    case .exp: Glibc.exp(x)
    case .expm1: Glibc.expm1(x)
    case .log: Glibc.log(x)
    case .log1p: Glibc.log1p(x)
    case .sqrt: x.squareRoot()
    case .reciprocal: 1 / x
    case .sin: Glibc.sin(x)
    case .cos: Glibc.cos(x)
    case .tan: Glibc.tan(x)
    case .asin: Glibc.asin(x)
    case .acos: Glibc.acos(x)
    case .atan: Glibc.atan(x)
    case .sinh: Glibc.sinh(x)
    case .cosh: Glibc.cosh(x)
    case .tanh: Glibc.tanh(x)
    case .sigmoid: 1 / (1 + Glibc.exp(-x))
    case .erf: Glibc.erf(x)
    case .lgamma: ScalarMath.lgamma(x)
    case .digamma: ScalarMath.digamma(x)
    case .trigamma: ScalarMath.trigamma(x)
    case .floor: x.rounded(.down)
    case .ceil: x.rounded(.up)
    case .round: x.rounded(.toNearestOrEven)
    case .trunc: x.rounded(.towardZero)
    case .not: x == 0 ? 1 : 0
    case .isnan: x.isNaN ? 1 : 0
    case .isfinite: x.isFinite ? 1 : 0
    }
  }

  static func binary(_ kernel: BinaryKernel, _ x: Double, _ y: Double) -> Double {
    switch kernel {
    case .add: x + y
    case .subtract: x - y
    case .multiply: x * y
    case .divide: x / y
    case .floorDivide: (x / y).rounded(.down)
    case .modulo: x - y * (x / y).rounded(.down)
    case .power: Glibc.pow(x, y)
    case .maximum: x.isNaN || y.isNaN ? .nan : max(x, y)
    case .minimum: x.isNaN || y.isNaN ? .nan : min(x, y)
    case .atan2: Glibc.atan2(x, y)
    case .and: x != 0 && y != 0 ? 1 : 0
    case .or: x != 0 || y != 0 ? 1 : 0
    case .xor: (x != 0) != (y != 0) ? 1 : 0
    }
  }

  private static func compare(_ comparison: Comparison, _ x: Double, _ y: Double) -> Bool {
    switch comparison {
    case .equal: x == y
    case .notEqual: x != y
    case .less: x < y
    case .lessOrEqual: x <= y
    case .greater: x > y
    case .greaterOrEqual: x >= y
    }
  }
}
