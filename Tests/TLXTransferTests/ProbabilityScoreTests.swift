import Foundation
import TLXNumerics
import Testing

@testable import TLXTransfer

@Suite struct ProbabilityScoreTests {
  @Test(arguments: Vectors.names) func agreeWithTheReference(_ name: String) throws {
    let set = try Vectors(name)
    let leep = try LEEP(set.theta, set.labels)
    try set.expect(leep.value, "leep")
    try set.expect(leep.entropy, "label_entropy")
    try set.expect(leep.gain, "leep_plus_entropy")
    try set.expect(leep.softNCE, "soft_nce")
    try set.expect(LEEP(narrowed(set.theta), set.labels).value, "leep_float32_inputs")
    try set.expect(
      LEEP.refined(set.theta, TargetLabels(set.labels), steps: 201), "leep_em200", tolerance: 1e-9)
    let width = set.theta.shape[1]
    let rows = try set.theta.doubles()
    let z = (0..<set.theta.shape[0]).map { row in
      (0..<width).max { rows[row * width + $0] < rows[row * width + $1] } ?? 0
    }
    try set.expect(NCE(Tensor(z), set.labels).value, "nce_argmax")
  }

  struct Case: Sendable {
    var rows, sources, classes: Int
    var scale: Double
  }

  static let cases = (0..<60).map { index in
    Case(
      rows: [1, 3, 10, 57, 300][index % 5], sources: [1, 2, 7, 8, 9, 33][index % 6], classes: 1 + index % 4,
      scale: [0.1, 1, 4][index % 3])
  }

  /// −H(Y) ≤ soft NCE ≤ LEEP ≤ 0, and the value by the definition.
  @Test func boundsHoldOnRandomInput() throws {
    let stream = RandomStream(key: RandomKey(seed: 21))
    for test in Self.cases {
      let theta = try randomDistributions(test.rows, test.sources, scale: test.scale, stream)
      let y = try stream.randint([test.rows], high: test.classes)
      let leep = try LEEP(theta, y)
      let slack = 1e-12
      #expect(-leep.entropy <= leep.softNCE + slack && leep.softNCE <= leep.value + slack && leep.value <= 0)
      #expect(abs(leep.value - plainLEEP(try theta.doubles(), try y.elements(of: Int.self), test)) < 1e-12)
      let single = try LEEP(narrowed(theta), y)
      #expect(abs(single.value - leep.value) < 1e-6)
      let refined = try LEEP.refined(theta, TargetLabels(y), steps: 20)
      #expect(refined >= leep.value - slack && refined <= 0)
      #expect(try abs(LEEP.refined(theta, TargetLabels(y), steps: 1) - leep.value) < slack)
    }
  }

  private func plainLEEP(_ theta: [Double], _ y: [Int], _ test: Case) -> Double {
    let s = test.sources
    var joint = [Double](repeating: 0, count: test.classes * s)
    for (row, label) in y.enumerated() { for z in 0..<s { joint[label * s + z] += theta[row * s + z] } }
    let mass = (0..<s).map { z in (0..<test.classes).reduce(0.0) { $0 + joint[$1 * s + z] } }
    return y.enumerated().reduce(0.0) { total, item in
      total
        + log(
          (0..<s).reduce(0.0) { $0 + joint[item.element * s + $1] / mass[$1] * theta[item.offset * s + $1] })
    } / Double(y.count)
  }

  @Test func specialSources() throws {
    let stream = RandomStream(key: RandomKey(seed: 4))
    let y = try stream.randint([500], high: 5)
    let constant = try Tensor([Double](repeating: 0.125, count: 500 * 8), shape: [500, 8])
    let uninformed = try LEEP(constant, y)
    #expect(abs(uninformed.value + uninformed.entropy) < 1e-13 && abs(uninformed.gain) < 1e-13)
    // A one-hot source is NCE, and its unused classes are dead.
    let z = try stream.randint([500], high: 3).elements(of: Int.self)
    var oneHot = [Float](repeating: 0, count: 500 * 10)
    for (row, source) in z.enumerated() { oneHot[row * 10 + source * 2] = 1 }
    let leep = try LEEP(Tensor(oneHot, shape: [500, 10]), y)
    let nce = try NCE(Tensor(z), y)
    #expect(abs(leep.value - nce.value) < 1e-13 && leep.deadSourceClasses == 7 && nce.sourceClasses == 3)
    // One target class.
    let single = try LEEP(constant, Tensor([Int](repeating: 4, count: 500)))
    #expect(single.value == 0 && single.entropy == 0 && single.classes == 1)
  }

  @Test func labelGapsAndSourceOrderDoNotMatter() throws {
    let set = try Vectors("iris")
    let y = try set.labels.elements(of: Int.self)
    let value = try LEEP(set.theta, set.labels).value
    for rename in [[0, 1, 5], [7, 2, 1_000_000_000]] {
      let renamed = try LEEP(set.theta, Tensor(y.map { rename[$0] }))
      #expect(abs(renamed.value - value) < 1e-14 && renamed.classes == 3)
    }
    let s = set.theta.shape[1]
    let rows = try set.theta.doubles()
    let mirrored = rows.indices.map { rows[$0 / s * s + (s - 1 - $0 % s)] }
    #expect(try abs(LEEP(Tensor(mirrored, shape: set.theta.shape), set.labels).value - value) < 1e-14)
  }

