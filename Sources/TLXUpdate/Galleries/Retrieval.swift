import TLXLearning
import TLXNumerics

/// How well queries find gallery rows of their own label.
///
/// Every query ranks the gallery by similarity; equal scores go to the lower index, so that a result does not depend on
/// the order of a sort. Where the two sides are views of the same data, a query does not see itself: with different sets
/// nothing is left out (public code masks by index in both cases, and then reports 100 % for sets that differ).
/// A query whose label the gallery does not hold counts in `unmatched` and in no mean.
public struct Retrieval: Sendable {
  public let queryCount: Int
  public let galleryCount: Int
  /// Queries without a right row in the gallery.
  public let unmatched: Int
  public let excludesSelf: Bool
  public let similarity: Similarity
  /// By query: the rank of the first right row, from 0; −1 where there is none.
  public let firstRanks: [Int]
  /// By query: average precision over the whole ranking (or above the cut-off); NaN where there is no right row.
  public let averagePrecisions: [Double]

  /// What a retrieval is asked.
  public struct Settings: Sendable {
    public var similarity: Similarity = .cosine
    /// Whether query i must not find gallery row i; nil where the data's identities tell.
    public var excludesSelf: Bool?
    /// Average precision looks at this many ranks; nil for all.
    public var cutoff: Int?
    /// The two spaces are said to fit.
    public var isDeclaredCompatible = false

    public init() {}

    /// The same for two spaces whose fit is what is measured.
    public func declaringCompatible() -> Settings {
      var copy = self
      copy.isDeclaredCompatible = true
      return copy
    }
  }

  /// - Throws: E0430 for spaces that are not known to fit, E0401 for another width, E0406 for an empty side or without
  ///   any query that has a right row, E0417 where labels are missing.
  ///   Cost: queries · gallery · (width + log m) for m right rows a query; memory: the gallery in f64.
  public init(_ query: Embeddings, _ gallery: Embeddings, _ settings: Settings = Settings()) throws {
    let pair = try RetrievalPair(query, gallery, settings)
    let relevant = RelevantRows(pair.galleryLabels)
    let outcomes = try pair.rankings { ranking, row, scores in
      ranking.rank(
        scores, label: pair.queryLabels[row], among: relevant, excluded: pair.excluded(row),
        cutoff: settings.cutoff)
    }
    try self.init(outcomes, pair, settings.similarity)
  }

  init(_ outcomes: [RankedQuery], _ pair: RetrievalPair, _ similarity: Similarity) throws {
    queryCount = outcomes.count
    galleryCount = pair.galleryCount
    unmatched = outcomes.count { $0.first < 0 }
    excludesSelf = pair.excludesSelf
    self.similarity = similarity
    firstRanks = outcomes.map(\.first)
    averagePrecisions = outcomes.map { $0.first < 0 ? .nan : $0.averagePrecision }
    guard unmatched < queryCount else {
      throw NumericsError("E0406", "no query has a row of its own label in the gallery")
    }
  }

  private var matched: Double { Double(queryCount - unmatched) }

  /// The share of matched queries with a right row among the first k: recall at k, which is also CMC at rank k.
  /// Throws E0406 for a k below 1 or above what a query can see.
  public func recall(at k: Int) throws -> Double {
    try Retrieval.check(k, gallery: galleryCount, excludesSelf: excludesSelf)
    return Double(firstRanks.count { $0 >= 0 && $0 < k }) / matched
  }

  /// The mean average precision over the matched queries.
  public var meanAveragePrecision: Double {
    averagePrecisions.reduce(0.0) { $1.isNaN ? $0 : $0 + $1 } / matched
  }

  /// Recall at 1, 2, …, `count`: the cumulative match characteristic. Throws E0406 as `recall(at:)`.
  public func cumulativeMatches(_ count: Int) throws -> [Double] {
    try Retrieval.check(count, gallery: galleryCount, excludesSelf: excludesSelf)
    var hits = [Int](repeating: 0, count: count)
    for rank in firstRanks where rank >= 0 && rank < count { hits[rank] += 1 }
    var total = 0
    return hits.map { hit in
      total += hit
      return Double(total) / matched
    }
  }

