/// A rate that tells what an update did. Each is a ratio of counts, and undefined where its denominator is 0.
public enum FlipMeasure: String, Sendable, CaseIterable {
  /// Wrong rows / rows, of each model.
  case errorOld = "error_old"
  case errorNew = "error_new"
  /// What the update gains: error_old − error_new = PFR − NFR.
  case gain
  /// Negative flips / rows (Yan et al. 2021, equation 3).
  case nfr
  /// Positive flips / rows.
  case pfr
  /// NFR / ((1 − error_old) · error_new): 1 if the two models' errors were independent (Yan et al. 2021, equation 4).
  case relativeNFR = "relative_nfr"
  /// Negative flips / the new model's errors: the share of its errors that are new (Xie et al., ACL 2021).
  case nfi
  /// Positive flips / what the new model has right.
  case pfi
  /// Rows whose label changed / rows: needs no labels (Milani Fard et al., NIPS 2016).
  case churn
  /// Backward trust compatibility: both right / old right (Bansal et al., AAAI 2019, equation 1).
  case btc
  /// Backward error compatibility as published: both wrong / NEW wrong = 1 − NFI (Srivastava et al., KDD 2020).
  case becNew = "bec_new_errors"
  /// The other number of that name, which Microsoft's library computes: both wrong / OLD wrong.
  case becOld = "bec_old_errors"
  /// The share of the old model's errors that the new one repeats with the same wrong label.
  case copied
}

extension FlipCounts {
  /// The value of a measure; nil where it is undefined.
  public func value(_ measure: FlipMeasure) -> Double? {
    let (numerator, denominator) = fraction(measure)
    guard denominator != 0 else { return nil }
    return numerator / denominator
  }

  /// Why a measure is undefined; nil where it is defined.
  public func reasonUndefined(_ measure: FlipMeasure) -> String? {
    guard fraction(measure).denominator == 0 else { return nil }
    if rows == 0 { return "there are no rows" }
    return switch measure {
    case .btc: "the old model is right on none of the \(rows) rows"
    case .nfi, .becNew: "the new model is wrong on none of the \(rows) rows"
    case .pfi: "the new model is right on none of the \(rows) rows"
    case .becOld, .copied: "the old model is wrong on none of the \(rows) rows"
    case .relativeNFR:
      oldRight == 0
        ? "the old model is right on none of the \(rows) rows"
        : "the new model is wrong on none of the \(rows) rows"
    case .errorOld, .errorNew, .gain, .nfr, .pfr, .churn: "there are no rows"
    }
  }

  private func fraction(_ measure: FlipMeasure) -> (numerator: Double, denominator: Double) {
    if measure == .relativeNFR {
      // n⁻ / n over (right / n) (wrong / n), without dividing twice.
      return (Double(negativeFlips) * Double(rows), Double(oldRight) * Double(newWrong))
    }
    let (above, below) = countFraction(measure)
    return (Double(above), Double(below))
  }

  private func countFraction(_ measure: FlipMeasure) -> (Int, Int) {
    switch measure {
    case .errorOld: (oldWrong, rows)
    case .errorNew: (newWrong, rows)
    case .gain: (positiveFlips - negativeFlips, rows)
    case .nfr, .relativeNFR: (negativeFlips, rows)
    case .pfr: (positiveFlips, rows)
    case .nfi: (negativeFlips, newWrong)
    case .pfi: (positiveFlips, newRight)
    case .churn: (changed, rows)
    case .btc: (bothRight, oldRight)
    case .becNew: (bothWrong, newWrong)
    case .becOld: (bothWrong, oldWrong)
    case .copied: (sameWrong, oldWrong)
    }
  }
}
