import Glibc

@testable import TLXNumerics

extension ReferenceEvaluator {
  static func unary(_ kernel: UnaryKernel, _ x: Double) -> Double {
    switch kernel {
    case .negate: -x
    case .abs: Swift.abs(x)
    case .sign: x.isNaN ? x : x > 0 ? 1 : x < 0 ? -1 : 0
    case .exp: Glibc.exp(x)
    case .expm1: Glibc.expm1(x)
    case .log: Glibc.log(x)
    case .log1p: Glibc.log1p(x)
    case .sqrt: x.squareRoot()
    case .reciprocal: 1 / x
    case .sin: Glibc.sin(x)
    case .cos: Glibc.cos(x)
    case .tan: Glibc.tan(x)
    case .asin: Glibc.asin(x)
    case .acos: Glibc.acos(x)
    case .atan: Glibc.atan(x)
    case .sinh: Glibc.sinh(x)
    case .cosh: Glibc.cosh(x)
    case .tanh: Glibc.tanh(x)
    case .sigmoid: x >= 0 ? 1 / (1 + Glibc.exp(-x)) : Glibc.exp(x) / (1 + Glibc.exp(x))
    case .erf: Glibc.erf(x)
    case .lgamma: Glibc.lgamma(x)
    case .digamma:
      polygamma(x) {
        Glibc.log($0) - 1 / (2 * $0)
      } term: {
        -1 / $0
      } tail: { (k, x) in
        -bernoulli[k] / (Double(2 * k + 2) * Glibc.pow(x, Double(2 * k + 2)))
      }
    case .trigamma:
      polygamma(x) {
        1 / $0 + 1 / (2 * $0 * $0)
      } term: {
        1 / ($0 * $0)
      } tail: { (k, x) in
        bernoulli[k] / Glibc.pow(x, Double(2 * k + 3))
      }
    case .floor: Glibc.floor(x)
    case .ceil: Glibc.ceil(x)
    case .round: x.rounded(.toNearestOrEven)
    case .trunc: Glibc.trunc(x)
    case .not: x == 0 ? 1 : 0
    case .isnan: x.isNaN ? 1 : 0
    case .isfinite: x.isFinite ? 1 : 0
    }
  }

  private static let bernoulli = [1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730]

  /// The recurrence up to 12, then the asymptotic series.
  private static func polygamma(
    _ x: Double, leading: (Double) -> Double, term: (Double) -> Double, tail: (Int, Double) -> Double
  ) -> Double {
    var (x, sum) = (x, 0.0)
    while x < 12 {
      sum += term(x)
      x += 1
    }
    return sum + leading(x) + bernoulli.indices.reduce(0) { $0 + tail($1, x) }
  }

  static func binary(_ kernel: BinaryKernel, _ a: Double, _ b: Double) -> Double {
    switch kernel {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .floorDivide: Glibc.floor(a / b)
    case .modulo: a - Glibc.floor(a / b) * b
    case .power: Glibc.pow(a, b)
    case .maximum: a.isNaN || b.isNaN ? .nan : Swift.max(a, b)
    case .minimum: a.isNaN || b.isNaN ? .nan : Swift.min(a, b)
    case .atan2: Glibc.atan2(a, b)
    case .and: a != 0 && b != 0 ? 1 : 0
    case .or: a != 0 || b != 0 ? 1 : 0
    case .xor: (a != 0) != (b != 0) ? 1 : 0
    }
  }

  static func compare(_ comparison: Comparison, _ a: Double, _ b: Double) -> Bool {
    switch comparison {
    case .equal: a == b
    case .notEqual: a != b
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    }
  }
}