  @Test func blocksAndThreadsGiveTheWhole() throws {
    let stream = RandomStream(key: RandomKey(seed: 8))
    let (rows, width) = (20_000, 37)
    let theta = try narrowed(randomDistributions(rows, width, scale: 2, stream))
    let y = try stream.randint([rows], high: 11)
    let whole = try LEEP(theta, y)
    let threads = Parallel.threadCount
    Parallel.threadCount = 1
    #expect(try LEEP(theta, y) == whole)
    Parallel.threadCount = threads
    // In blocks, as they come from a file too large for memory.
    let labels = try TargetLabels(y)
    let (elements, numbers) = (try theta.elements(of: Float.self), try y.elements(of: Int.self))
    let blocks = try [0..<7, 7..<9000, 9000..<rows].map { block in
      (
        try Tensor(
          Array(elements[block.lowerBound * width..<block.upperBound * width]), shape: [block.count, width]),
        Array(numbers[block])
      )
    }
    var joint = JointDistribution(classCount: 11, sourceCount: width)
    for (theta, y) in blocks {
      var part = JointDistribution(classCount: 11, sourceCount: width)
      try part.add(theta, TargetLabels(classes: y, classCount: 11))
      try joint.merge(part)
    }
    let head = joint.conditional()
    let likelihood = try blocks.reduce(0.0) {
      $0 + (try head.logLikelihood($1.0, TargetLabels(classes: $1.1, classCount: 11)))
    }
    let streamed = LEEP(joint, labels, likelihood: likelihood)
    #expect(abs(streamed.value - whole.value) < 1e-13 && abs(streamed.softNCE - whole.softNCE) < 1e-13)
  }

  struct Wrong: Sendable, CustomStringConvertible {
    var theta: [Double]
    var shape: [Int]
    var y: [Int]
    var code: String
    var text: String
    var description: String { text }
  }

  static let wrong: [Wrong] = [
    Wrong(theta: [0.5, 0.5], shape: [1, 2], y: [], code: "E0406", text: "y is empty"),
    Wrong(
      theta: [0.5, 0.5, 2, 3], shape: [2, 2], y: [0, 1], code: "E0505", text: "row 1 of theta sums to 5.0"),
    Wrong(
      theta: [0.5, 0.5, 1.5, -0.5], shape: [2, 2], y: [0, 1], code: "E0505", text: "theta[1, 1] is -0.5"),
    Wrong(
      theta: [0.5, 0.5, 0, 0], shape: [2, 2], y: [0, 1], code: "E0505", text: "row 1 of theta sums to 0.0"),
    Wrong(theta: [0.5, .nan, 0, 1], shape: [2, 2], y: [0, 1], code: "E0504", text: "theta[0, 1] is nan"),
    Wrong(theta: [0.5, 0.5], shape: [1, 2], y: [-1], code: "E0505", text: "y[0] is -1"),
    Wrong(theta: [0.5, 0.5], shape: [1, 2], y: [0, 1], code: "E0401", text: "there are 2 labels"),
    Wrong(theta: [0.5, 0.5], shape: [2], y: [0, 1], code: "E0401", text: "must be a matrix"),
  ]

  @Test(arguments: wrong) func wrongInputIsNamed(_ wrong: Wrong) throws {
    let theta = try Tensor(wrong.theta, shape: Shape(wrong.shape))
    let error = #expect(throws: NumericsError.self) { try LEEP(theta, Tensor(wrong.y)) }
    #expect(
      error?.code == wrong.code && error?.message.contains(wrong.text) == true, "\(error?.message ?? "")")
    let swapped = #expect(throws: NumericsError.self) {
      try LEEP(Tensor([0, 1]), Tensor([0.5, 0.5, 1, 0], shape: [2, 2]))
    }
    #expect(swapped?.help?.contains("come first") == true)
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["TLX_SLOW"] != nil))
  func speed() throws {
    let (rows, width) = (1_000_000, 1000)
    let stream = RandomStream(key: RandomKey(seed: 1))
    let block = try stream.uniform([1000 * width], dtype: .f32).elements(of: Float.self)
    let theta = try Tensor(shape: [rows, width], of: Float.self) { buffer in
      for row in 0..<rows {
        let from = row % 1000 * width
        let total = block[from..<from + width].reduce(0, +)
        for column in 0..<width { buffer[row * width + column] = block[from + column] / total }
      }
    }
    let y = try stream.randint([rows], high: 100)
    for _ in 0..<3 {
      let clock = ContinuousClock()
      var value = 0.0
      let time = try clock.measure { value = try LEEP(theta, y).value }
      print("LEEP of 1e6 × 1000 f32, 100 classes: \(value) in \(time)")
    }
  }
}
