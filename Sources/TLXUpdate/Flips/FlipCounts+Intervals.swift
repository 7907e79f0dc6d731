import TLXLearning
import TLXNumerics

extension FlipCounts {
  /// The interval of a measure at a level: Wilson's for a share, `gainInterval` for the gain; nil where the measure is
  /// undefined, and for the relative NFR, which is no share of anything.
  public func interval(_ measure: FlipMeasure, level: Double) throws -> (low: Double, high: Double)? {
    if measure == .gain { return rows > 0 ? try gainInterval(level: level) : nil }
    guard let (above, below) = share(measure), below > 0 else { return nil }
    return try wilsonInterval(successes: above, of: below, level: level)
  }

  /// An interval of `error_old − error_new`, the difference of two proportions of the same rows, that uses how often the
  /// two models are right together: Newcombe's tenth method, which squares and adds Wilson's intervals and corrects for
  /// the correlation φ of the pairs. Unlike the normal approximation it stays within ±1 and has width at 0 flips.
  ///
  /// Newcombe, "Improved confidence intervals for the difference between binomial proportions based on paired data",
  /// Statistics in Medicine 17, 1998. Throws E0505 for no rows.
  public func gainInterval(level: Double) throws -> (low: Double, high: Double) {
    let n = Double(rows)
    let new = try wilsonInterval(successes: newRight, of: rows, level: level)
    let old = try wilsonInterval(successes: oldRight, of: rows, level: level)
    let (pNew, pOld) = (Double(newRight) / n, Double(oldRight) / n)
    let phi = correlation
    let difference = Double(positiveFlips - negativeFlips) / n
    func reach(_ a: Double, _ b: Double) -> Double { max(0, a * a - 2 * phi * a * b + b * b).squareRoot() }
    return (
      difference - reach(pNew - new.low, old.high - pOld), difference + reach(new.high - pNew, pOld - old.low)
    )
  }

  /// φ of the four-fold table, with Newcombe's continuity correction where it is positive; 0 where a margin is empty.
  private var correlation: Double {
    let margins = Double(oldRight) * Double(oldWrong) * Double(newRight) * Double(newWrong)
    guard margins > 0 else { return 0 }
    let crossed = Double(bothRight) * Double(bothWrong) - Double(positiveFlips) * Double(negativeFlips)
    let corrected = crossed > 0 ? max(crossed - Double(rows) / 2, 0) : crossed
    return corrected / margins.squareRoot()
  }
}
