import TLXNumerics

/// The k nearest gallery rows of each query, nearest first; equal scores by the lower index.
///
/// f32 embeddings are narrowed down by blocked matrix products in f32 and a running cut for each query; what lies within
/// the rounding error of the cut is then scored again in f64, so that the result is that of exact f64 scoring. f64
/// embeddings are scored in f64 at once. Memory: blocks of fixed size, whatever the sizes of the two sets, and the result.
public struct NearestNeighbours: Sendable {
  /// i64 [queries, k].
  public let indices: Tensor
  /// f64 [queries, k]: cosines, or Euclidean distances.
  public let scores: Tensor

  /// - Throws: as `Retrieval`, labels apart; E0406 for a k out of range. Cost: queries · gallery · width multiply-adds.
  public init(
    _ query: Embeddings, _ gallery: Embeddings, k: Int, _ settings: Retrieval.Settings = Retrieval.Settings()
  ) throws {
    try query.requireComparable(with: gallery, declared: settings.isDeclaredCompatible)
    guard gallery.count > 0 else { throw NumericsError("E0406", "the gallery is empty") }
    let excludes = try RetrievalPair.excludesSelf(query, gallery, settings.excludesSelf)
    try Retrieval.check(k, gallery: gallery.count, excludesSelf: excludes)
    let result = try NeighbourTable(count: query.count, k: k)
    if query.vectors.dtype == .f32, gallery.vectors.dtype == .f32 {
      try NeighbourSearch(query.vectors, gallery.vectors, settings.similarity, k: k, excludesSelf: excludes)
        .run(into: result)
    } else {
      let panels = try GalleryPanels(gallery.vectors, settings.similarity)
      try panels.eachQuery(of: query.vectors) { row, scores in
        var best = NearestRows(k)
        for index in 0..<panels.count where !(excludes && index == row) {
          best.offer(scores[index], index)
        }
        result.write(best.sorted(), at: row)
      }
    }
    (indices, scores) = try result.tensors(settings.similarity)
  }
}

/// The best k of a stream of scored rows: a heap whose root is the worst kept.
struct NearestRows {
  private let k: Int
  private var heap: [(score: Double, index: Int)] = []

  init(_ k: Int) {
    self.k = k
    heap.reserveCapacity(k)
  }

  private static func isWorse(_ a: (score: Double, index: Int), _ b: (score: Double, index: Int)) -> Bool {
    a.score < b.score || (a.score == b.score && a.index > b.index)
  }

  mutating func offer(_ score: Double, _ index: Int) {
    if heap.count < k {
      heap.append((score, index))
      var child = heap.count - 1
      while child > 0, Self.isWorse(heap[child], heap[(child - 1) / 2]) {
        heap.swapAt(child, (child - 1) / 2)
        child = (child - 1) / 2
      }
      return
    }
    guard Self.isWorse(heap[0], (score, index)) else { return }
    heap[0] = (score, index)
    var parent = 0
    while true {
      var worst = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < k && Self.isWorse(heap[child], heap[worst]) { worst = child }
      if worst == parent { return }
      heap.swapAt(parent, worst)
      parent = worst
    }
  }

  func sorted() -> [(score: Double, index: Int)] { heap.sorted { Self.isWorse($1, $0) } }
}

/// The result's memory: each query's row is written by whichever thread has the query.
final class NeighbourTable: @unchecked Sendable {
  private let indices: Storage
  private let scores: Storage
  private let count: Int
  private let k: Int

  init(count: Int, k: Int) throws {
    self.count = count
    self.k = k
    indices = try Storage(byteCount: count * k * MemoryLayout<Int>.stride)
    scores = try Storage(byteCount: count * k * MemoryLayout<Double>.stride)
  }

  func write(_ rows: [(score: Double, index: Int)], at query: Int) {
    let places = indices.pointer.bindMemory(to: Int.self, capacity: count * k) + query * k
    let values = scores.pointer.bindMemory(to: Double.self, capacity: count * k) + query * k
    for (place, row) in rows.prefix(k).enumerated() {
      places[place] = row.index
      values[place] = row.score
    }
  }

  func tensors(_ similarity: Similarity) throws -> (Tensor, Tensor) {
    let places = Tensor(storage: indices, shape: [count, k], dtype: .i64)
    let values = Tensor(storage: scores, shape: [count, k], dtype: .f64)
    // Scores of distances are minus their squares.
    return (places, similarity == .cosine ? values : try (-values).sqrt())
  }
}
