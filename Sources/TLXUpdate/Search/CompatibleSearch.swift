import TLXLearning
import TLXNumerics

/// Heterogeneous search: which small query model fits a big gallery model best.
///
/// Every architecture is trained alone and compatibly (with the influence loss of the frozen gallery head), from the same
/// start and on the same batches, and measured three ways: M(q, q) for queries and gallery by the query model, M(q, g)
/// for its queries on the gallery model's gallery, and their product. An architecture that is good alone need not fit.
/// (Duggal, Zhou, Yang, Fang, Xia, Soatto, CVPR 2021, section 3.3: rewards R1, R2, R3. Theirs samples a large space with a
/// weight-sharing network; here the space is small enough to train every member.)
public struct CompatibleSearch: Sendable {
  public struct Candidate: Sendable {
    public var start: Model
    /// `8-8`: the hidden widths.
    public var name: String

    public init(start: Model, name: String) {
      self.start = start
      self.name = name
    }
  }

  /// Means over the repetitions.
  public struct Outcome: Sendable {
    public var name: String
    public var parameterCount: Int
    /// M(q, g) and M(q, q) of the model that was trained alone.
    public var aloneHeterogeneous = 0.0
    public var aloneHomogeneous = 0.0
    /// M(q, g) and M(q, q) of the model that was trained to fit.
    public var heterogeneous = 0.0
    public var homogeneous = 0.0
    /// The compatible model of the first repetition.
    public var model: Model
    public var product: Double { heterogeneous * homogeneous }
  }

  public let outcomes: [Outcome]
  /// M(g, g) of the gallery model itself: the paragon.
  public let paragon: Double
  public let galleryParameterCount: Int

  /// The outcome that a reward chooses; the first of equal ones.
  public func best(by reward: (Outcome) -> Double) -> Outcome? {
    outcomes.reduce(nil) { best, next in best.map { reward(next) > reward($0) ? next : $0 } ?? next }
  }

  /// Whether no other outcome has as few parameters and as high a heterogeneous measure, one of the two better.
  public var isOnFront: [Bool] {
    outcomes.map { mine in
      !outcomes.contains { other in
        other.parameterCount <= mine.parameterCount && other.heterogeneous >= mine.heterogeneous
          && (other.parameterCount < mine.parameterCount || other.heterogeneous > mine.heterogeneous)
      }
    }
  }

  /// - Parameters:
  ///   - candidates: For each architecture one start a repetition.
  ///   - train: Trains all starts, each alone (false) or to fit (true); the number tells the repetition, so that both
  ///     trainings of a start can see the same batches.
  ///   - test: Rows and labels for queries and gallery alike; no query finds itself.
  /// - Throws: what training and `Retrieval` throw. Cost: two trainings a start.
  public init(
    _ candidates: [[Candidate]], gallery: Model, test: (x: Tensor, y: [Int]), measure: CrossTest.Measure,
    settings: Retrieval.Settings,
    train: ([(start: Model, isCompatible: Bool, repetition: Int)]) throws -> [Model]
  ) throws {
    let settings = settings.declaringCompatible()
    let galleryRows = try Embeddings(gallery, test.x, labels: test.y)
    let repetitions = candidates.first?.count ?? 0
    let models = try train(
      candidates.flatMap { starts in
        starts.enumerated().flatMap { repetition, candidate in
          [false, true].map { (candidate.start, $0, repetition) }
        }
      })
    let slots = try models.map { try Self.measured($0, galleryRows, test, measure, settings) }
    outcomes = candidates.enumerated().compactMap { place, starts in
      guard let first = starts.first else { return nil }
      let base = place * repetitions
      var outcome = Outcome(
        name: first.name, parameterCount: first.start.parameterCount, model: slots[2 * base + 1].model)
      for repetition in 0..<repetitions {
        let (alone, compatible) = (slots[2 * (base + repetition)], slots[2 * (base + repetition) + 1])
        outcome.aloneHeterogeneous += alone.heterogeneous / Double(repetitions)
        outcome.aloneHomogeneous += alone.homogeneous / Double(repetitions)
        outcome.heterogeneous += compatible.heterogeneous / Double(repetitions)
        outcome.homogeneous += compatible.homogeneous / Double(repetitions)
      }
      return outcome
    }
    paragon = try Self.value(galleryRows, galleryRows, measure, settings)
    galleryParameterCount = gallery.parameterCount
  }

  private struct Measured: Sendable {
    var model: Model
    var heterogeneous: Double
    var homogeneous: Double
  }

  private static func measured(
    _ model: Model, _ gallery: Embeddings, _ test: (x: Tensor, y: [Int]), _ measure: CrossTest.Measure,
    _ settings: Retrieval.Settings
  ) throws -> Measured {
    let queries = try Embeddings(model, test.x, labels: test.y)
    return Measured(
      model: model, heterogeneous: try value(queries.narrowed(to: gallery.width), gallery, measure, settings),
      homogeneous: try value(queries, queries, measure, settings))
  }

  private static func value(
    _ queries: Embeddings, _ gallery: Embeddings, _ measure: CrossTest.Measure, _ settings: Retrieval.Settings
  ) throws -> Double {
    let retrieval = try Retrieval(queries, gallery, settings)
    return switch measure {
    case .meanAveragePrecision: retrieval.meanAveragePrecision
    case .recall(let k): try retrieval.recall(at: k)
    }
  }
}
