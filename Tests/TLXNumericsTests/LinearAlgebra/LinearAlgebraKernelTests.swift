import Testing

@testable import TLXNumerics

/// Identities that every factorization satisfies, on seeded random matrices, in both precisions and in batches.
@Suite struct LinearAlgebraKernelTests {
  struct Case: Sendable, CustomStringConvertible {
    var m: Int
    var n: Int
    var dtype: DType
    var description: String { dtype.describing([m, n]) }
  }

  static let square = [1, 2, 5, 33].flatMap { n in [DType.f32, .f64].map { Case(m: n, n: n, dtype: $0) } }
  static let any =
    square
    + [(7, 3), (3, 7), (1, 4), (40, 12)].flatMap { m, n in
      [DType.f32, .f64].map { Case(m: m, n: n, dtype: $0) }
    }

  static let batch = 3

  /// The matrices of a batch as rows of doubles, row-major.
  func random(_ m: Int, _ n: Int, _ dtype: DType, seed: UInt64 = 1) throws -> Tensor {
    try RandomStream(key: RandomKey(seed: seed)).normal([Self.batch, m, n], dtype: dtype)
  }

  func run(_ operation: LinearAlgebraOperation, _ inputs: [Tensor]) throws -> [[Double]] {
    let shape = inputs[0].shape
    let one = operation.resultShape(shape[1], shape[2], inputs.count > 1 ? inputs[1].shape[2] : 0)
    let dtype = inputs[0].dtype
    let storage = try Storage(byteCount: shape[0] * one.elementCount * dtype.stride)
    let operands = try inputs.map { input in
      try input.realize()
      let start = try #require(input.node.storage).pointer + input.node.offset * dtype.stride
      return Operand(pointer: start, shape: input.shape, dtype: dtype)
    }
    let output = Operand(pointer: storage.pointer, shape: [shape[0], one.elementCount], dtype: dtype)
    try LinearAlgebraKernel.run(operation, inputs: operands, output: output)
    let all = try Tensor(storage: storage, shape: output.shape, dtype: dtype).doubles()
    return (0..<shape[0]).map { Array(all[$0 * one.elementCount..<($0 + 1) * one.elementCount]) }
  }

  func matrices(_ tensor: Tensor) throws -> [Matrix] {
    let (m, n) = (tensor.shape[1], tensor.shape[2])
    let all = try tensor.doubles()
    return (0..<tensor.shape[0]).map { Matrix(m, n, Array(all[$0 * m * n..<($0 + 1) * m * n])) }
  }

  func tolerance(_ test: Case) -> Double {
    (test.dtype == .f32 ? 4e-5 : 1e-13) * Double(max(test.m, test.n) + 4)
  }

  @Test(arguments: square) func solveAndCholesky(_ test: Case) throws {
    let n = test.n
    let a = try random(n, n, test.dtype)
    // Far from singular: A + 4√n I.
    let shift = 4 * Double(n).squareRoot()
    var elements = try a.doubles()
    for matrix in 0..<Self.batch { for i in 0..<n { elements[matrix * n * n + i * (n + 1)] += shift } }
    let shifted = try tensor(elements, a.shape, test.dtype)
    for k in [1, 3] {
      let b = try random(n, k, test.dtype, seed: 2)
      let x = try run(.solve, [shifted, b])
      for (index, (a, b)) in zip(try matrices(shifted), try matrices(b)).enumerated() {
        #expect((a * Matrix(n, k, x[index]) - b).largest < tolerance(test))
      }
    }
    let spd = try matrices(shifted).flatMap { ($0 * $0.transposed).values }
    let positive = try tensor(spd, a.shape, test.dtype)
    let b = try random(n, 2, test.dtype, seed: 3)
    for (index, p) in try matrices(positive).enumerated() {
      let l = Matrix(n, n, try run(.cholesky, [positive])[index])
      #expect((l * l.transposed - p).largest < tolerance(test) * p.largest)
      #expect((0..<n).allSatisfy { row in (row + 1..<max(n, row + 1)).allSatisfy { l[row, $0] == 0 } })
    }
    let lower = try tensor(run(.cholesky, [positive]).flatMap { $0 }, a.shape, test.dtype)
    for transposed in [false, true] {
      let x = try run(.triangularSolve(lower: true, transposed: transposed, unitDiagonal: false), [lower, b])
      for (index, (l, b)) in zip(try matrices(lower), try matrices(b)).enumerated() {
        let op = transposed ? l.transposed : l
        #expect((op * Matrix(n, 2, x[index]) - b).largest < tolerance(test))
      }
    }
  }

