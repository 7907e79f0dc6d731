import Testing

@testable import TLXNumerics

/// Matrices that are large enough for the factorizations in pieces, on all threads.
@Suite struct BlockedFactorizationTests {
  struct Case: Sendable, CustomStringConvertible {
    var m: Int
    var n: Int
    var dtype: DType
    var description: String { dtype.describing([m, n]) }
  }

  static let shapes = [(150, 150), (313, 200), (200, 313), (500, 140)].flatMap { m, n in
    [DType.f32, .f64].map { Case(m: m, n: n, dtype: $0) }
  }
  static let squares = [129, 300, 800].flatMap { n in
    [DType.f32, .f64].map { Case(m: n, n: n, dtype: $0) }
  }

  func normal(_ shape: Shape, _ dtype: DType, seed: UInt64 = 1) throws -> Tensor {
    let x = try RandomStream(key: RandomKey(seed: seed)).normal(shape, dtype: dtype)
    try x.realize()
    return x
  }

  func largest(_ x: Tensor) throws -> Double { try x.cast(to: .f64).abs().max().doubles()[0] }

  /// How far the columns are from orthonormal.
  func skew(_ q: Tensor) throws -> Double {
    try largest(q.transpose().matmul(q) - Tensor.eye(q.shape[1], nil, q.dtype))
  }

  func unit(_ dtype: DType) -> Double { dtype == .f32 ? Double(Float.ulpOfOne) : Double.ulpOfOne }

