import TLXNumerics

#if canImport(Glibc)
  import Glibc
#endif

/// Judges rules that are in use by the turns that they rewrote and the turns that were held back from them, which are two
/// arms of one experiment: with s successes and f failures, θ ~ Beta(s + 1, f + 1) in each.
///
/// Retraining on turns that were rewritten would confirm whatever was rewritten; the held back turns keep a rule's
/// evidence free of the rule itself (after the self-aware form of the method: arXiv 2205.00029).
public struct RewriteReview: Sendable {
  public struct Arm: Sendable, Equatable {
    public var successes = 0
    public var failures = 0
    public var count: Int { successes + failures }
  }

  public struct Verdict: Sendable {
    public var rewritten = Arm()
    public var held = Arm()
    /// P(θ rewritten > θ held back).
    public var probability = 0.5
    public var keeps = true
  }

  public private(set) var verdicts: [Verdict] = []

  /// - Parameters:
  ///   - said: What was recognised, by turn.
  ///   - rewritten: What it was replaced by, or nothing.
  ///   - succeeded: Whether the turn was the end of a walk that the log takes for a success.
  ///   - retireBelow: A rule goes when P(it helps) is lower.
  ///   - minimum: Turns that each arm needs before a rule may go.
  /// - Throws: E0505 for a threshold outside of 0 … 1; E0401 for columns of unequal lengths.
  public init(
    _ rules: [(from: String, to: String)], said: [String], rewritten: [String], succeeded: [Bool],
    retireBelow: Double = 0.2, minimum: Int = 5
  ) throws {
    guard said.count == rewritten.count, said.count == succeeded.count else {
      throw NumericsError("E0401", "the columns of the log have unequal lengths")
    }
    guard retireBelow >= 0, retireBelow <= 1 else {
      throw NumericsError("E0505", "retire_below is a probability, not \(retireBelow)")
    }
    verdicts = [Verdict](repeating: Verdict(), count: rules.count)
    let index = Dictionary(rules.enumerated().map { ($1.from, $0) }, uniquingKeysWith: { _, last in last })
    for row in said.indices {
      guard let rule = index[said[row]] else { continue }
      if rewritten[row].isEmpty {
        verdicts[rule].held.count(succeeded[row])
      } else if rewritten[row] == rules[rule].to {
        verdicts[rule].rewritten.count(succeeded[row])
      }
    }
    for rule in verdicts.indices {
      let (a, b) = (verdicts[rule].held, verdicts[rule].rewritten)
      verdicts[rule].probability = Self.probabilityOfGreater(
        b.successes + 1, b.failures + 1, than: a.successes + 1, a.failures + 1)
      verdicts[rule].keeps =
        min(a.count, b.count) < minimum || verdicts[rule].probability >= retireBelow
    }
  }

  /// P(X > Y) for independent X ~ Beta(a, b), Y ~ Beta(c, d) with whole parameters ≥ 1:
  /// Σ_{i < a} B(c + i, d + b) / ((b + i) B(1 + i, b) B(c, d)). O(a).
  public static func probabilityOfGreater(_ a: Int, _ b: Int, than c: Int, _ d: Int) -> Double {
    let (b, c, d) = (Double(b), Double(c), Double(d))
    var sum = 0.0
    for step in 0..<a {
      let i = Double(step)
      sum += exp(logBeta(c + i, d + b) - log(b + i) - logBeta(1 + i, b) - logBeta(c, d))
    }
    return min(1, sum)
  }

  private static func logBeta(_ a: Double, _ b: Double) -> Double { lgamma(a) + lgamma(b) - lgamma(a + b) }
}

extension RewriteReview.Arm {
  fileprivate mutating func count(_ isSuccess: Bool) {
    if isSuccess { successes += 1 } else { failures += 1 }
  }
}
