import Synchronization
import TLXNumerics

/// One-to-one verification: how many pairs of one label are accepted when the share of accepted pairs of different
/// labels is held down.
///
/// A pair is accepted when its score exceeds a threshold. For each false-accept rate the threshold is the least at which
/// no more than `⌊rate · impostors⌋` impostor pairs exceed it; TAR is the share of genuine pairs above it. Exact: scores
/// are first counted in 65,536 equal bins and only those of the bins with a threshold are then sorted, so that memory
/// does not grow with the number of pairs.
public struct Verification: Sendable {
  public struct Point: Sendable {
    /// The rate that was asked for, and the one that the threshold gives (never more).
    public var wantedRate: Double
    public var falseAcceptRate: Double
    public var trueAcceptRate: Double
    public var threshold: Double
  }

  public let points: [Point]
  public let genuinePairs: Int
  public let impostorPairs: Int

  /// - Throws: E0405 for a rate outside of 0…1, E0406 without pairs of one of the two kinds, and as `Retrieval`.
  ///   Cost: two passes over all pairs.
  public init(
    _ query: Embeddings, _ gallery: Embeddings, rates: [Double],
    _ settings: Retrieval.Settings = Retrieval.Settings()
  ) throws {
    if let rate = rates.first(where: { !($0 >= 0 && $0 <= 1) }) {
      throw NumericsError("E0405", "a false-accept rate lies between 0 and 1, not \(rate)")
    }
    let pair = try RetrievalPair(query, gallery, settings)
    let bins = try ScoreBins(pair, settings.similarity)
    let counts = try PairCounts(pair, bins)
    let impostors = counts.impostor.reduce(0, +)
    let genuine = counts.genuine.reduce(0, +)
    guard genuine > 0, impostors > 0 else {
      throw NumericsError("E0406", "there are no pairs of \(genuine == 0 ? "one label" : "different labels")")
    }
    let targets = rates.map { counts.place(of: Int($0 * Double(impostors))) }
    let scores = try BinScores(pair, bins, Set(targets.compactMap { $0?.bin }))
    points = zip(rates, targets).map { rate, target in
      guard let target else {
        return Point(wantedRate: rate, falseAcceptRate: 1, trueAcceptRate: 1, threshold: -.infinity)
      }
      let found = scores.impostor[target.bin] ?? []
      let threshold = found[target.rank]
      let accepted =
        counts.genuine(above: target.bin) + (scores.genuine[target.bin] ?? []).count { $0 > threshold }
      let falsely = counts.impostor(above: target.bin) + found.count { $0 > threshold }
      return Point(
        wantedRate: rate, falseAcceptRate: Double(falsely) / Double(impostors),
        trueAcceptRate: Double(accepted) / Double(genuine), threshold: threshold)
    }
    genuinePairs = genuine
    impostorPairs = impostors
  }
}

/// Equal bins over all scores that can occur, ascending.
private struct ScoreBins: Sendable {
  static let count = 1 << 16
  let low: Double
  let scale: Double

  init(_ pair: RetrievalPair, _ similarity: Similarity) throws {
    var high = 1.0
    if similarity == .cosine {
      low = -1
    } else {
      let queries = try GalleryPanels.largestNorm(pair.queries)
      let reach = queries + pair.panels.largestNorm
      low = -Swift.max(reach * reach, .leastNormalMagnitude)
      high = 0
    }
    scale = Double(Self.count) / (high - low)
  }

  func bin(_ score: Double) -> Int { Swift.min(Self.count - 1, Swift.max(0, Int((score - low) * scale))) }
}

/// How many genuine and impostor pairs fall in each bin.
private struct PairCounts {
  var genuine = [Int](repeating: 0, count: ScoreBins.count)
  var impostor = [Int](repeating: 0, count: ScoreBins.count)

  init(_ pair: RetrievalPair, _ bins: ScoreBins) throws {
    let total = Mutex((genuine, impostor))
    try pair.panels.eachQuery(of: pair.queries) { query, scores in
      var touched: [(Int, Bool)] = []
      touched.reserveCapacity(pair.galleryCount)
      for row in 0..<pair.galleryCount where row != pair.excluded(query) {
        touched.append((bins.bin(scores[row]), pair.queryLabels[query] == pair.galleryLabels[row]))
      }
      total.withLock { counts in
        for (bin, isGenuine) in touched {
          if isGenuine { counts.0[bin] += 1 } else { counts.1[bin] += 1 }
        }
      }
    }
    (genuine, impostor) = total.withLock { $0 }
  }

  /// The bin, and the rank within it from the top, of the impostor that comes after `allowed` higher ones; nil where
  /// all are allowed.
  func place(of allowed: Int) -> (bin: Int, rank: Int)? {
    var left = allowed
    for bin in impostor.indices.reversed() {
      if left < impostor[bin] { return (bin, left) }
      left -= impostor[bin]
    }
    return nil
  }

  func genuine(above bin: Int) -> Int { genuine[(bin + 1)...].reduce(0, +) }
  func impostor(above bin: Int) -> Int { impostor[(bin + 1)...].reduce(0, +) }
}

/// The scores in some bins, descending.
private struct BinScores {
  var genuine: [Int: [Double]]
  var impostor: [Int: [Double]]

  init(_ pair: RetrievalPair, _ bins: ScoreBins, _ wanted: Set<Int>) throws {
    let found = Mutex(([Int: [Double]](), [Int: [Double]]()))
    let isWanted = (0..<ScoreBins.count).map { wanted.contains($0) }
    try pair.panels.eachQuery(of: pair.queries) { query, scores in
      var hits: [(bin: Int, score: Double, isGenuine: Bool)] = []
      for row in 0..<pair.galleryCount where row != pair.excluded(query) {
        let bin = bins.bin(scores[row])
        if isWanted[bin] {
          hits.append((bin, scores[row], pair.queryLabels[query] == pair.galleryLabels[row]))
        }
      }
      found.withLock { lists in
        for hit in hits {
          if hit.isGenuine {
            lists.0[hit.bin, default: []].append(hit.score)
          } else {
            lists.1[hit.bin, default: []].append(hit.score)
          }
        }
      }
    }
    (genuine, impostor) = found.withLock { lists in
      (lists.0.mapValues { $0.sorted(by: >) }, lists.1.mapValues { $0.sorted(by: >) })
    }
  }
}