  static func check(_ k: Int, gallery: Int, excludesSelf: Bool) throws {
    let visible = gallery - (excludesSelf ? 1 : 0)
    guard k >= 1, k <= visible else {
      throw NumericsError(
        "E0406",
        "k = \(k) is out of range: a query sees \(visible) gallery rows"
          + (excludesSelf ? " (\(gallery) without itself)" : ""))
    }
  }
}

/// A query set and a gallery that were found to fit, ready for scoring.
struct RetrievalPair: Sendable {
  let queries: Tensor
  let panels: GalleryPanels
  let queryLabels: [Int]
  let galleryLabels: [Int]
  let excludesSelf: Bool
  var galleryCount: Int { galleryLabels.count }

  init(_ query: Embeddings, _ gallery: Embeddings, _ settings: Retrieval.Settings) throws {
    try query.requireComparable(with: gallery, declared: settings.isDeclaredCompatible)
    guard gallery.count > 0 else { throw NumericsError("E0406", "the gallery is empty") }
    guard query.count > 0 else { throw NumericsError("E0406", "there are no queries") }
    excludesSelf = try Self.excludesSelf(query, gallery, settings.excludesSelf)
    if let cutoff = settings.cutoff {
      try Retrieval.check(cutoff, gallery: gallery.count, excludesSelf: excludesSelf)
    }
    queryLabels = try Self.labels(of: query, "queries")
    galleryLabels = try Self.labels(of: gallery, "gallery")
    queries = query.vectors
    panels = try GalleryPanels(gallery.vectors, settings.similarity)
  }

  static func excludesSelf(_ query: Embeddings, _ gallery: Embeddings, _ wish: Bool?) throws -> Bool {
    let result = wish ?? query.hasSameItems(as: gallery)
    guard !result || query.count == gallery.count else {
      throw NumericsError(
        "E0401", "\(query.count) queries cannot each leave themselves out of a gallery of \(gallery.count)",
        help: "row i of both must be the same item")
    }
    return result
  }

  private static func labels(of embeddings: Embeddings, _ side: String) throws -> [Int] {
    guard let labels = embeddings.labels else {
      throw NumericsError(
        "E0417",
        "the \(side) \(side == "queries" ? "have" : "has") no labels, so that nothing can be judged right",
        help: "embed(model, data) takes them from data; or give embed(model, x, labels=y)")
    }
    return labels
  }

  func excluded(_ row: Int) -> Int? { excludesSelf ? row : nil }

  /// One outcome a query, computed on as many threads as there are.
  func rankings<Outcome: Sendable>(
    _ rank: @Sendable (inout RowRanking, Int, UnsafeMutablePointer<Double>) throws -> Outcome
  ) throws -> [Outcome] {
    try perQuery(panels, queries) { row, scores in
      var ranking = RowRanking()
      return try rank(&ranking, row, scores)
    }
  }
}

/// One value a query, from its row of scores.
func perQuery<Outcome: Sendable>(
  _ panels: GalleryPanels, _ queries: Tensor,
  _ body: @Sendable (Int, UnsafeMutablePointer<Double>) throws -> Outcome
) throws -> [Outcome] {
  let count = queries.shape[0]
  let slots = OutcomeSlots<Outcome>(count)
  try panels.eachQuery(of: queries) { row, scores in slots.put(try body(row, scores), at: row) }
  return slots.take()
}

/// A place a query, each written once by whichever thread has the query.
final class OutcomeSlots<Outcome>: @unchecked Sendable {
  private let pointer: UnsafeMutablePointer<Outcome?>
  private let count: Int

  init(_ count: Int) {
    self.count = count
    pointer = .allocate(capacity: Swift.max(1, count))
    pointer.initialize(repeating: nil, count: count)
  }

  deinit {
    pointer.deinitialize(count: count)
    pointer.deallocate()
  }

  func put(_ outcome: Outcome, at row: Int) { pointer[row] = outcome }
  func take() -> [Outcome] { (0..<count).compactMap { pointer[$0] } }
}
