import TLXLearning
import TLXNumerics

/// Whether queries by a new model may search the gallery of an old one.
///
/// With M(a, b) a retrieval measure, queries by a and gallery by b:
/// - criterion (Shen et al., CVPR 2020): pass exactly when M(new, old) > M(old, old);
/// - update gain: (M(new, old) − M(old, old)) / (M(paragon, paragon) − M(old, old)), the paragon being trained without
///   the constraint and used with a gallery that is computed anew. It can be negative or above 1; without a paragon, or
///   where the paragon is no better than the old model to the last bit, it is not defined;
/// - compatibility tax: M(paragon, paragon) − M(new, new).
public struct CrossTest: Sendable {
  public enum Measure: Sendable {
    case meanAveragePrecision
    case recall(Int)
  }

  public let oldOld: Double
  public let newOld: Double
  public let newNew: Double
  public let paragon: Double?

  public var passes: Bool { newOld > oldOld }
  public var tax: Double? { paragon.map { $0 - newNew } }

  public var gain: Double? {
    guard let paragon, paragon != oldOld else { return nil }
    return (newOld - oldOld) / (paragon - oldOld)
  }

  /// Why there is no gain; nil where there is.
  public var missingGain: String? {
    guard let paragon else { return "no paragon was given" }
    return paragon == oldOld ? "the paragon is exactly as good as the old model" : nil
  }

  /// One side of the test: the embeddings of the queries and of the gallery by one model.
  public struct Side: Sendable {
    public var queries: Embeddings
    public var gallery: Embeddings

    public init(queries: Embeddings, gallery: Embeddings) {
      self.queries = queries
      self.gallery = gallery
    }
  }

  /// The test asks whether the spaces fit, so that it needs no declaration that they do.
  ///
  /// - Parameter cross: The new queries as they search the old gallery, where that is not by all of their coordinates.
  /// - Throws: E0401 where the new queries are of another width than the old gallery, and as `Retrieval`.
  public init(
    new: Side, cross: Embeddings? = nil, old: Side, paragon: Side?, measure: Measure,
    settings: Retrieval.Settings = Retrieval.Settings()
  ) throws {
    let settings = settings.declaringCompatible()
    func value(_ queries: Embeddings, _ gallery: Embeddings) throws -> Double {
      let retrieval = try Retrieval(queries, gallery, settings)
      return switch measure {
      case .meanAveragePrecision: retrieval.meanAveragePrecision
      case .recall(let k): try retrieval.recall(at: k)
      }
    }
    oldOld = try value(old.queries, old.gallery)
    newOld = try value(cross ?? new.queries, old.gallery)
    newNew = try value(new.queries, new.gallery)
    self.paragon = try paragon.map { try value($0.queries, $0.gallery) }
  }
}
