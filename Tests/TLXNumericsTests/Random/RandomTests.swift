import Testing

@testable import TLXNumerics

@Suite struct RandomTests {
  /// Random123 1.14, tests/kat_vectors, the `threefry2x64 20` lines: counter, key, output.
  static let knownAnswers: [[UInt64]] = [
    [0, 0, 0, 0, 0xc2b6_e3a8_c2c6_9865, 0x6f81_ed42_f350_084d],
    [.max, .max, .max, .max, 0xe02c_b7c4_d95d_277a, 0xd066_33d0_893b_8b68],
    [
      0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344, 0xa409_3822_299f_31d0, 0x082e_fa98_ec4e_6c89,
      0x263c_7d30_bb0f_0af1, 0x56be_8361_d331_1526,
    ],
  ]

  @Test(arguments: knownAnswers)
  func threefryGivesThePublishedBlocks(_ line: [UInt64]) {
    let (first, second) = Threefry.block(RandomKey(high: line[2], low: line[3]), low: line[0], high: line[1])
    #expect([first, second] == [line[4], line[5]])
  }

  @Test func eightLanesAreEightBlocks() {
    let key = RandomKey(high: 5, low: 77)
    let (first, second) = Threefry.blocks(key, low: 1000)
    for lane in 0..<8 {
      let block = Threefry.block(key, low: 1000 + UInt64(lane), high: 0)
      #expect(block.0 == first[lane] && block.1 == second[lane])
    }
  }

  @Test func sameKeySameNumbersAndDrawsDoNotOverlap() throws {
    let first = RandomStream(key: RandomKey(seed: 7))
    let second = RandomStream(key: RandomKey(seed: 7))
    let a = try first.uniform([100])
    #expect(try a.doubles() == second.uniform([100]).doubles())
    #expect(try a.doubles() != first.uniform([100]).doubles())
    // A prefix of a longer draw is the shorter draw.
    let long = try RandomStream(key: RandomKey(seed: 7)).normal([50])
    let short = try RandomStream(key: RandomKey(seed: 7)).normal([19])
    #expect(try Array(long.doubles().prefix(19)) == short.doubles())
    // Single draws are the same words.
    let single = RandomStream(key: RandomKey(seed: 7))
    #expect(try (0..<40).map { _ in single.nextUniform() } == Array(a.doubles().prefix(40)))
  }

  @Test func derivedKeysFollowPaths() {
    let key = RandomKey(seed: 1)
    #expect(key.derived(from: [3, 4]) == key.derived(from: [3]).derived(from: [4]))
    let keys: [RandomKey] = [
      key, key.derived(from: [0]), key.derived(from: [1]), key.derived(from: [0, 0]), key.derived(from: ""),
      key.derived(from: "a"), key.derived(from: "a\0"), key.derived(from: "abcdefgh"),
      key.derived(from: "abcdefghi"),
      RandomKey(seed: 2),
    ]
    #expect(Set(keys).count == keys.count)
  }

  /// scipy 1.17.1, scipy.stats.norm.ppf.
  static let quantiles: [(Double, Double)] = [
    (1e-300, -37.0470962993612), (1e-100, -21.273453560965322), (1e-20, -9.262340089798409),
    (1e-10, -6.361340902404056), (1e-05, -4.264890793922825), (0.001, -3.090232306167813),
    (0.0749, -1.4402382675279635), (0.0751, -1.4388253927525403), (0.25, -0.6744897501960817), (0.5, 0),
    (0.6, 0.2533471031357997), (0.925, 1.4395314709384563), (0.99, 2.3263478740408408),
    (0.999999, 4.753424308817087),
  ]

  @Test(arguments: quantiles)
  func quantilesAgreeWithScipy(_ p: Double, _ z: Double) {
    #expect(abs(NormalDistribution.quantile(p) - z) <= 2e-15 * max(1, abs(z)))
  }

