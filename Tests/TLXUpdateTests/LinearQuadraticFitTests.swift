import Foundation
import TLXLearning
import TLXNumerics
import Testing

@testable import TLXUpdate

private func stream(_ seed: UInt64) -> RandomStream { RandomStream(key: RandomKey(seed: seed)) }

/// The net, rows and results of `Scripts/fixtures/galleries.py`.
private struct FitVectors {
  let all: [String: Any]
  let model: Model
  let x: Tensor
  let y: Tensor
  let others: Tensor
  let otherLabels: Tensor
  var settings = LinearQuadraticFit.Settings()

  init() throws {
    all = try Vectors.object("lqf.json")
    let sizes = try #require(all["sizes"] as? [Int])
    let fresh = try Model.mlp(sizes, activation: .leakyRelu, stream: stream(1))
    let w = try #require(all["w"] as? [Double])
    model = try fresh.replacing(parameters: Self.cut(w, as: fresh, dtype: .f32))
    x = try Vectors.matrix(all["x"])
    y = try Vectors.labels(all["y"])
    others = try Vectors.matrix(all["others"])
    otherLabels = try Vectors.labels(all["other_y"])
    settings.l2 = try #require(all["l2"] as? Double)
    settings.scale = try #require(all["scale"] as? Double)
  }

  static func cut(_ w: [Double], as model: Model, dtype: DType) throws -> [Tensor] {
    var start = 0
    return try model.parameters.map { parameter in
      let part = Array(w[start..<start + parameter.count])
      start += parameter.count
      return try Tensor(part, shape: parameter.shape).cast(to: dtype)
    }
  }

  func fit(_ solver: LinearQuadraticFit.Solver = .exact) throws -> LinearQuadraticFit {
    var settings = settings
    settings.solver = solver
    settings.tolerance = 1e-13
    return try LinearQuadraticFit(model, x: x, y: y, settings)
  }

  func matrix(_ key: String) throws -> Tensor { try Vectors.matrix(all[key]) }
}

private func largest(_ a: Tensor, _ b: Tensor) throws -> Double { try (a - b).abs().max().doubles()[0] }

