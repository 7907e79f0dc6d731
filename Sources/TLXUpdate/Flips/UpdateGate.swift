import TLXLearning
import TLXNumerics

/// Whether an update may be shipped: judged by the bounds of intervals, not by point estimates, so that a small test set
/// does not pass what it cannot show.
public struct UpdateGate: Sendable {
  /// The NFR may be at most this, with confidence.
  public var maxNFR: Double?
  /// The error must fall by at least this, with confidence.
  public var minGain: Double?
  /// The coverage of the two-sided intervals.
  public var level: Double

  /// Throws E0405 without any condition, E0505 for one that no update could meet or fail.
  public init(maxNFR: Double?, minGain: Double?, level: Double = 0.95) throws {
    guard maxNFR != nil || minGain != nil else {
      throw NumericsError(
        "E0405", "a gate needs max_nfr or min_gain", help: "gate(report, max_nfr=0.02, min_gain=0)")
    }
    if let maxNFR, !(maxNFR >= 0 && maxNFR <= 1) {
      throw NumericsError(
        "E0505", "max_nfr is a share of rows between 0 and 1, not \(text(maxNFR))", help: "2 % is 0.02")
    }
    if let minGain, !(minGain >= -1 && minGain <= 1) {
      throw NumericsError(
        "E0505", "min_gain is a difference of shares between −1 and 1, not \(text(minGain))",
        help: "2 % is 0.02")
    }
    guard level > 0, level < 1 else {
      throw NumericsError("E0505", "level lies between 0 and 1, not at \(text(level))", help: "95 % is 0.95")
    }
    self.maxNFR = maxNFR
    self.minGain = minGain
    self.level = level
  }

  public struct Verdict: Sendable, Equatable {
    /// `all`, or the slice.
    public var slice: String
    public var rows: Int
    public var nfr: Double
    /// The upper bound of the NFR's Wilson interval.
    public var nfrBound: Double
    public var gain: Double
    /// The lower bound of the gain's interval.
    public var gainBound: Double
    /// Why it fails; empty where it passes.
    public var reasons: [String]
    public var passed: Bool { reasons.isEmpty }
  }

  /// Throws E0406 for no rows.
  public func verdict(_ counts: FlipCounts, slice: String = "all") throws -> Verdict {
    guard let nfr = counts.value(.nfr), let gain = counts.value(.gain),
      let nfrInterval = try counts.interval(.nfr, level: level),
      let gainInterval = try counts.interval(.gain, level: level)
    else { throw NumericsError("E0406", "gate: there are no rows in “\(slice)”") }
    var reasons: [String] = []
    if let maxNFR, nfrInterval.high > maxNFR {
      reasons.append(
        "NFR \(percent(nfr)) may be as high as \(percent(nfrInterval.high)), above max_nfr \(percent(maxNFR))"
      )
    }
    if let minGain, gainInterval.low < minGain {
      reasons.append(
        "gain \(percent(gain)) may be as low as \(percent(gainInterval.low)), below min_gain \(percent(minGain))"
      )
    }
    return Verdict(
      slice: slice, rows: counts.rows, nfr: nfr, nfrBound: nfrInterval.high, gain: gain,
      gainBound: gainInterval.low, reasons: reasons)
  }
}

/// `7.90 %`
public func percent(_ share: Double) -> String {
  let hundredths = (share * 10_000).rounded()
  guard hundredths.isFinite, abs(hundredths) < 1e15 else { return "\(share)" }
  let whole = Int(hundredths.magnitude)
  let decimals = whole % 100
  return "\(hundredths < 0 ? "−" : "")\(whole / 100).\(decimals < 10 ? "0" : "")\(decimals) %"
}
