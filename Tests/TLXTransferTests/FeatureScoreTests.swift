import Foundation
import TLXNumerics
import Testing

@testable import TLXTransfer

@Suite struct FeatureScoreTests {
  @Test(arguments: Vectors.names) func agreeWithTheReference(_ name: String) throws {
    let set = try Vectors(name)
    let hscore = try HScore(set.features, set.labels)
    try set.expect(hscore.value, "hscore_svd")
    try set.expect(Double(hscore.rank), "feature_rank")
    let shrunk = try HScore.shrunk(set.features, set.labels)
    try set.expect(shrunk.value, "hscore_ledoitwolf")
    try set.expect(shrunk.shrinkage, "ledoitwolf_alpha")
    try set.expect(LogME(set.features, set.labels).value, "logme_tol1e-3_11it")
    var converged = LogME.Settings()
    converged.tolerance = 1e-14
    converged.iterations = 2000
    try set.expect(
      LogME(set.features, set.labels, settings: converged).value, "logme_converged_eps1e-5", tolerance: 1e-9)
    converged.guarding = 0
    try set.expect(
      LogME(set.features, set.labels, settings: converged).value, "logme_converged_eps0", tolerance: 1e-9)
    // Regression: one column from the others.
    let (n, d) = (set.features.shape[0], set.features.shape[1])
    let all = try set.features.doubles()
    let column = 20 % d
    let rest = try Tensor(all.indices.filter { $0 % d != column }.map { all[$0] }, shape: [n, d - 1])
    let target = try Tensor((0..<n).map { all[$0 * d + column] })
    try set.expect(LogME(rest, targets: target).value, "logme_regression_col20modD")
  }

  @Test(arguments: Vectors.names) func blocksGiveTheWhole(_ name: String) throws {
    let set = try Vectors(name)
    let (n, d) = (set.features.shape[0], set.features.shape[1])
    let all = try set.features.doubles()
    let labels = try TargetLabels(set.labels)
    var moments = try FeatureMoments(width: d, classCount: labels.classCount)
    for block in [0..<1, 1..<60, 60..<n] {
      var part = try FeatureMoments(width: d, classCount: labels.classCount)
      let y = block.map { Int(labels.classes[$0]) }
      try part.add(
        Tensor(Array(all[block.lowerBound * d..<block.upperBound * d]), shape: [block.count, d]),
        TargetLabels(classes: y, classCount: labels.classCount))
      try moments.merge(part)
    }
    try set.expect(HScore(moments).value, "hscore_svd")
    try set.expect(LogME(moments).value, "logme_tol1e-3_11it")
  }

  struct Case: Sendable {
    var n, d, c: Int
  }

  static let cases = [(40, 5, 3), (200, 30, 10), (25, 60, 4), (12, 3, 12), (50, 1, 2)].map {
    Case(n: $0, d: $1, c: $2)
  }

  @Test(arguments: cases) func identitiesHoldOnRandomInput(_ test: Case) throws {
    let stream = RandomStream(key: RandomKey(seed: UInt64(test.n)))
    let y = try Tensor((0..<test.n).map { $0 % test.c })
    let noise = try stream.normal([test.n, test.d])
    let features = try noise + (y.cast(to: .f64).expandDims(1) * 0.3).broadcast(to: noise.shape)
    let score = try HScore(features, y)
    #expect(score.value >= 0 && score.value <= Double(min(score.rank, test.c - 1)) + 1e-9)
    #expect(score.rank == min(test.d, test.n - 1))
    if test.n - 1 <= test.d { #expect(abs(score.value - Double(test.c - 1)) < 1e-9) }
    // Any invertible map, shift and dead columns leave it as it is.
    let map = try stream.normal([test.d, test.d]) + Tensor.eye(test.d) * 5.0
    let moved = try features.matmul(map) + 100.0
    let dead = try Tensor.concat([moved, Tensor.full([test.n, 3], 7.7)], axis: 1)
    #expect(try abs(HScore(dead, y).value - score.value) < 1e-7)
    // LogME: dead columns leave the evidence as it is.
    let wide = try Tensor.concat([features, Tensor.zeros([test.n, 20])], axis: 1)
    let (plain, padded) = (try LogME(features, y), try LogME(wide, y))
    for (a, b) in zip(plain.columns, padded.columns) { #expect(abs(a.evidence - b.evidence) < 1e-10) }
    // The evidence by its definition: the density of N(0, I/β + F Fᵀ/α).
    for (label, column) in plain.columns.enumerated() where test.n > test.d {
      let gram = try features.matmul(features.transpose())
      let kernel = try gram * (1 / column.alpha) + Tensor.eye(test.n) * (1 / column.beta)
      let t = try y.equal(label).cast(to: .f64)
      let quadratic = try t.dot(LinearAlgebra.solve(kernel, t)).doubles()[0]
      let logdet = try LinearAlgebra.slogdet(kernel).logdet.doubles()[0]
      let exact = -0.5 * (quadratic + logdet + Double(test.n) * log(2 * Double.pi)) / Double(test.n)
      #expect(abs(exact - column.evidence) < 5e-3 * max(1, abs(exact)))
    }
  }

  @Test func gramRouteAgreesWithTheSVD() throws {
    let stream = RandomStream(key: RandomKey(seed: 77))
    let (n, d, c) = (3000, 64, 7)
    let y = try stream.randint([n], high: c)
    let spread = try Tensor((0..<d).map { pow(10, -Double($0 % 5)) })
    let noise = try stream.normal([n, d])
    let features =
      try (noise + (y.cast(to: .f64).expandDims(1) * 0.1).broadcast(to: noise.shape)) * spread + 3.0
    let labels = try TargetLabels(y)
    var moments = try FeatureMoments(width: d, classCount: c)
    try moments.add(features, labels)
    #expect(try abs(HScore(moments).value - HScore(features, labels).value) < 1e-9)
    #expect(try abs(LogME(moments).value - LogME(features, labels).value) < 1e-9)
    let single = try features.cast(to: .f32)
    #expect(try abs(HScore(single, labels).value - HScore(features, labels).value) < 1e-4)
  }

  @Test func labelGapsAndWrongInput() throws {
    let set = try Vectors("iris")
    let gaps = try Tensor(set.labels.elements(of: Int.self).map { [0, 1, 5][$0] })
    #expect(try LogME(set.features, gaps).value == LogME(set.features, set.labels).value)
    #expect(try HScore(set.features, gaps).value == HScore(set.features, set.labels).value)
    let one = try Tensor([Int](repeating: 3, count: 150))
    #expect(try abs(HScore(set.features, one).value) < 1e-12)
    let bad = try Tensor([1.0, 2, .nan, 4], shape: [2, 2])
    let error = #expect(throws: NumericsError.self) { try HScore(bad, Tensor([0, 1])) }
    #expect(error?.code == "E0504" && error?.message == "features[1, 0] is nan")
    let swapped = #expect(throws: NumericsError.self) { try LogME(set.labels, set.features) }
    #expect(swapped?.code == "E0401")
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["TLX_SLOW"] != nil))
  func speed() throws {
    let (n, d, c) = (50_000, 2048, 10)
    let stream = RandomStream(key: RandomKey(seed: 1))
    let features = try stream.normal([n, d], dtype: .f32)
    let y = try stream.randint([n], high: c)
    let clock = ContinuousClock()
    let hscore = try clock.measure { print(try HScore(features, y)) }
    let logme = try clock.measure { print(try LogME(features, y).value) }
    print("50,000 × 2048 f32, 10 classes: H-score \(hscore), LogME \(logme)")
  }
}