@Suite struct LinearQuadraticFitTests {
  @Test(arguments: LinearQuadraticFit.Solver.allCases)
  func agreesWithTheReference(_ solver: LinearQuadraticFit.Solver) throws {
    let vectors = try FitVectors()
    let fit = try vectors.fit(solver)
    #expect(try largest(fit.model().logits(vectors.others), vectors.matrix("predictions")) < 1e-9)
    let direction = try FitVectors.cut(
      #require(vectors.all["direction"] as? [Double]), as: vectors.model, dtype: .f64)
    for (mine, theirs) in zip(fit.delta, direction) { #expect(try largest(mine, theirs) < 1e-9) }
    #expect(fit.residual < 1e-12)
    let condition = try #require(vectors.all["condition"] as? Double)
    #expect(try abs(fit.condition().lower / condition - 1) < 1e-5, "\(fit.solver)")
    #expect(try abs(fit.condition().upper / condition - 1) < 3e-5, "\(fit.solver)")
    #expect(try largest(fit.fitted(), fit.model().logits(vectors.x)) < 1e-9)
  }

  @Test func leavingOutEqualsFittingAgain() throws {
    let vectors = try FitVectors()
    let fit = try vectors.fit()
    #expect(try largest(fit.leaveOneOut(), vectors.matrix("loo")) < 1e-9)
    let influence = try fit.influence(x: vectors.others, y: vectors.otherLabels)
    let expected = try Tensor(#require(vectors.all["influence"] as? [Double]))
    #expect(try largest(influence, expected) < 1e-9)
    let gone = try #require(vectors.all["gone"] as? [Int])
    let removed = try fit.removing(gone)
    #expect(try largest(removed.model().logits(vectors.others), vectors.matrix("removed")) < 1e-9)
    #expect(removed.count == 6 && removed.residual < 1e-11)
    // One after another is the same, and leaves a fit that can go on.
    let stepwise = try fit.removing([gone[0]]).removing([gone[1] - 1]).removing([gone[2] - 2])
    #expect(try largest(stepwise.leaveOneOut(), removed.leaveOneOut()) < 1e-9)
    let kept = (0..<9).filter { !gone.contains($0) }
    let again = try LinearQuadraticFit(
      vectors.model, x: vectors.x.rows(kept), y: vectors.y.rows(kept), vectors.settings)
    #expect(try largest(again.leaveOneOut(), removed.leaveOneOut()) < 1e-9)
    #expect(try abs(again.condition().lower / removed.condition().lower - 1) < 2e-5)
  }

  @Test func theExpansionIsTheDerivative() throws {
    let vectors = try FitVectors()
    let fit = try vectors.fit()
    let base = fit.base
    let rows = try vectors.x.cast(to: .f64)
    let step = 1e-6
    func moved(_ sign: Double) throws -> Tensor {
      let parameters = try zip(base.parameters, fit.delta).map { try $0 + $1 * (sign * step) }
      return try base.logits(rows, parameters: parameters, pass: .inference)
    }
    let numeric = try (moved(1) - moved(-1)) / (2 * step)
    let linear =
      try fit.model().logits(vectors.x) - base.logits(rows, parameters: base.parameters, pass: .inference)
    #expect(try largest(numeric, linear) < 1e-6)
    #expect(try largest(linear, vectors.matrix("jvp")) < 1e-9)
    #expect(try largest(vectors.model.linearized().logits(vectors.x), vectors.model.logits(vectors.x)) == 0)
  }

  @Test(arguments: [LinearQuadraticFit.Solver.cg, .kfac])
  func startsDoNotMatter(_ solver: LinearQuadraticFit.Solver) throws {
    let vectors = try FitVectors()
    var settings = vectors.settings
    settings.solver = solver
    settings.tolerance = 1e-13
    let fits = try [1, 2].map { seed in
      settings.start = (1, stream(UInt64(seed)))
      return try LinearQuadraticFit(vectors.model, x: vectors.x, y: vectors.y, settings)
    }
    let (a, b) = (try fits[0].model().logits(vectors.others), try fits[1].model().logits(vectors.others))
    #expect(try largest(a, b) < 1e-9)
    #expect(try largest(a, vectors.fit().model().logits(vectors.others)) < 1e-9)
  }

  /// Heads that are not dense have explicit columns; more rows than weights precondition on the other side.
  @Test func otherHeadsAndManyRows() throws {
    let model = try Model(
      layers: [Dense(inputs: 3, outputs: 4), Activation.tanh, CosineHead(inputs: 4, outputs: 3)],
      inputShape: [3],
      stream: stream(4))
    let x = try stream(5).normal([40, 3], dtype: .f32)
    let y = try stream(6).randint([40], high: 3)
    var settings = LinearQuadraticFit.Settings()
    settings.l2 = 0.5
    settings.tolerance = 1e-12
    let exact = try LinearQuadraticFit(model, x: x, y: y, settings)
    let base = exact.base
    let others = try stream(7).normal([5, 3], dtype: .f32)
    let columns = try Differentiation.jacobian(
      of: { try base.logits(x.cast(to: .f64), parameters: $0, pass: .inference) }, at: base.parameters)
    let jacobian = try Tensor.concat(columns.map { try $0.reshape([120, $0.count / 120]) }, axis: 1)
    let gap = try (exact.targets - exact.tangents.logits).reshape([120, 1])
    let size = jacobian.shape[1]
    let delta = try LinearAlgebra.solve(
      jacobian.transpose().matmul(jacobian) + Tensor.eye(size) * 0.5, jacobian.transpose().matmul(gap))
    let flat = try Tensor.concat(exact.delta.map { $0.flatten() })
    #expect(try largest(flat, delta.flatten()) < 1e-9)
    for solver in [LinearQuadraticFit.Solver.cg, .kfac] {
      settings.solver = solver
      let fit = try LinearQuadraticFit(model, x: x, y: y, settings)
      #expect(try largest(fit.model().logits(others), exact.model().logits(others)) < 1e-7)
    }
  }

  @Test func expansionsTrainLikeModels() throws {
    let vectors = try FitVectors()
    let result = try Training.fit(
      vectors.model.linearized(), x: vectors.x, y: vectors.y,
      options: TrainingOptions(
        loss: CrossEntropy(), optimizer: Adam(rate: 0.05), epochs: 200, batch: 9, shuffles: false),
      stream: stream(1))
    let first = try #require(result.log.first?.loss)
    let last = try #require(result.log.last?.loss)
    #expect(last < 0.5 * first)
  }

  struct BadCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var code: String
    var run: @Sendable (Model, Tensor, Tensor) throws -> Void
  }

  static let bad: [BadCase] = [
    BadCase(testDescription: "a label that is no class", code: "E0416") { model, x, _ in
      _ = try LinearQuadraticFit(model, x: x, y: Tensor.full([9], 3))
    },
    BadCase(testDescription: "no rows", code: "E0406") { model, x, y in
      _ = try LinearQuadraticFit(model, x: x.rows([]), y: y.rows([]))
    },
    BadCase(testDescription: "another width", code: "E0415") { model, x, y in
      _ = try LinearQuadraticFit(model, x: x.slice(axis: 1, start: 0, stop: 2), y: y)
    },
    BadCase(testDescription: "NaN", code: "E0504") { model, x, y in
      _ = try LinearQuadraticFit(model, x: x * Double.nan, y: y)
    },
    BadCase(testDescription: "a negative ridge", code: "E0416") { model, x, y in
      var settings = LinearQuadraticFit.Settings()
      settings.l2 = -1
      _ = try LinearQuadraticFit(model, x: x, y: y, settings)
    },
    BadCase(testDescription: "rows twice without a ridge", code: "E0501") { model, x, y in
      var settings = LinearQuadraticFit.Settings()
      settings.l2 = 0
      let rows = Array(0..<9) + Array(0..<9)
      _ = try LinearQuadraticFit(model, x: x.rows(rows), y: y.rows(rows), settings)
    },
    BadCase(testDescription: "not converged", code: "E0503") { model, x, y in
      var settings = LinearQuadraticFit.Settings()
      settings.solver = .cg
      settings.iterations = 1
      _ = try LinearQuadraticFit(model, x: x, y: y, settings)
    },
    BadCase(testDescription: "leaving out of an iterative fit", code: "E0417") { model, x, y in
      var settings = LinearQuadraticFit.Settings()
      settings.solver = .cg
      _ = try LinearQuadraticFit(model, x: x, y: y, settings).leaveOneOut()
    },
    BadCase(testDescription: "a row that there is not", code: "E0406") { model, x, y in
      _ = try LinearQuadraticFit(model, x: x, y: y).removing([9])
    },
    BadCase(testDescription: "too many rows", code: "E0702") { model, x, y in
      let rows = [Int](repeating: 0, count: 2001)
      _ = try LinearQuadraticFit(model, x: x.rows(rows), y: y.rows(rows))
    },
    BadCase(testDescription: "an expansion of an expansion", code: "E0415") { model, _, _ in
      _ = try model.linearized().linearized()
    },
  ]

  @Test(arguments: bad) func badInputIsRefused(_ one: BadCase) throws {
    let vectors = try FitVectors()
    let error = #expect(throws: NumericsError.self) { try one.run(vectors.model, vectors.x, vectors.y) }
    #expect(error?.code == one.code, "\(error?.message ?? "")")
  }
}