  @Test(arguments: square) func luAndEigenvalues(_ test: Case) throws {
    let n = test.n
    let a = try random(n, n, test.dtype)
    for (a, packed) in zip(try matrices(a), try run(.lu, [a])) {
      let p = Matrix(n, n + 2, packed)
      let l = Matrix(n, n) { $0 == $1 ? 1 : $0 > $1 ? p[$0, $1] : 0 }
      let u = Matrix(n, n) { $0 <= $1 ? p[$0, $1] : 0 }
      let permuted = Matrix(n, n) { a[Int(p[$0, n]), $1] }
      #expect((l * u - permuted).largest < tolerance(test) * 4)
    }
    let symmetric = try tensor(try matrices(a).flatMap { ($0 + $0.transposed).values }, a.shape, test.dtype)
    for (s, packed) in zip(try matrices(symmetric), try run(.eigh, [symmetric])) {
      let p = Matrix(n, n + 1, packed)
      let v = Matrix(n, n) { p[$0, $1 + 1] }
      let scaled = Matrix(n, n) { v[$0, $1] * p[$1, 0] }
      #expect((s * v - scaled).largest < tolerance(test) * 4)
      #expect((v.transposed * v - Matrix.identity(n)).largest < tolerance(test))
      #expect((1..<max(n, 1)).allSatisfy { p[$0 - 1, 0] <= p[$0, 0] })
    }
    for (a, packed) in zip(try matrices(a), try run(.eig, [a])) {
      let p = Matrix(n, 2 * n + 2, packed)
      let (re, im) = (Matrix(n, n) { p[$0, $1 + 2] }, Matrix(n, n) { p[$0, $1 + 2 + n] })
      let real = Matrix(n, n) { re[$0, $1] * p[$1, 0] - im[$0, $1] * p[$1, 1] }
      let imaginary = Matrix(n, n) { re[$0, $1] * p[$1, 1] + im[$0, $1] * p[$1, 0] }
      #expect((a * re - real).largest < tolerance(test) * 10)
      #expect((a * im - imaginary).largest < tolerance(test) * 10)
    }
  }

  @Test(arguments: any) func qrAndSvd(_ test: Case) throws {
    let (m, n, k) = (test.m, test.n, min(test.m, test.n))
    let a = try random(m, n, test.dtype)
    for (a, packed) in zip(try matrices(a), try run(.qr, [a])) {
      let q = Matrix(m, k, Array(packed[..<(m * k)]))
      let r = Matrix(n, k, Array(packed[(m * k)...])).transposed
      #expect((q * r - a).largest < tolerance(test))
      #expect((q.transposed * q - Matrix.identity(k)).largest < tolerance(test))
    }
    for (a, packed) in zip(try matrices(a), try run(.svd, [a])) {
      let u = Matrix(m, k, Array(packed[..<(m * k)]))
      let s = Array(packed[(m * k)..<(m * k + k)])
      let vt = Matrix(k, n, Array(packed[(m * k + k)...]))
      let scaled = Matrix(m, k) { u[$0, $1] * s[$1] }
      #expect((scaled * vt - a).largest < tolerance(test) * 2)
      #expect((u.transposed * u - Matrix.identity(k)).largest < tolerance(test))
      #expect((vt * vt.transposed - Matrix.identity(k)).largest < tolerance(test))
      #expect(s.last.map { $0 >= 0 } ?? true)
    }
  }