  @Test(arguments: shapes) func orthogonalFactors(_ test: Case) throws {
    let a = try normal([test.m, test.n], test.dtype)
    let limit = 200 * unit(test.dtype)
    let (q, r) = try LinearAlgebra.qr(a)
    #expect(try largest(q.matmul(r) - a) < limit)
    #expect(try skew(q) < limit)
    let (u, s, vt) = try LinearAlgebra.svd(a)
    #expect(try largest((u * s).matmul(vt) - a) < limit)
    #expect(try skew(u) < limit)
    #expect(try skew(vt.transpose()) < limit)
    let values = try s.cast(to: .f64).doubles()
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 >= $1 && $1 >= 0 })
  }

  @Test(arguments: squares) func squareFactors(_ test: Case) throws {
    let n = test.n
    let limit = 400 * unit(test.dtype) * Double(n)
    let a = try normal([n, n], test.dtype) + Tensor.eye(n, nil, test.dtype) * Double(n).squareRoot()
    for columns in [1, 40] {
      let b = try normal([n, columns], test.dtype, seed: 2)
      let x = try LinearAlgebra.solve(a, b)
      #expect(try largest(a.matmul(x) - b) < limit)
    }
    let symmetric = try a + a.transpose()
    let (values, vectors) = try LinearAlgebra.eigh(symmetric)
    #expect(try largest((vectors * values).matmul(vectors.transpose()) - symmetric) < limit)
    #expect(try skew(vectors) < limit)
    let positive = try a.matmul(a.transpose()) * (1 / Double(n))
    let lower = try LinearAlgebra.cholesky(positive)
    #expect(try largest(lower.matmul(lower.transpose()) - positive) < limit)
    let (sign, logarithm) = try LinearAlgebra.slogdet(positive)
    #expect(try sign.doubles() == [1])
    let expected = try LinearAlgebra.eigh(positive.cast(to: .f64)).values.log().sum().doubles()[0]
    #expect(abs(try logarithm.cast(to: .f64).doubles()[0] - expected) < limit * abs(expected))
  }

  /// Entries whose squares have no finite value, or none but zero.
  @Test(arguments: [1e-250, 1e-160, 1e160, 1e250]) func farScales(_ factor: Double) throws {
    let a = try normal([140, 140], .f64)
    let scaled = try a * factor
    let (values, expected) = (try LinearAlgebra.svd(scaled).s, try LinearAlgebra.svd(a).s)
    #expect(try largest(values / factor - expected) < 1e-11)
    let symmetric = try a + a.transpose()
    let eigenvalues = try LinearAlgebra.eigh(symmetric * factor).values
    #expect(try largest(eigenvalues / factor - LinearAlgebra.eigh(symmetric).values) < 1e-11)
  }

  /// Zeros, the unit matrix, one of rank 1 and one that is diagonal leave reflectors with nothing to do.
  @Test func plainMatrices() throws {
    let n = 150
    let eye = try Tensor.eye(n, nil, .f64)
    let ones = try Tensor.ones([n, n], .f64)
    let ramp = try Tensor((0..<n).map { Double($0 * 7 % n) - 40 }, shape: [n])
    for a in [try eye * 0, eye, ones, try eye * ramp] {
      let (u, s, vt) = try LinearAlgebra.svd(a)
      #expect(try largest((u * s).matmul(vt) - a) < 1e-11)
      #expect(try skew(u) < 1e-12)
      let (values, vectors) = try LinearAlgebra.eigh(a)
      #expect(try largest((vectors * values).matmul(vectors.transpose()) - a) < 1e-11)
      #expect(try skew(vectors) < 1e-12)
    }
  }

  @Test func singularMatricesAreRefused() throws {
    let n = 300
    let a = try normal([n, n - 1], .f64)
    let combination = try a.sum(axes: [1], keepdims: true)
    let singular = try Tensor.concat([a, combination], axis: 1)
    #expect(throws: NumericsError.self) {
      try LinearAlgebra.solve(singular, Tensor.ones([n], .f64)).realize()
    }
    let zeroed = try a.matmul(a.transpose())
    do {
      try LinearAlgebra.solve(zeroed, Tensor.ones([n], .f64)).realize()
      Issue.record("a matrix of rank 299 was solved")
    } catch let error as NumericsError {
      #expect(error.code == "E0501")
      #expect(error.message.contains("singular"))
    }
    let indefinite = try Tensor.eye(n, nil, .f64) - zeroed
    do {
      try LinearAlgebra.cholesky(indefinite).realize()
      Issue.record("an indefinite matrix was factored")
    } catch let error as NumericsError {
      #expect(error.message.contains("leading minor of order 1 "))
    }
  }

  @Test func entriesThatAreNoNumbersAreNamed() throws {
    var elements = [Double](repeating: 1, count: 200 * 200)
    elements[3 * 200 + 5] = .nan
    let a = try Tensor(elements, shape: [200, 200])
    do {
      try LinearAlgebra.solve(a, Tensor.ones([200], .f64)).realize()
      Issue.record("NaN was solved")
    } catch let error as NumericsError {
      #expect(error.code == "E0504")
      #expect(error.message.contains("entry [3, 5] of a"))
    }
  }

  /// To the last bit, and whatever else computes at the same time.
  @Test func threadsDoNotMatter() throws {
    let threads = Parallel.threadCount
    defer { Parallel.threadCount = threads }
    let a = try normal([300, 300], .f64)
    let b = try normal([300, 700], .f64, seed: 2)
    let v = try normal([700], .f64, seed: 3)
    let c = try normal([900, 700], .f32, seed: 4)
    func results() throws -> [[Double]] {
      let (u, s, vt) = try LinearAlgebra.svd(a)
      let eigen = try LinearAlgebra.eigh(a + a.transpose())
      return try [
        a.matmul(b), b.matmul(v), b.transpose().matmul(a), c.matmul(c.transpose()).cast(to: .f64),
        LinearAlgebra.solve(a, b), LinearAlgebra.qr(a).q, u, s, vt, eigen.values, eigen.vectors,
        LinearAlgebra.cholesky(a.matmul(a.transpose())), LinearAlgebra.expm(a * 0.01),
      ].map { try $0.doubles() }
    }
    Parallel.threadCount = 1
    let first = try results()
    for count in [2, 5] {
      Parallel.threadCount = count
      let others = try results()
      for (index, pair) in zip(first, others).enumerated() { #expect(pair.0 == pair.1, "result \(index)") }
    }
  }
}
