import TLXLearning
import TLXNumerics
import Testing

@testable import TLXUpdate

@Suite("Losses on an old model's logits, against an independent float64 reference")
struct LogitLossTests {
  let vectors: [String: Any]
  let y: Tensor
  let old: Tensor
  let new: Tensor
  let cases: [[String: Any]]

  init() throws {
    vectors = try Vectors.object("pct.json")
    y = try Vectors.labels(vectors["y"])
    old = try Vectors.matrix(vectors["old_logits"])
    new = try Vectors.matrix(vectors["new_logits"])
    cases = try #require(vectors["cases"] as? [[String: Any]])
  }

  private func named(_ name: String) throws -> [String: Any] {
    try #require(cases.first { ($0["loss"] as? String)?.hasPrefix(name) == true })
  }

  private func expect(_ loss: some Loss, _ reference: [String: Any], _ what: String) throws {
    let constants = try loss.rowConstants(x: new, y: y)
    #expect(constants.count == loss.rowConstantCount)
    let (value, gradients) = try Differentiation.gradient(
      of: {
        try loss.value(LossBatch(logits: $0[0], targets: y, rowConstants: constants[...]))
      }, at: [new])
    let expected = try #require(reference["value"] as? Double)
    #expect(agrees(try value.doubles()[0], expected), "\(what): \(value) ≠ \(expected)")
    try expectAgreement(gradients[0], Vectors.matrix(reference["grad_new"]), what)
  }

  @Test("focal distillation: both directions of the divergence, three temperatures, logit matching")
  func focal() throws {
    var seen = 0
    for reference in cases {
      guard let kind = reference["loss"] as? String, kind.hasPrefix("FD-"),
        let alpha = reference["alpha"] as? Double, let beta = reference["beta"] as? Double
      else { continue }
      let temperature = reference["tau"] as? Double
      let isReversed = reference["direction"] as? String == "new||old"
      let matching: Distillation.Matching =
        temperature.map { .probabilities(temperature: $0, isReversed: isReversed) } ?? .logits
      let loss = try Distillation(
        .known(old), matching: matching, focus: .init(alpha: alpha, beta: beta))
      try expect(loss, reference, "\(kind) \(alpha) \(beta) \(temperature ?? 0) \(isReversed)")
      if alpha == 1, beta == 0 {
        try expect(Distillation(.known(old), matching: matching), reference, "plain \(kind)")
      }
      seen += 1
    }
    #expect(seen == 21)
  }

  @Test("the scales of public code, which differ by 2/C, 1/C and 1/τ²")
  func scales() throws {
    for reference in cases where reference["loss"] as? String == "FD-LM" {
      let focus = Distillation.Focus(
        alpha: try #require(reference["alpha"] as? Double), beta: try #require(reference["beta"] as? Double))
      for (scale, key) in [(DistillationScale.mean, "value_amazon_code"), (.halfMean, "value_mpt_code")] {
        let loss = try Distillation(.known(old), focus: focus, scale: scale)
        let value = try value(loss)
        #expect(agrees(value, try #require(reference[key] as? Double)))
      }
    }
    let matching = Distillation.Matching.probabilities(temperature: 100, isReversed: false)
    let paper = try value(Distillation(.known(old), matching: matching))
    #expect(agrees(try value(Distillation(.known(old), matching: matching, scale: .plain)), paper * 1e-4))
    #expect(agrees(try value(Distillation(.known(old), matching: matching, scale: .factor(3))), paper * 3))
  }

  @Test("logit difference inhibition: margin, greatest classes by either model, own label, power, mean")
  func inhibition() throws {
    for reference in cases where reference["loss"] as? String == "LDI" {
      let parameters = reference["params"] as? [String: Any] ?? [:]
      var settings = LogitDifferenceInhibition.Settings()
      settings.margin = parameters["margin"] as? Double ?? 0
      settings.top = parameters["topk"] as? Int
      settings.topIsByNew = parameters["topk_by"] as? String == "new"
      settings.excludesLabel = parameters["exclude_gt"] as? Bool ?? false
      settings.power = parameters["p"] as? Double ?? 2
      settings.isMeanOverClasses = parameters["reduce"] as? String == "mean_all_classes"
      try expect(
        LogitDifferenceInhibition(.known(old), settings: settings), reference, "LDI \(parameters)")
    }
  }

  @Test("ELODI against the mean logits of the reference ensemble")
  func elodi() throws {
    let members = try #require(vectors["ensemble_logits"] as? [[[Double]]])
    let mean = try members.map { try Vectors.matrix($0) }.reduce(Tensor.zeros(old.shape)) { try $0 + $1 }
    let loss = try LogitDifferenceInhibition(.known(mean / Double(members.count)), name: "elodi")
    try expect(loss, named("ELODI"), "ELODI")
  }

  @Test("naive positive-congruent training and the new-error loss are one re-weighting of cross-entropy")
  func naive() throws {
    for name in ["naive_positive_congruent", "new_error"] {
      try expect(OldRightCrossEntropy(.known(old), name: name), named("naive"), name)
    }
    try expect(CrossEntropy(), named("cross entropy"), "cross entropy")
  }

  @Test("strict imitation has the gradient (q − p) on rows that the old model has right")
  func strict() throws {
    let loss = StrictImitation(.known(old))
    let constants = try loss.rowConstants(x: new, y: y)
    let (_, gradients) = try Differentiation.gradient(
      of: { try loss.value(LossBatch(logits: $0[0], targets: y, rowConstants: constants[...])) }, at: [new])
    let right = try old.argmax(axis: 1).equal(y).cast(to: .f64).expandDims(1)
    try expectAgreement(
      gradients[0], (new.softmax(axis: 1) - old.softmax(axis: 1)) * right / 10, "strict imitation")
  }

  @Test("weighted sums of losses hand each term its own old logits")
  func sums() throws {
    let distill = try Distillation(.known(old))
    let strict = StrictImitation(.known(old))
    let sum = WeightedLoss([
      .init(weight: 1, loss: CrossEntropy()), .init(weight: 0.5, loss: distill),
      .init(weight: 2, loss: strict),
    ])
    let expected = try value(CrossEntropy()) + 0.5 * value(distill) + 2 * value(strict)
    #expect(agrees(try value(sum), expected))
  }

  @Test("what cannot be compared is refused with the shapes")
  func refusals() throws {
    let fewer = try old.slice(axis: 1, start: 0, stop: 3)
    let loss = try Distillation(.known(fewer))
    #expect(throws: NumericsError.self) { try value(loss) }
    let shorter = try Distillation(.known(old.slice(axis: 0, start: 0, stop: 4)))
    let error = #expect(throws: NumericsError.self) { try shorter.rowConstants(x: new, y: y) }
    #expect(error?.message.contains("f64[4, 5]") == true)
    #expect(throws: NumericsError.self) {
      try Distillation(.known(old), matching: .probabilities(temperature: 0, isReversed: false))
    }
    #expect(throws: NumericsError.self) { try Distillation(.known(old), scale: .plain) }
    #expect(throws: NumericsError.self) {
      try LogitDifferenceInhibition(.known(old), settings: negativeMargin)
    }
  }

  private var negativeMargin: LogitDifferenceInhibition.Settings {
    var settings = LogitDifferenceInhibition.Settings()
    settings.margin = -1
    return settings
  }

  private func value(_ loss: some Loss) throws -> Double {
    let constants = try loss.rowConstants(x: new, y: y)
    return try loss.value(LossBatch(logits: new, targets: y, rowConstants: constants[...])).doubles()[0]
  }
}
