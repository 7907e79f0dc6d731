@testable import TLXNumerics

/// The cases of `Primitive` without what they carry. A new primitive does not compile here before it has a name and
/// examples, and these put it into every walk over the table.
enum PrimitiveKind: String, CaseIterable, Sendable {
  case constant, placeholder, fill, ramp, variable, stopGradient
  case unary, binary, compare, select, cast
  case reduce, argReduce, cumulative
  case reshape, permute, broadcast, slice, place, concat, take, scatterAdd, takeAlong, scatterAddAlong
  case matmul, linearAlgebra, window, argsort, sort

  /// Every primitive of the kind, with each value of what it carries that makes another step of it.
  var examples: [Primitive] {
    switch self {
    case .constant: [.constant]
    case .placeholder: [.placeholder(0), .placeholder(1)]
    case .fill: [.fill(.float(1))]
    case .ramp: [.ramp(start: .int(0), step: .int(1))]
    case .variable: [.variable]
    case .stopGradient: [.stopGradient]
    case .unary: UnaryKernel.allCases.map { .unary($0) }
    case .binary: BinaryKernel.allCases.map { .binary($0) }
    case .compare: Comparison.allCases.map { .compare($0) }
    case .select: [.select]
    case .cast: [.cast]
    case .reduce: Reduction.allCases.flatMap { [.reduce($0, axes: [0]), .reduce($0, axes: [1])] }
    case .argReduce: ArgReduction.allCases.flatMap { [.argReduce($0, axis: 0), .argReduce($0, axis: 1)] }
    case .cumulative:
      Cumulation.allCases.flatMap { cumulation in
        [0, 1].flatMap { axis in
          [false, true].map { .cumulative(cumulation, axis: axis, reversed: $0) }
        }
      }
    case .reshape: [.reshape]
    case .permute: [.permute([0, 1]), .permute([1, 0])]
    case .broadcast: [.broadcast]
    case .slice:
      [.slice(start: [0], step: [1]), .slice(start: [1], step: [1]), .slice(start: [0], step: [2])]
    case .place:
      [.place(start: [0], step: [1]), .place(start: [1], step: [1]), .place(start: [0], step: [2])]
    case .concat: [.concat(axis: 0), .concat(axis: 1)]
    case .take: [.take(axis: 0), .take(axis: 1)]
    case .scatterAdd: [.scatterAdd(axis: 0), .scatterAdd(axis: 1)]
    case .takeAlong: [.takeAlong(axis: 0), .takeAlong(axis: 1)]
    case .scatterAddAlong: [.scatterAddAlong(axis: 0), .scatterAddAlong(axis: 1)]
    case .matmul: [.matmul]
    case .linearAlgebra: AlgebraKind.allCases.flatMap(\.examples).map { .linearAlgebra($0) }
    case .window: Self.windows.map { .window($0) }
    case .argsort: [false, true].flatMap { down in [0, 1].map { .argsort(axis: $0, descending: down) } }
    case .sort: [false, true].flatMap { down in [0, 1].map { .sort(axis: $0, descending: down) } }
    }
  }

  static let everyPrimitive = allCases.flatMap(\.examples)

  private static var windows: [WindowOperation] {
    guard let small = try? Window(size: (2, 2)), let wide = try? Window(size: (2, 3), stride: (1, 2)) else {
      return []
    }
    return WindowOperation.Kind.allCases.flatMap { kind in
      [small, wide].map { WindowOperation(kind: kind, window: $0) }
    }
  }
}

/// The cases of `LinearAlgebraOperation`, in the same way.
enum AlgebraKind: CaseIterable {
  case solve, triangularSolve, cholesky, lu, qr, svd, eigh, eig, expm

  var examples: [LinearAlgebraOperation] {
    switch self {
    case .solve: [.solve]
    case .triangularSolve:
      (0..<8).map {
        .triangularSolve(lower: $0 & 1 == 0, transposed: $0 & 2 == 0, unitDiagonal: $0 & 4 == 0)
      }
    case .cholesky: [.cholesky]
    case .lu: [.lu]
    case .qr: [.qr]
    case .svd: [.svd]
    case .eigh: [.eigh]
    case .eig: [.eig]
    case .expm: [.expm]
    }
  }
}

extension LinearAlgebraOperation {
  var kind: AlgebraKind {
    switch self {
    case .solve: .solve
    case .triangularSolve: .triangularSolve
    case .cholesky: .cholesky
    case .lu: .lu
    case .qr: .qr
    case .svd: .svd
    case .eigh: .eigh
    case .eig: .eig
    case .expm: .expm
    }
  }
}

extension Primitive {
  var kind: PrimitiveKind {
    switch self {
    case .constant: .constant
    case .placeholder: .placeholder
    case .fill: .fill
    case .ramp: .ramp
    case .variable: .variable
    case .stopGradient: .stopGradient
    case .unary: .unary
    case .binary: .binary
    case .compare: .compare
    case .select: .select
    case .cast: .cast
    case .reduce: .reduce
    case .argReduce: .argReduce
    case .cumulative: .cumulative
    case .reshape: .reshape
    case .permute: .permute
    case .broadcast: .broadcast
    case .slice: .slice
    case .place: .place
    case .concat: .concat
    case .take: .take
    case .scatterAdd: .scatterAdd
    case .takeAlong: .takeAlong
    case .scatterAddAlong: .scatterAddAlong
    case .matmul: .matmul
    case .linearAlgebra: .linearAlgebra
    case .window: .window
    case .argsort: .argsort
    case .sort: .sort
    }
  }

  /// What a walk over the table counts as one entry: the step with its kernel, without axes and sizes.
  var entry: String {
    switch self {
    case .unary(let kernel): "\(kernel)"
    case .binary(let kernel): "\(kernel)"
    case .reduce(let reduction, _): "reduce \(reduction)"
    case .cumulative(let cumulation, _, let reversed):
      "cumulative \(cumulation)\(reversed ? ", reversed" : "")"
    case .linearAlgebra(let operation): "\(operation.kind)"
    case .window(let operation): "\(operation.kind)"
    default: kind.rawValue
    }
  }
}
