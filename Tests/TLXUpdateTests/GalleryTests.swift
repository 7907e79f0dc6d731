import Foundation
import TLXLearning
import TLXNumerics
import Testing

@testable import TLXUpdate

/// Embeddings of one space that a test makes up.
private func made(_ vectors: Tensor, _ labels: [Int]?, items: String? = nil, space: String = "s") throws
  -> Embeddings
{
  try Embeddings(vectors: vectors, labels: labels, space: space, items: items, origin: space)
}

private func stream(_ seed: UInt64) -> RandomStream { RandomStream(key: RandomKey(seed: seed)) }

/// The sets of `Scripts/fixtures/galleries.py`.
private struct GalleryVectors {
  let all: [String: Any]
  let queryLabels: [Int]
  let galleryLabels: [Int]

  init() throws {
    all = try Vectors.object("retrieval.json")
    queryLabels = try #require(all["query_y"] as? [Int])
    galleryLabels = try #require(all["gallery_y"] as? [Int])
  }

  func queries(_ name: String) throws -> Embeddings {
    try made(Vectors.matrix((all["queries"] as? [String: Any])?[name]), queryLabels)
  }

  func gallery(_ name: String, items: String? = nil) throws -> Embeddings {
    try made(Vectors.matrix((all["galleries"] as? [String: Any])?[name]), galleryLabels, items: items)
  }

  func expected(_ key: String) throws -> [String: Any] {
    try #require((all["expected"] as? [String: Any])?[key] as? [String: Any], "\(key)")
  }
}

@Suite struct GalleryTests {
  static let pairs = ["old/old", "new/old", "new/new", "other/old", "other/other", "old/new"]

  @Test(arguments: pairs, Similarity.allCases)
  func agreesWithTheReference(_ pair: String, _ similarity: Similarity) throws {
    let vectors = try GalleryVectors()
    let sides = pair.split(separator: "/").map(String.init)
    try check(
      vectors.queries(sides[0]), vectors.gallery(sides[1]), similarity,
      vectors.expected("\(pair) \(similarity.rawValue)"))
  }

  @Test(arguments: ["old", "new", "other"], Similarity.allCases)
  func leavesItselfOutWhereTheSetsAreTheSame(_ name: String, _ similarity: Similarity) throws {
    let vectors = try GalleryVectors()
    let gallery = try vectors.gallery(name, items: "gallery")
    try check(gallery, gallery, similarity, vectors.expected("self \(name) \(similarity.rawValue)"))
  }

  private func check(
    _ query: Embeddings, _ gallery: Embeddings, _ similarity: Similarity, _ expected: [String: Any]
  ) throws {
    var settings = Retrieval.Settings()
    settings.similarity = similarity
    let found = try Retrieval(query, gallery, settings)
    #expect(found.firstRanks == expected["first"] as? [Int])
    #expect(try agrees(found.recall(at: 1), #require(expected["recall1"] as? Double)))
    #expect(try agrees(found.recall(at: 5), #require(expected["recall5"] as? Double)))
    #expect(try agrees(found.meanAveragePrecision, #require(expected["map"] as? Double)))
    #expect(try found.cumulativeMatches(5)[4] == found.recall(at: 5))
    let rates = [0.01, 0.05, 0.2]
    let points = try Verification(query, gallery, rates: rates, settings).points
    for (rate, point) in zip(rates, points) {
      let wanted = try #require((expected["tar"] as? [String: Double])?["\(rate)"])
      #expect(agrees(point.trueAcceptRate, wanted), "\(rate)")
      #expect(point.falseAcceptRate <= rate)
    }
  }

