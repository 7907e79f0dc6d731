import TLXLearning
import TLXNumerics

/// The quality of a gallery while it is re-indexed bit by bit: queries by the new model, a share ρ of the gallery by the
/// new model too and the rest still by the old one, all in one ranked list.
///
/// Passing the compatibility criterion says nothing about this: scores of the two kinds of rows need not be on one scale,
/// and the curve may dip on its way.
public struct Backfill: Sendable {
  /// ρ of each point, 0 to 1.
  public let shares: [Double]
  public let meanAveragePrecision: [Double]
  public let recallAtOne: [Double]
  public let order: [Int]

  /// The mean of mAP over ρ, by trapezoids: of two orders the one with the larger area gains faster.
  public var area: Double {
    var sum = 0.0
    for point in 1..<shares.count {
      sum +=
        (shares[point] - shares[point - 1]) * (meanAveragePrecision[point] + meanAveragePrecision[point - 1])
        / 2
    }
    return sum
  }

  /// How far the worst point lies below the start; 0 for a curve that never dips below it.
  public var dip: Double {
    Swift.max(0, (meanAveragePrecision.first ?? 0) - (meanAveragePrecision.min() ?? 0))
  }

  /// - Parameters:
  ///   - queries: By the new model.
  ///   - order: Gallery rows in the order in which they are computed anew.
  ///   - steps: How many points follow the start.
  /// - Throws: E0401 where the two galleries are not of the same items or the order is no permutation of them, and as
  ///   `Retrieval`. Cost: two scorings of all pairs, and `steps + 1` rankings.
  public init(
    queries: Embeddings, old: Embeddings, new: Embeddings, order: [Int], steps: Int,
    settings: Retrieval.Settings = Retrieval.Settings()
  ) throws {
    guard old.count == new.count, old.items == nil || new.items == nil || old.items == new.items else {
      throw NumericsError(
        "E0401", "the two galleries are not of the same items: \(old.count) and \(new.count) rows",
        help: "embed the same data with both models")
    }
    guard order.count == old.count, Set(order) == Set(0..<old.count) else {
      throw NumericsError(
        "E0401",
        "the order must name each of the \(old.count) gallery rows once, and has \(order.count) items")
    }
    let settings = settings.declaringCompatible()
    let before = try RetrievalPair(queries, old, settings)
    let after = try RetrievalPair(queries, new, settings)
    let cuts = (0...steps).map { old.count * $0 / steps }
    let outcomes = try Self.outcomes(before, after, order: order, cuts: cuts)
    shares = cuts.map { Double($0) / Double(old.count) }
    let retrievals = try cuts.indices.map { step in
      try Retrieval(outcomes.map { $0[step] }, before, settings.similarity)
    }
    meanAveragePrecision = retrievals.map(\.meanAveragePrecision)
    recallAtOne = try retrievals.map { try $0.recall(at: 1) }
    self.order = order
  }

  /// By query, by point.
  private static func outcomes(
    _ before: RetrievalPair, _ after: RetrievalPair, order: [Int], cuts: [Int]
  ) throws -> [[RankedQuery]] {
    let relevant = RelevantRows(before.galleryLabels)
    let queries = try GalleryPanels.queries(after.queries, after.panels.similarity)
    return try perQuery(before.panels, before.queries) { query, scores in
      var fresh = [Double](repeating: 0, count: after.panels.stride)
      var ranking = RowRanking()
      return fresh.withUnsafeMutableBufferPointer { fresh -> [RankedQuery] in
        guard let fresh = fresh.baseAddress else { return [] }
        queries.withUnsafeBufferPointer { queries in
          guard let queries = queries.baseAddress else { return }
          after.panels.score(queries + query * after.panels.width, count: 1, into: fresh)
        }
        var done = 0
        return cuts.map { cut in
          while done < cut {
            scores[order[done]] = fresh[order[done]]
            done += 1
          }
          return ranking.rank(
            scores, label: before.queryLabels[query], among: relevant, excluded: before.excluded(query),
            cutoff: nil)
        }
      }
    }
  }
}

/// Orders in which a gallery may be computed anew, from what is known before: the old embeddings and the labels.
public enum BackfillOrder: String, Sendable, CaseIterable {
  /// As the rows stand.
  case rows
  /// Drawn at random.
  case random
  /// Rows far from the old mean of their class first: those that the old model placed worst.
  case far
  /// Rows near the old mean of their class first.
  case near
  /// Rows that lie nearer to the mean of another class than to their own, by how much.
  case confused

  /// - Throws: E0417 without labels, for the orders that need them. Cost: one pass over the gallery a class.
  public func permutation(of gallery: Embeddings, similarity: Similarity, stream: RandomStream) throws
    -> [Int]
  {
    switch self {
    case .rows: return Array(0..<gallery.count)
    case .random: return try stream.permutation(gallery.count)
    case .far, .near, .confused:
      let margins = try ClassMargins(gallery, similarity)
      let keys =
        switch self {
        case .far: margins.own.map { -$0 }
        case .near: margins.own
        default: zip(margins.other, margins.own).map { $0 - $1 }
        }
      return keys.indices.sorted { keys[$0] > keys[$1] || (keys[$0] == keys[$1] && $0 < $1) }
    }
  }
}

/// Scores of each row against the mean of its class and against the nearest mean of another.
private struct ClassMargins {
  var own: [Double]
  var other: [Double]

  init(_ gallery: Embeddings, _ similarity: Similarity) throws {
    guard let labels = gallery.labels else {
      throw NumericsError("E0417", "the gallery has no labels, and the order goes by class means")
    }
    let means = try ClassMeans(gallery.vectors, labels, similarity)
    let panels = try GalleryPanels(means.vectors, similarity)
    let scores = try perQuery(panels, gallery.vectors) { row, scores -> (Double, Double) in
      let mine = means.place(of: labels[row])
      var other = -Double.infinity
      for index in 0..<panels.count where index != mine { other = Swift.max(other, scores[index]) }
      return (scores[mine], other)
    }
    own = scores.map(\.0)
    other = scores.map(\.1)
  }
}

/// The mean embedding of each class; for cosines, of unit rows.
struct ClassMeans: Sendable {
  /// f64 [classes, width].
  let vectors: Tensor
  private let places: [Int: Int]

  init(_ rows: Tensor, _ labels: [Int], _ similarity: Similarity) throws {
    let width = rows.shape[1]
    let classes = Set(labels).sorted()
    let places = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    var sums = [Double](repeating: 0, count: classes.count * width)
    var counts = [Double](repeating: 0, count: classes.count)
    try GalleryPanels.eachRow(of: rows, similarity) { row, values in
      let place = places[labels[row]] ?? 0
      counts[place] += 1
      for column in 0..<width { sums[place * width + column] += values[column] }
    }
    for place in classes.indices {
      for column in 0..<width { sums[place * width + column] /= counts[place] }
    }
    vectors = try Tensor(sums, shape: [classes.count, width])
    self.places = places
  }

  func place(of label: Int) -> Int { places[label] ?? 0 }
}
