import Glibc

@testable import TLXNumerics

/// Evaluates a graph one element at a time in doubles, each primitive by its definition: slow, and obvious enough to
/// measure the executor against.
struct ReferenceEvaluator {
  private var known: [ObjectIdentifier: [Double]] = [:]

  static func evaluate(_ tensor: Tensor) throws -> [Double] {
    var evaluator = ReferenceEvaluator()
    return try evaluator.evaluate(tensor.node)
  }

  mutating func evaluate(_ root: Node) throws -> [Double] {
    var stack = [root]
    while let node = stack.last {
      if known[ObjectIdentifier(node)] != nil {
        stack.removeLast()
        continue
      }
      let missing = node.isRealized ? [] : node.inputs.filter { known[ObjectIdentifier($0)] == nil }
      if missing.isEmpty {
        known[ObjectIdentifier(node)] = try contents(node)
        stack.removeLast()
      } else {
        stack += missing
      }
    }
    return known[ObjectIdentifier(root)] ?? []
  }

  private func contents(_ node: Node) throws -> [Double] {
    if let storage = node.storage {
      return try Tensor(storage: storage, offset: node.offset, shape: node.shape, dtype: node.dtype).doubles()
    }
    let inputs = node.inputs.map { known[ObjectIdentifier($0)] ?? [] }
    let result = try value(node, inputs, node.inputs.map(\.shape))
    return node.dtype == .f32 ? result.map { Double(Float($0)) } : result
  }

  private func value(_ node: Node, _ inputs: [[Double]], _ shapes: [Shape]) throws -> [Double] {
    let count = node.shape.elementCount
    switch node.primitive {
    case .constant, .placeholder: throw NumericsError("E0409", "no contents")
    case .fill(let scalar): return [Double](repeating: scalar.double, count: count)
    case .ramp(let start, let step): return (0..<count).map { start.double + step.double * Double($0) }
    case .variable, .stopGradient, .reshape: return inputs[0]
    case .unary(let kernel): return inputs[0].map { Self.unary(kernel, $0) }
    case .binary(let kernel): return zip(inputs[0], inputs[1]).map { Self.binary(kernel, $0, $1) }
    case .compare(let comparison):
      return zip(inputs[0], inputs[1]).map { Self.compare(comparison, $0, $1) ? 1 : 0 }
    case .select: return (0..<count).map { inputs[0][$0] != 0 ? inputs[1][$0] : inputs[2][$0] }
    case .cast: return node.dtype == .i64 ? inputs[0].map(Glibc.trunc) : inputs[0]
    case .reduce(let reduction, let axes): return reduce(reduction, axes, inputs[0], shapes[0], node.shape)
    case .argReduce(let reduction, let axis):
      return lines(shapes[0], axis).map { line in
        var best = 0
        for (position, element) in line.enumerated() {
          let (x, top) = (inputs[0][element], inputs[0][line[best]])
          let wins = reduction == .argmax ? x > top : x < top
          if !top.isNaN && (wins || x.isNaN) { best = position }
        }
        return Double(best)
      }
    case .cumulative(let cumulation, let axis, let reversed):
      var result = inputs[0]
      for line in lines(shapes[0], axis) {
        let path = reversed ? line.reversed() : line
        for (previous, next) in zip(path, path.dropFirst()) {
          result[next] =
            cumulation == .sum ? result[previous] + result[next] : result[previous] * result[next]
        }
      }
      return result
    case .argsort(let axis, let descending):
      var result = [Double](repeating: 0, count: count)
      for line in lines(shapes[0], axis) {
        let order = line.indices.sorted { a, b in
          let (x, y) = (inputs[0][line[a]], inputs[0][line[b]])
          if x.isNaN || y.isNaN { return x.isNaN == y.isNaN ? a < b : y.isNaN }
          return x == y ? a < b : descending ? x > y : x < y
        }
        for (position, source) in order.enumerated() { result[line[position]] = Double(source) }
      }
      return result
    case .linearAlgebra(let operation): return try algebra(operation, node, inputs)
    default: return moved(node, inputs, shapes)
    }
  }

