/// What an update did to the rows of a labelled set: the four outcomes that all rates of an update follow from.
///
/// A *negative flip* is a row that the old model had right and the new one has wrong, a *positive flip* the reverse
/// (Yan et al., CVPR 2021, section 3).
public struct FlipCounts: Sendable, Equatable {
  public var bothRight: Int
  public var negativeFlips: Int
  public var positiveFlips: Int
  public var bothWrong: Int
  /// Of the rows that both have wrong, those with one and the same wrong label.
  public var sameWrong: Int

  public init(
    bothRight: Int = 0, negativeFlips: Int = 0, positiveFlips: Int = 0, bothWrong: Int = 0, sameWrong: Int = 0
  ) {
    self.bothRight = bothRight
    self.negativeFlips = negativeFlips
    self.positiveFlips = positiveFlips
    self.bothWrong = bothWrong
    self.sameWrong = sameWrong
  }

  public var rows: Int { bothRight + negativeFlips + positiveFlips + bothWrong }
  public var oldRight: Int { bothRight + negativeFlips }
  public var newRight: Int { bothRight + positiveFlips }
  public var oldWrong: Int { positiveFlips + bothWrong }
  public var newWrong: Int { negativeFlips + bothWrong }
  /// Rows whose label changed, whether or not either label is right.
  public var changed: Int { negativeFlips + positiveFlips + bothWrong - sameWrong }

  public static func + (first: FlipCounts, second: FlipCounts) -> FlipCounts {
    FlipCounts(
      bothRight: first.bothRight + second.bothRight,
      negativeFlips: first.negativeFlips + second.negativeFlips,
      positiveFlips: first.positiveFlips + second.positiveFlips,
      bothWrong: first.bothWrong + second.bothWrong,
      sameWrong: first.sameWrong + second.sameWrong)
  }
}