  @Test func momentsAreRight() throws {
    let stream = RandomStream(key: RandomKey(seed: 3))
    let count = 200_000
    for dtype in [DType.f64, .f32] {
      let u = try stream.uniform([count], low: -1, high: 3, dtype: dtype).doubles()
      #expect(u.allSatisfy { $0 >= -1 && $0 < 3 })
      expectMean(u, 1, deviation: 4 / 12.0.squareRoot())
      let z = try stream.normal([count], mean: 2, std: 3, dtype: dtype).doubles()
      expectMean(z, 2, deviation: 3)
      expectMean(z.map { ($0 - 2) * ($0 - 2) }, 9, deviation: 9 * 2.0.squareRoot())
      expectMean(z.map { $0 > 2 + 3 * 1.959963984540054 ? 1 : 0 }, 0.025, deviation: 0.157)
    }
    let k = try stream.randint([count], low: -2, high: 5).doubles()
    for value in -2..<5 { expectMean(k.map { $0 == Double(value) ? 1 : 0 }, 1 / 7, deviation: 0.35) }
    let b = try stream.bernoulli([count], probability: 0.3).doubles()
    expectMean(b, 0.3, deviation: 0.46)
    let c = try stream.categorical(Tensor([0.5, 0, 0.2, 0.3]), shape: [count]).doubles()
    for (index, p) in [0.5, 0, 0.2, 0.3].enumerated() {
      expectMean(c.map { $0 == Double(index) ? 1 : 0 }, p, deviation: 0.5)
    }
    #expect(!c.contains(1))
  }

  private func expectMean(_ values: [Double], _ mean: Double, deviation: Double) {
    let actual = values.reduce(0, +) / Double(values.count)
    #expect(abs(actual - mean) < 4.5 * deviation / Double(values.count).squareRoot())
  }

  @Test func permutationsAndChoices() throws {
    let stream = RandomStream(key: RandomKey(seed: 9))
    #expect(try stream.permutation(1000).sorted() == Array(0..<1000))
    for (count, size) in [(10, 10), (1000, 5), (1000, 900), (5, 0)] {
      let chosen = try stream.choice(count, size: size, replacing: false)
      #expect(
        chosen.count == size && Set(chosen).count == size && chosen.allSatisfy { (0..<count).contains($0) })
    }
    // Each of the 24 orders of 4 equally often: chi-square with 23 degrees of freedom, 99.99 % at 56.
    var counts: [[Int]: Int] = [:]
    for _ in 0..<24_000 { counts[try stream.permutation(4), default: 0] += 1 }
    let statistic = counts.values.reduce(0.0) { $0 + Double(($1 - 1000) * ($1 - 1000)) / 1000 }
    #expect(counts.count == 24 && statistic < 56)
    let weighted = try stream.choice(3, size: 3, replacing: false, weights: [1, 0.001, 1e6])
    #expect(Set(weighted) == [0, 1, 2])
    #expect(try stream.choice(3, size: 50, weights: [0, 1, 0]) == Array(repeating: 1, count: 50))
    let rows = try Tensor([1, 2, 3, 4, 5, 6].map(Double.init), shape: [3, 2])
    let shuffled = try stream.shuffled(rows).doubles()
    #expect(shuffled.sorted() == [1, 2, 3, 4, 5, 6])
    #expect((0..<3).allSatisfy { shuffled[2 * $0] + 1 == shuffled[2 * $0 + 1] })
  }

  @Test func largeBoundsAreUnbiased() throws {
    // With 2⁶³ · 4/3 values a plain multiply-high would favour some residues by 2:1.
    let stream = RandomStream(key: RandomKey(seed: 12))
    let values = try stream.randint([30_000], low: Int.min, high: 1 << 61).elements(of: Int.self)
    expectMean(values.map { $0 < Int.min + (5 << 60) ? 1 : 0 }, 0.5, deviation: 0.5)
  }

  @Test func wrongArgumentsAreNamed() throws {
    let stream = RandomStream(key: RandomKey(seed: 0))
    let calls: [() throws -> Void] = [
      { _ = try stream.uniform([2], low: 2, high: 1) }, { _ = try stream.normal([2], std: -1) },
      { _ = try stream.randint([2], low: 3, high: 3) }, { _ = try stream.bernoulli([2], probability: 1.5) },
      { _ = try stream.categorical(Tensor([0.5, 0.4])) },
      { _ = try stream.choice(3, size: 4, replacing: false) },
      { _ = try stream.choice(2, size: 2, replacing: false, weights: [1, 0]) },
    ]
    for call in calls {
      do {
        try call()
        Issue.record("nothing was thrown")
      } catch let error as NumericsError { #expect(error.code == "E0505") }
    }
  }
}