  private func moved(_ node: Node, _ inputs: [[Double]], _ shapes: [Shape]) -> [Double] {
    let shape = node.shape
    func gathered(_ source: ([Int]) -> [Int]) -> [Double] {
      Self.places(shape).map { inputs[0][Self.position(source($0), shapes[0])] }
    }
    switch node.primitive {
    case .permute(let order):
      return gathered { place in
        var source = place
        for (position, axis) in order.enumerated() { source[axis] = place[position] }
        return source
      }
    case .broadcast:
      return gathered { place in
        zip(place.suffix(shapes[0].rank), shapes[0]).map { $1 == 1 ? 0 : $0 }
      }
    case .slice(let start, let step):
      return gathered { place in place.indices.map { start[$0] + step[$0] * place[$0] } }
    case .place(let start, let step):
      return scattered(shape, inputs[0], shapes[0]) { place in
        place.indices.map { start[$0] + step[$0] * place[$0] }
      }
    case .concat(let axis):
      return Self.places(shape).map { place in
        var place = place
        var input = 0
        while place[axis] >= shapes[input][axis] {
          place[axis] -= shapes[input][axis]
          input += 1
        }
        return inputs[input][Self.position(place, shapes[input])]
      }
    case .take(let axis):
      return gathered { place in
        let pick = Self.position(Array(place[axis..<(axis + shapes[1].rank)]), shapes[1])
        return place.prefix(axis) + [Int(inputs[1][pick])] + place.suffix(place.count - axis - shapes[1].rank)
      }
    case .scatterAdd(let axis):
      return scattered(shape, inputs[0], shapes[0]) { place in
        let pick = Self.position(Array(place[axis..<(axis + shapes[1].rank)]), shapes[1])
        return place.prefix(axis) + [Int(inputs[1][pick])] + place.suffix(place.count - axis - shapes[1].rank)
      }
    case .takeAlong(let axis):
      return gathered { place in
        var source = place
        source[axis] = Int(inputs[1][Self.position(place, shapes[1])])
        return source
      }
    case .scatterAddAlong(let axis):
      return scattered(shape, inputs[0], shapes[0]) { place in
        var target = place
        target[axis] = Int(inputs[1][Self.position(place, shapes[1])])
        return target
      }
    case .matmul:
      let (rows, inner, columns) = (shape[shape.rank - 2], shapes[0][shape.rank - 1], shape[shape.rank - 1])
      return Self.places(shape).map { place in
        let batch = Self.position(Array(place.dropLast(2)), Shape(Array(shape.dropLast(2))))
        let (i, j) = (place[place.count - 2], place[place.count - 1])
        return (0..<inner).reduce(0) { sum, k in
          sum + inputs[0][(batch * rows + i) * inner + k] * inputs[1][(batch * inner + k) * columns + j]
        }
      }
    default: return []
    }
  }

  private func scattered(_ shape: Shape, _ values: [Double], _ source: Shape, _ target: ([Int]) -> [Int])
    -> [Double]
  {
    var result = [Double](repeating: 0, count: shape.elementCount)
    for (value, place) in zip(values, Self.places(source)) {
      result[Self.position(target(place), shape)] += value
    }
    return result
  }

  private func reduce(_ reduction: Reduction, _ axes: [Int], _ x: [Double], _ shape: Shape, _ target: Shape)
    -> [Double]
  {
    let start: Double =
      switch reduction {
      case .sum, .any: 0
      case .product, .all: 1
      case .max: -.infinity
      case .min: .infinity
      }
    var result = [Double](repeating: start, count: target.elementCount)
    for (value, place) in zip(x, Self.places(shape)) {
      let kept = place.indices.filter { !axes.contains($0) }.map { place[$0] }
      let position = Self.position(kept, target)
      let old = result[position]
      result[position] =
        switch reduction {
        case .sum: old + value
        case .product: old * value
        case .max: old.isNaN || value.isNaN ? .nan : Swift.max(old, value)
        case .min: old.isNaN || value.isNaN ? .nan : Swift.min(old, value)
        case .any: old != 0 || value != 0 ? 1 : 0
        case .all: old != 0 && value != 0 ? 1 : 0
        }
    }
    return result
  }

  private func algebra(_ operation: LinearAlgebraOperation, _ node: Node, _ inputs: [[Double]]) throws
    -> [Double]
  {
    let sources = node.inputs
    let batch = node.shape.dropLast(operation.packedRank).reduce(1, *)
    let operands = try zip(sources, inputs).map { source, contents in
      let tensor = try Tensor(contents, shape: source.shape)
      guard let storage = tensor.node.storage else { throw NumericsError("E0409", "no contents") }
      let matrix = source.shape.suffix(2)
      return (storage, Operand(pointer: storage.pointer, shape: Shape([batch] + matrix), dtype: .f64))
    }
    let storage = try Storage(byteCount: node.shape.elementCount * 8)
    let size = node.shape.elementCount / Swift.max(batch, 1)
    let output = Operand(pointer: storage.pointer, shape: [batch, size], dtype: .f64)
    try withExtendedLifetime(operands) {
      try LinearAlgebraKernel.run(operation, inputs: operands.map(\.1), output: output)
    }
    return try Tensor(storage: storage, shape: node.shape, dtype: .f64).doubles()
  }

  // MARK: Places

  static func places(_ shape: Shape) -> [[Int]] {
    let strides = shape.strides
    return (0..<shape.elementCount).map { position in
      shape.indices.map { position / strides[$0] % shape[$0] }
    }
  }

  static func position(_ place: [Int], _ shape: Shape) -> Int {
    zip(place, shape.strides).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The positions of the elements of each line along the axis.
  private func lines(_ shape: Shape, _ axis: Int) -> [[Int]] {
    let stride = shape.strides[axis]
    let starts = Self.places(shape).filter { $0[axis] == 0 }.map { Self.position($0, shape) }
    return starts.map { start in (0..<shape[axis]).map { start + $0 * stride } }
  }
}

extension LinearAlgebraOperation {
  /// How many axes the packed result of one matrix has.
  fileprivate var packedRank: Int { if case .svd = self { 1 } else { 2 } }
}