  struct Failing: Sendable, CustomStringConvertible {
    var operation: LinearAlgebraOperation
    var a: [Double]
    var code: String
    var text: String
    var description: String { "\(operation.name): \(text)" }
  }

  static let failing: [Failing] = [
    Failing(
      operation: .solve, a: [1, 2, 2, 4], code: "E0501", text: "row 1 is a combination of the rows before it"),
    Failing(operation: .solve, a: [0, 0, 2, 4], code: "E0501", text: "row 0 is zero"),
    Failing(
      operation: .solve, a: [1, 1, 1, 1 + 0x1p-52], code: "E0501", text: "condition number about"),
    Failing(operation: .solve, a: [1, .nan, 2, 4], code: "E0504", text: "entry [0, 1] of a is nan"),
    Failing(operation: .cholesky, a: [1, 2, 2, 1], code: "E0501", text: "leading minor of order 2"),
    Failing(
      operation: .cholesky, a: [1, 0, 0.5, 1], code: "E0505", text: "entry [1, 0] is 0.5 and [0, 1] is 0.0"),
    Failing(operation: .eigh, a: [1, 2, 3, 1], code: "E0505", text: "needs a symmetric matrix"),
    Failing(operation: .svd, a: [1, .infinity, 2, 4], code: "E0504", text: "is inf"),
    Failing(
      operation: .triangularSolve(lower: true, transposed: false, unitDiagonal: false), a: [1, 0, 5, 0],
      code: "E0501", text: "entry [1, 1] of its diagonal is zero"),
  ]

  @Test(arguments: failing) func failuresNameThePlace(_ test: Failing) throws {
    let n = Int(Double(test.a.count).squareRoot())
    let a = try Tensor(test.a, shape: [1, n, n])
    let b = try Tensor([Double](repeating: 1, count: n), shape: [1, n, 1])
    let needsRight: Bool
    switch test.operation {
    case .solve, .triangularSolve: needsRight = true
    default: needsRight = false
    }
    let error = #expect(throws: NumericsError.self) { try run(test.operation, needsRight ? [a, b] : [a]) }
    #expect(error?.code == test.code)
    #expect(error?.message.contains(test.text) == true, "\(error?.message ?? "")")
  }

  private func tensor(_ values: [Double], _ shape: Shape, _ dtype: DType) throws -> Tensor {
    dtype == .f32 ? try Tensor(values.map { Float($0) }, shape: shape) : try Tensor(values, shape: shape)
  }
}

/// A small dense matrix with the plainest arithmetic, to check against.
struct Matrix {
  let rows: Int
  let columns: Int
  var values: [Double]

  init(_ rows: Int, _ columns: Int, _ values: [Double]) {
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  init(_ rows: Int, _ columns: Int, _ entry: (Int, Int) -> Double) {
    self.init(rows, columns, (0..<rows * columns).map { entry($0 / columns, $0 % columns) })
  }

  static func identity(_ n: Int) -> Matrix { Matrix(n, n) { $0 == $1 ? 1 : 0 } }
  subscript(row: Int, column: Int) -> Double { values[row * columns + column] }
  var transposed: Matrix { Matrix(columns, rows) { self[$1, $0] } }
  var largest: Double { values.map { abs($0) }.max() ?? 0 }

  static func * (a: Matrix, b: Matrix) -> Matrix {
    Matrix(a.rows, b.columns) { row, column in
      (0..<a.columns).reduce(0.0) { $0 + a[row, $1] * b[$1, column] }
    }
  }
  static func + (a: Matrix, b: Matrix) -> Matrix { Matrix(a.rows, a.columns, zip(a.values, b.values).map(+)) }
  static func - (a: Matrix, b: Matrix) -> Matrix { Matrix(a.rows, a.columns, zip(a.values, b.values).map(-)) }
}