  @Test(arguments: Similarity.allCases)
  func backfillsAsTheReference(_ similarity: Similarity) throws {
    let vectors = try GalleryVectors()
    let expected = try vectors.expected("backfill \(similarity.rawValue)")
    var settings = Retrieval.Settings()
    settings.similarity = similarity
    let backfill = try Backfill(
      queries: vectors.queries("new"), old: vectors.gallery("old"), new: vectors.gallery("new"),
      order: #require(expected["order"] as? [Int]), steps: 4, settings: settings)
    for (value, wanted) in zip(backfill.meanAveragePrecision, try #require(expected["map"] as? [Double])) {
      #expect(agrees(value, wanted))
    }
    #expect(backfill.shares.first == 0 && backfill.shares.last == 1)
  }

  @Test func crossTestFollowsItsFormulas() throws {
    let vectors = try GalleryVectors()
    func side(_ name: String) throws -> CrossTest.Side {
      CrossTest.Side(queries: try vectors.queries(name), gallery: try vectors.gallery(name))
    }
    func map(_ pair: String) throws -> Double {
      try #require(vectors.expected("\(pair) cosine")["map"] as? Double)
    }
    let test = try CrossTest(
      new: side("new"), old: side("old"), paragon: side("new"), measure: .meanAveragePrecision)
    #expect(try agrees(test.newOld, map("new/old")) && agrees(test.oldOld, map("old/old")))
    #expect(
      try agrees(#require(test.gain), (map("new/old") - map("old/old")) / (map("new/new") - map("old/old"))))
    #expect(test.passes == (test.newOld > test.oldOld) && test.tax == 0)
    let none = try CrossTest(new: side("new"), old: side("old"), paragon: nil, measure: .recall(1))
    #expect(none.gain == nil && none.tax == nil && none.missingGain != nil)
    let equal = try CrossTest(new: side("old"), old: side("old"), paragon: side("old"), measure: .recall(1))
    #expect(equal.gain == nil && !equal.passes)
  }

  /// Against sorting everything in f64: also where many rows are equal and the product in f32 cannot tell them apart.
  @Test(arguments: Similarity.allCases, [1, 7, 100])
  func neighboursAreExact(_ similarity: Similarity, _ k: Int) throws {
    let width = 9
    let base = try stream(3).normal([1500, width], dtype: .f32)
    // A third of the rows occur several times, and some differ by the last bit only.
    let gallery = try Tensor.concat(
      [
        base, base.slice(axis: 0, start: 0, stop: 700),
        base.slice(axis: 0, start: 0, stop: 300) * 1.000_000_1,
      ], axis: 0)
    let query = try Tensor.concat(
      [stream(4).normal([150, width], dtype: .f32), base.slice(axis: 0, start: 0, stop: 30)], axis: 0)
    var settings = Retrieval.Settings()
    settings.similarity = similarity
    let found = try NearestNeighbours(made(query, nil), made(gallery, nil), k: k, settings)
    let wide = try NearestNeighbours(
      made(query.cast(to: .f64), nil), made(gallery.cast(to: .f64), nil), k: k, settings)
    let panels = try GalleryPanels(gallery, similarity)
    let expected = try perQuery(panels, query) { _, scores in
      Array((0..<panels.count).sorted { (-scores[$0], $0) < (-scores[$1], $1) }.prefix(k))
    }
    let scores = try (found.scores.doubles(), wide.scores.doubles())
    #expect(zip(scores.0, scores.1).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(try wide.indices.elements(of: Int.self) == expected.flatMap { $0 })
    // Rows that differ by rounding of f32 apart, the f32 route finds the same.
    let same = zip(try found.indices.elements(of: Int.self), expected.flatMap { $0 }).count { $0 == $1 }
    #expect(Double(same) >= 0.99 * Double(query.shape[0] * k), "\(same) of \(query.shape[0] * k)")
  }

  @Test func tiesGoByIndexWhereverARowStands() throws {
    let row = try stream(1).normal([1, 21])
    let gallery = try made(row.tile([37, 1]), (0..<37).map { $0 % 2 })
    for similarity in Similarity.allCases {
      var settings = Retrieval.Settings()
      settings.similarity = similarity
      let found = try NearestNeighbours(made(row, [1]), gallery, k: 37, settings)
      #expect(try found.indices.elements(of: Int.self) == Array(0..<37))
      #expect(try Retrieval(made(row, [1]), gallery, settings).firstRanks == [1])
    }
  }

  @Test func distinctSetsAreNotMasked() throws {
    // Every query's own class sits at its own index: masking by index would find nothing.
    let vectors = try Tensor.eye(4)
    let (query, gallery) = (try made(vectors, [0, 1, 2, 3]), try made(vectors, [0, 1, 2, 3]))
    #expect(try Retrieval(query, gallery).recall(at: 1) == 1)
    let same = try made(vectors, [0, 1, 2, 3], items: "a")
    #expect(throws: NumericsError.self) { try Retrieval(same, same) }
  }

  @Test func stampsFollowTheTrunk() throws {
    let model = try Model.mlp([4, 6, 3], activation: .relu, stream: stream(1))
    let x = try stream(2).normal([9, 4], dtype: .f32)
    let space = try model.embeddingSpace()
    #expect(try model.replacingHead(classes: 7, stream: stream(3)).embeddingSpace() == space)
    #expect(try Model.mlp([4, 6, 3], activation: .tanh, stream: stream(1)).embeddingSpace() != space)
    let file = FileManager.default.temporaryDirectory.appending(
      path: "stamp-\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    let name = FileName(file.path, in: "/")
    try ModelFile.write(model.declaringCompatible(with: ["abc"]), to: name)
    let read = try #require(try ModelFile.model(in: Safetensors.read(name), name))
    #expect(try read.embeddingSpace() == space && read.compatibleSpaces == ["abc"])
    let (a, b) = (try Embeddings(model, x, labels: nil), try Embeddings(read, x, labels: nil))
    #expect(a.hasSameItems(as: b) && a.isComparable(with: b))
    #expect(try !a.selecting([1, 0]).hasSameItems(as: a.selecting([0, 1])))
    #expect(try a.selecting([1, 0]).hasSameItems(as: b.selecting([1, 0])))
  }

  @Test func compatibleTrainingCarriesTheOldStamp() throws {
    let old = try Model.mlp([4, 6, 3], activation: .relu, stream: stream(1))
    let x = try stream(2).normal([30, 4], dtype: .f32)
    let y = try stream(3).randint([30], high: 3)
    func trained(_ loss: any Loss, _ start: Model) throws -> Model {
      try Training.fit(
        start, x: x, y: y, options: TrainingOptions(loss: loss, optimizer: Adam(), epochs: 1, batch: 16),
        stream: stream(5)
      ).model
    }
    let influence = try BackwardCompatibleLoss(.model(old, name: "old"))
    let fresh = try Model.mlp([4, 6, 3], activation: .relu, stream: stream(8))
    let new = try trained(
      WeightedLoss([.init(weight: 1, loss: CrossEntropy()), .init(weight: 0.5, loss: influence)]), fresh)
    #expect(try new.compatibleSpaces == [old.embeddingSpace()])
    let (queries, gallery) = (try Embeddings(new, x, labels: nil), try Embeddings(old, x, labels: nil))
    #expect(queries.isComparable(with: gallery) && gallery.isComparable(with: queries))
    // Training on without the loss moves the space away.
    #expect(try trained(CrossEntropy(), new).compatibleSpaces == [])
    let foreign = try Embeddings(fresh, x, labels: nil)
    let error = #expect(throws: NumericsError.self) { try NearestNeighbours(foreign, gallery, k: 1) }
    #expect(error?.code == "E0430")
  }

  struct BadCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var code: String
    var run: @Sendable () throws -> Void
  }

  static let bad: [BadCase] = [
    BadCase(testDescription: "another width", code: "E0401") {
      _ = try Retrieval(made(Tensor.eye(3), [0, 1, 2]), made(Tensor.eye(4), [0, 1, 2, 3]))
    },
    BadCase(testDescription: "another space", code: "E0430") {
      _ = try Retrieval(made(Tensor.eye(3), [0, 1, 2]), made(Tensor.eye(3), [0, 1, 2], space: "t"))
    },
    BadCase(testDescription: "no labels", code: "E0417") {
      _ = try Retrieval(made(Tensor.eye(3), nil), made(Tensor.eye(3), [0, 1, 2]))
    },
    BadCase(testDescription: "an empty gallery", code: "E0406") {
      _ = try Retrieval(made(Tensor.eye(3), [0, 1, 2]), made(Tensor.zeros([0, 3]), []))
    },
    BadCase(testDescription: "an empty gallery of neighbours", code: "E0406") {
      _ = try NearestNeighbours(made(Tensor.eye(3), nil), made(Tensor.zeros([0, 3]), nil), k: 1)
    },
    BadCase(testDescription: "no query of a class in the gallery", code: "E0406") {
      _ = try Retrieval(made(Tensor.eye(3), [0, 1, 2]), made(Tensor.eye(3), [5, 6, 7]))
    },
    BadCase(testDescription: "k above the gallery", code: "E0406") {
      _ = try NearestNeighbours(made(Tensor.eye(3), nil), made(Tensor.eye(3), nil), k: 4)
    },
    BadCase(testDescription: "k above the others", code: "E0406") {
      let all = try made(Tensor.eye(3), [0, 0, 1], items: "a")
      _ = try Retrieval(all, all).recall(at: 3)
    },
    BadCase(testDescription: "NaN", code: "E0504") {
      _ = try made(Tensor([1, .nan], shape: [1, 2]), nil)
    },
    BadCase(testDescription: "labels of another number", code: "E0401") {
      _ = try made(Tensor.eye(3), [0])
    },
    BadCase(testDescription: "a rate above 1", code: "E0405") {
      _ = try Verification(made(Tensor.eye(3), [0, 0, 1]), made(Tensor.eye(3), [0, 0, 1]), rates: [2])
    },
    BadCase(testDescription: "an order that is none", code: "E0401") {
      let all = try made(Tensor.eye(3), [0, 0, 1])
      _ = try Backfill(queries: all, old: all, new: all, order: [0, 0, 1], steps: 2)
    },
  ]

  @Test(arguments: bad) func badInputIsRefused(_ one: BadCase) throws {
    let error = #expect(throws: NumericsError.self) { try one.run() }
    #expect(error?.code == one.code, "\(error?.message ?? "")")
  }

  @Test func queriesWithoutARightRowAreCountedApart() throws {
    let found = try Retrieval(made(Tensor.eye(3), [0, 1, 9]), made(Tensor.eye(3), [0, 1, 1]))
    #expect(found.unmatched == 1 && found.firstRanks == [0, 0, -1])
    #expect(try found.recall(at: 1) == 1 && found.averagePrecisions[2].isNaN)
  }
}
