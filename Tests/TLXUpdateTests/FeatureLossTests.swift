import Foundation
import TLXLearning
import TLXNumerics
import Testing

@testable import TLXUpdate

@Suite("Losses on embeddings, against an independent float64 reference")
struct FeatureLossTests {
  let y: Tensor
  let old: Tensor
  let new: Tensor
  let head: FrozenHead
  let newHead: FrozenHead
  let synthesised: Tensor
  let expected: [String: [String: Any]]

  init() throws {
    let vectors = try Vectors.object("bct.json")
    y = try Vectors.labels(vectors["y"])
    old = try Vectors.matrix(vectors["old_embedding"])
    new = try Vectors.matrix(vectors["new_embedding"])
    head = try FrozenHead(
      weight: Vectors.matrix(vectors["old_head_W"]).transpose(),
      bias: Tensor(#require(vectors["old_head_b"] as? [Double])))
    newHead = try FrozenHead(
      weight: Vectors.matrix(vectors["new_head_W"]).transpose(),
      bias: Tensor(#require(vectors["new_head_b"] as? [Double])))
    synthesised = try Vectors.matrix(vectors["synthesised_rows"])
    expected = try #require(vectors["expected"] as? [String: [String: Any]])
  }

  private var space: OldSpace { .known(features: old, head: head) }

  private func expect(_ loss: any Loss, _ key: String, embedding: Tensor? = nil) throws {
    let reference = try #require(expected[key])
    let prepared = try loss.prepared(x: old, y: y)
    let constants = try prepared.rowConstants(x: old, y: y)
    #expect(constants.count == prepared.rowConstantCount)
    let (value, gradients) = try Differentiation.gradient(
      of: {
        let logits = $0[0].shape[1] == newHead.width ? try newHead.logits($0[0], "test") : $0[0]
        return try prepared.value(
          LossBatch(logits: logits, features: $0[0], targets: y, rowConstants: constants[...]))
      }, at: [embedding ?? new])
    #expect(agrees(try value.doubles()[0], try #require(reference["value"] as? Double)), "\(key): \(value)")
    try expectAgreement(gradients[0], Vectors.matrix(reference["grad_new_embedding"]), key)
  }

  @Test("influence loss: old classes only, synthesised rows, pseudo head, normalised head")
  func influence() throws {
    try expect(BackwardCompatibleLoss(space, newClasses: .drop), "old_classes_only")
    try expect(BackwardCompatibleLoss(space), "old_head_plus_synthesised")
    try expect(
      BackwardCompatibleLoss(space, newClasses: .pseudo), "synthesised_all_classes_pseudo_head")
    try expect(BackwardCompatibleLoss(space, scale: 16), "normalised_head_scale16")
  }

  @Test("the rows of new classes are the mean old embeddings")
  func rows() throws {
    let frozen = try BackwardCompatibleLoss(space).frozenHead(x: old, y: y)
    #expect(frozen.classes == 5)
    let rows = try frozen.weight.transpose().slice(axis: 0, start: 3, stop: 5)
    try expectAgreement(rows, synthesised, "synthesised rows")
    #expect(try frozen.bias?.doubles().suffix(2) == [0, 0])
  }

  @Test("the whole loss: cross-entropy of the new head and the influence of the old one")
  func total() throws {
    let loss = WeightedLoss([
      .init(weight: 1, loss: CrossEntropy()),
      .init(weight: 1, loss: try BackwardCompatibleLoss(space, newClasses: .drop)),
    ])
    let synthesising = WeightedLoss([
      .init(weight: 1, loss: CrossEntropy()), .init(weight: 1, loss: try BackwardCompatibleLoss(space)),
    ])
    let isDrop = try abs(value(loss) - #require(expected["total_lambda1"]?["value"] as? Double)) < 1e-9
    try expect(isDrop ? loss : synthesising, "total_lambda1")
  }

  @Test("a wider embedding's first coordinates count")
  func wider() throws {
    let embedding = try Vectors.matrix(expected["wider_embedding_truncate"]?["new_embedding"])
    try expect(
      BackwardCompatibleLoss(space, newClasses: .drop), "wider_embedding_truncate", embedding: embedding)
  }

  @Test("feature matching and learning without forgetting")
  func matching() throws {
    try expect(FeatureMatching(space), "l2_baseline_mse_mean_all")
    try expect(LearningWithoutForgetting(space), "lwf_frozen_head")
    #expect(agrees(try value(FeatureMatching(space, reduction: .sum)), try value(FeatureMatching(space)) * 6))
  }

  @Test("the rotation onto the old space")
  func procrustes() throws {
    let result = try Procrustes(new, onto: old)
    let reference = try #require(expected["procrustes_R_new_from_old"])
    try expectAgreement(result.rotation, Vectors.matrix(reference["R"]), "R")
    #expect(agrees(result.residual, try #require(reference["residual"] as? Double)))
    let identity = try result.rotation.transpose().matmul(result.rotation)
    try expectAgreement(identity, Tensor.eye(6), "RᵀR")
  }

  @Test("contrast and triplets by their formulas, row by row")
  func pairs() throws {
    let (n, o) = (try rows(of: new.unit(axis: 1)), try rows(of: old.unit(axis: 1)))
    let labels = try y.elements(of: Int.self)
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    func distance(_ a: [Double], _ b: [Double]) -> Double { max(0, 2 - 2 * dot(a, b)).squareRoot() }
    var contrast = 0.0
    var refreshed = 0.0
    var triplets = 0.0
    for i in n.indices {
      let others = n.indices.filter { labels[$0] != labels[i] }
      let own = exp(dot(n[i], o[i]) / 0.5)
      let negatives = others.reduce(0) { $0 + exp(dot(n[i], o[$1]) / 0.5) }
      let newNegatives = others.reduce(0) { $0 + exp(dot(n[i], n[$1]) / 0.5) }
      contrast -= log(own / (own + negatives)) / Double(n.count)
      refreshed -= log(own / (own + negatives + newNegatives)) / Double(n.count)
      let farthest = n.indices.filter { labels[$0] == labels[i] }.map { distance(n[i], o[$0]) }.max() ?? 0
      let nearest = others.map { distance(n[i], o[$0]) }.min() ?? .infinity
      triplets += max(0, 0.3 + farthest - nearest) / Double(n.count)
    }
    #expect(agrees(try value(FeatureContrast(space, temperature: 0.5)), contrast))
    #expect(agrees(try value(FeatureContrast(space, temperature: 0.5, includesNew: true)), refreshed))
    #expect(agrees(try value(FeatureTriplets(space, margin: 0.3)), triplets, tolerance: 1e-9))
  }

  @Test("gradients of contrast and triplets agree with differences")
  func pairGradients() throws {
    let losses: [any Loss] = [
      try FeatureContrast(space, temperature: 0.2, includesNew: true),
      try FeatureTriplets(space, margin: 0.3),
    ]
    for loss in losses {
      let constants = try loss.rowConstants(x: old, y: y)
      func value(_ e: Tensor) throws -> Tensor {
        try loss.value(LossBatch(logits: e, features: e, targets: y, rowConstants: constants[...]))
      }
      let gradient = try Differentiation.gradient(of: { try value($0[0]) }, at: [new]).gradients[0].doubles()
      let base = try new.doubles()
      for place in stride(from: 0, to: base.count, by: 7) {
        var (up, down) = (base, base)
        up[place] += 1e-6
        down[place] -= 1e-6
        let slope =
          try
          (value(Tensor(up, shape: new.shape)).doubles()[0]
          - value(Tensor(down, shape: new.shape)).doubles()[0]) / 2e-6
        #expect(abs(slope - gradient[place]) < 1e-7, "\(loss.description) at \(place)")
      }
    }
  }

  @Test("what does not fit is refused")
  func refusals() throws {
    let narrow = try new.slice(axis: 1, start: 0, stop: 4)
    let loss = try BackwardCompatibleLoss(space, newClasses: .drop).prepared(x: old, y: y)
    let error = #expect(throws: NumericsError.self) {
      try loss.value(LossBatch(logits: narrow, features: narrow, targets: y))
    }
    #expect(error?.message.contains("f64[14, 4]") == true)
    let gap = try Tensor(y.elements(of: Int.self).map { $0 == 3 ? 5 : $0 })
    let missing = #expect(throws: NumericsError.self) {
      try BackwardCompatibleLoss(space).prepared(x: old, y: gap)
    }
    #expect(missing?.code == "E0406")
    #expect(missing?.message.contains("class 3") == true)
    #expect(throws: NumericsError.self) {
      try BackwardCompatibleLoss(.known(features: old, head: nil)).prepared(x: old, y: y)
    }
    #expect(throws: NumericsError.self) { try Procrustes(narrow, onto: old) }
    #expect(throws: NumericsError.self) { try FrozenHead(weight: synthesised, bias: Tensor([1.0])) }
  }

  private func rows(of tensor: Tensor) throws -> [[Double]] {
    let values = try tensor.doubles()
    let width = tensor.shape[1]
    return (0..<tensor.shape[0]).map { Array(values[$0 * width..<($0 + 1) * width]) }
  }

  private func value(_ loss: any Loss) throws -> Double {
    let prepared = try loss.prepared(x: old, y: y)
    let constants = try prepared.rowConstants(x: old, y: y)
    return try prepared.value(
      LossBatch(
        logits: newHead.logits(new, "test"), features: new, targets: y, rowConstants: constants[...])
    ).doubles()[0]
  }
}
