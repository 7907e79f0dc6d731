import Testing

@testable import TLXUpdate

@Suite("What an update did, from four counts")
struct FlipCountsTests {
  @Test("the identities of flips hold exactly")
  func identities() {
    for (index, counts) in Self.seeded.enumerated() {
      #expect(counts.newWrong - counts.oldWrong == counts.negativeFlips - counts.positiveFlips, "\(index)")
      // BTC = 1 − NFR / (1 − error_old), over the common denominator.
      #expect(counts.bothRight == counts.oldRight - counts.negativeFlips)
      guard let new = counts.value(.errorNew), let old = counts.value(.errorOld),
        let nfr = counts.value(.nfr),
        let pfr = counts.value(.pfr), let gain = counts.value(.gain)
      else { continue }
      #expect(abs((new - old) - (nfr - pfr)) < 1e-15)
      #expect(abs(gain - (pfr - nfr)) < 1e-15)
      if let btc = counts.value(.btc) { #expect(abs(btc - (1 - nfr / (1 - old))) < 1e-14) }
      if let bec = counts.value(.becNew), let nfi = counts.value(.nfi) {
        #expect(abs(bec - (1 - nfi)) < 1e-15)
      }
    }
  }

  @Test("a rate without a denominator is undefined and says why")
  func undefined() {
    let perfect = FlipCounts(bothRight: 2, positiveFlips: 2)
    #expect(perfect.value(.relativeNFR) == nil)
    #expect(perfect.value(.becNew) == nil)
    #expect(perfect.value(.nfr) == 0)
    #expect(perfect.reasonUndefined(.nfi) == "the new model is wrong on none of the 4 rows")
    let hopeless = FlipCounts(positiveFlips: 1, bothWrong: 1)
    #expect(hopeless.value(.btc) == nil)
    #expect(hopeless.reasonUndefined(.relativeNFR) == "the old model is right on none of the 2 rows")
    for measure in FlipMeasure.allCases {
      #expect(FlipCounts().value(measure) == nil)
      #expect(FlipCounts().reasonUndefined(measure) == "there are no rows")
      #expect((perfect.value(measure) == nil) == (perfect.reasonUndefined(measure) != nil))
    }
  }

  /// Small counts of every kind, zeros among them.
  static let seeded: [FlipCounts] = (0..<400).map { index in
    func digit(_ place: Int) -> Int { (index * 7919 / place) % 5 * (place + index % 11) }
    let wrong = digit(3)
    return FlipCounts(
      bothRight: digit(1), negativeFlips: digit(2), positiveFlips: digit(5), bothWrong: wrong,
      sameWrong: min(wrong, index % 3))
  }
}
