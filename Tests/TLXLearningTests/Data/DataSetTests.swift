import Foundation
import TLXLearning
import TLXNumerics
import Testing

@Suite struct DataSetTests {
  static func stream() -> RandomStream { RandomStream(key: RandomKey(seed: 7)) }

  static let bundled: [(name: String, rows: Int, width: Int, counts: [Int])] = [
    ("digits", 1797, 64, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]), ("iris", 150, 4, [50, 50, 50]),
    ("wine", 178, 13, [59, 71, 48]), ("cancer", 569, 30, [212, 357]),
    ("mnist2k", 2000, 784, [Int](repeating: 200, count: 10)),
    ("fashion2k", 2000, 784, [Int](repeating: 200, count: 10)),
  ]

  @Test(arguments: bundled) func bundledSets(_ set: (name: String, rows: Int, width: Int, counts: [Int]))
    throws
  {
    let data = try DataSets.load(set.name)
    #expect(data.x.typeDescription == "f32[\(set.rows), \(set.width)]")
    #expect(data.y.typeDescription == "i64[\(set.rows)]")
    #expect(try data.classCounts() == set.counts)
    #expect(!data.licence.isEmpty && !data.origin.isEmpty)
    if data.imageShape != nil {
      let pixels = try data.x.elements(of: Float.self)
      #expect(pixels.min() == 0 && pixels.max() == 1)
      #expect(try data.images()?.shape.rank == 3)
    } else {
      #expect(data.features.count == set.width)
    }
  }

  @Test func knownValues() throws {
    let digits = try DataSets.load("digits")
    let row = try digits.x.rows([0]).elements(of: Float.self)
    #expect(Array(row[0..<8]) == [0, 0, 5, 13, 9, 1, 0, 0].map { $0 / 16 })
    #expect(try DataSets.load("iris").x.rows([149]).elements(of: Float.self) == [5.9, 3.0, 5.1, 1.8])
  }

  @Test func missingSetsSayWhatThereIs() throws {
    #expect(
      outcome { try DataSets.load("mnits") }
        == "E0610 there is no data set \"mnits\"; there are digits, iris, wine, cancer, mnist2k, fashion2k, rephrase, fashion"
    )
    let folder = try DataFolder()
    #expect(outcome { try DataSets.load("digits", from: folder.path) }.hasPrefix("E0601"))
    let error = #expect(throws: NumericsError.self) { try DataSets.load("fashion", from: folder.path) }
    #expect(error?.code == "E0611")
    #expect(error?.help?.hasPrefix("apt install dataset-fashion-mnist") == true)
  }

  @Test func damagedSets() throws {
    let folder = try DataFolder()
    let manifest = try DataManifest.find()
    let text = try String(contentsOfFile: manifest.folder + "/MANIFEST.tsv", encoding: .utf8)
    _ = try folder.write("MANIFEST.tsv", text)
    try FileManager.default.createDirectory(atPath: folder.path + "/iris", withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: manifest.folder + "/wine/x.npy", toPath: folder.path + "/iris/x.npy")
    #expect(outcome { try DataSets.load("iris", from: folder.path) }.hasPrefix("E0611"))
    _ = try folder.write("MANIFEST.tsv", "name\trows\niris\t1\n")
    #expect(outcome { try DataSets.all(from: folder.path) }.hasPrefix("E0611"))
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/share/datasets/fashion-mnist")))
  func wholeFashion() throws {
    let data = try DataSets.load("fashion", part: .test)
    #expect(data.x.typeDescription == "f32[10000, 784]")
    #expect(try data.classCounts() == [Int](repeating: 1000, count: 10))
  }

  @Test(arguments: [(0.15, 0.2), (0.33, 0.33), (0.5, 0.01), (0.1, 0.1)])
  func splitsAreExact(_ fractions: (Double, Double)) throws {
    let labels = try DataSets.load("digits").labels()
    let count = labels.count
    for strata in [nil, labels] {
      let parts = try Partition.rows(
        count, parts: [("valid", .fraction(fractions.0)), ("test", .fraction(fractions.1))], labels: strata,
        stream: Self.stream())
      #expect(parts.flatMap { $0 }.sorted() == Array(0..<count))
      for (part, fraction) in zip(parts.dropFirst(), [fractions.0, fractions.1]) {
        #expect(abs(Double(part.count) - fraction * Double(count)) < 1)
        guard strata != nil else { continue }
        for label in 0..<10 {
          let share = Double(part.count) / Double(count) * Double(labels.count { $0 == label })
          #expect(abs(Double(part.count { labels[$0] == label }) - share) < 1)
        }
      }
    }
  }

  /// Rows and columns of an allocation add up exactly, whatever the sizes.
  @Test func allocationsAddUp() throws {
    let stream = Self.stream()
    for _ in 0..<300 {
      let labels = (0..<(20 + stream.nextInt(below: 200))).map { _ in
        min(stream.nextInt(below: 12), stream.nextInt(below: 12))
      }
      let size = stream.nextInt(below: labels.count + 1)
      let chosen = try Partition.sample(labels.count, size: size, labels: labels, stream: stream)
      #expect(chosen.count == size && Set(chosen).count == size)
      for label in 0..<12 {
        let members = labels.count { $0 == label }
        let share = Double(members * size) / Double(labels.count)
        #expect(abs(Double(chosen.count { labels[$0] == label }) - share) < 1 + 1e-9)
      }
    }
  }

  static let impossible:
    [(parts: [(name: String, amount: Partition.Amount)], labels: [Int]?, error: String)] = [
      (
        [("test", .fraction(1.5))], nil,
        "E0612 test must be a fraction between 0 and 1 or a number of rows, not 1.5"
      ),
      ([("test", .rows(10))], nil, "E0612 test cannot have 10 of 10 rows"),
      (
        [("valid", .fraction(0.5)), ("test", .fraction(0.5))], nil,
        "E0612 valid and test take all 10 rows: none are left for train"
      ),
      ([("test", .fraction(0.01))], nil, "E0612 test would be empty: there are only 10 rows"),
      (
        [("test", .fraction(0.3))], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        "E0613 class 1 has 1 row, too few for 2 parts"
      ),
    ]

  @Test(arguments: impossible)
  func impossibleSplits(
    _ sample: (parts: [(name: String, amount: Partition.Amount)], labels: [Int]?, error: String)
  ) {
    #expect(
      outcome { try Partition.rows(10, parts: sample.parts, labels: sample.labels, stream: Self.stream()) }
        == sample.error)
  }

  @Test func choosing() throws {
    let data = try DataSets.load("digits")
    let pair = try data.keeping(classes: ["7", "1"])
    #expect(pair.classes == ["7", "1"])
    #expect(try pair.classCounts() == [179, 182])
    #expect(outcome { try data.keeping(classes: ["x"]) }.hasPrefix("E0610 digits has no class \"x\""))
    let sample = try data.sample(100, stratify: true, stream: Self.stream())
    #expect(try sample.classCounts() == [10, 10, 10, 10, 10, 10, 10, 10, 10, 10])
    #expect(
      outcome { try data.sample(1798, stratify: false, stream: Self.stream()) }
        == "E0612 cannot take 1798 of 1797 rows")
  }

  @Test(arguments: [0, 0.3, 1]) func labelNoise(_ fraction: Double) throws {
    let data = try DataSets.load("digits")
    let noisy = try data.corruptingLabels(fraction: fraction, stream: Self.stream())
    let (before, after) = (try data.labels(), try noisy.labels())
    #expect(zip(before, after).count { $0 != $1 } == Int((fraction * 1797).rounded()))
    #expect(after.allSatisfy { (0..<10).contains($0) })
    #expect(outcome { try data.corruptingLabels(fraction: 1.1, stream: Self.stream()) }.hasPrefix("E0612"))
  }

  @Test func standardizing() throws {
    let x = try Tensor([1.0, 5, 2, 5, 3, 5], shape: [3, 2])
    let standardize = try Standardization(of: x)
    #expect(standardize.mean == [2, 5] && standardize.scale[1] == 1)
    let z = try standardize(x).doubles()
    #expect(abs(z[0] + 1.5.squareRoot()) < 1e-15 && z[2] == 0 && z[1] == 0 && z[5] == 0)
    #expect(outcome { try Standardization(of: Tensor([.nan, 1.0], shape: [2, 1])) }.hasPrefix("E0504"))
    #expect(outcome { try standardize(Tensor([1.0], shape: [1, 1])) }.hasPrefix("E0614"))
    let wine = try DataSets.load("wine").x
    let scaled = try Standardization(of: wine)(wine)
    let again = try Standardization(of: scaled)
    #expect(again.mean.allSatisfy { abs($0) < 1e-6 } && again.scale.allSatisfy { abs($0 - 1) < 1e-6 })
  }

  @Test func ownDataSets() throws {
    let x = try Tensor([Float](repeating: 0, count: 8), shape: [2, 2, 2])
    let data = try DataSet(name: "mine", x: x, y: Tensor([0, 2]))
    #expect(data.classes == ["0", "1", "2"] && data.imageShape == .init(height: 2, width: 2))
    #expect(data.x.shape == [2, 4])
    #expect(
      outcome { try DataSet(name: "mine", x: x, y: Tensor([0, 3]), classes: ["a", "b"]) }
        == "E0614 label 3 in row 1 is no class number: there are 2 classes")
    #expect(
      outcome { try DataSet(name: "mine", x: x, y: Tensor([0])) } == "E0614 x has 2 rows, but y has 1 labels")
  }

  @Test func batches() throws {
    #expect(try Batches.rows(5, size: 2, stream: nil) == [[0, 1], [2, 3], [4]])
    #expect(try Batches.rows(5, size: 2, stream: Self.stream()).flatMap { $0 }.sorted() == [0, 1, 2, 3, 4])
    #expect(outcome { try Batches.rows(5, size: 0, stream: nil) }.hasPrefix("E0612"))
  }
}
