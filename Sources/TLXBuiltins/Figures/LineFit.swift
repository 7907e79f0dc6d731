import TLXFigures
import TLXLearning
import TLXRuntime

#if canImport(Glibc)
  import Glibc
#endif

/// The line of least squares through points, y = a + b·x, with the confidence band of its mean (Draper and Smith 1998,
/// section 1.4).
struct LineFit {
  let count: Double
  let slope: Double
  let intercept: Double
  let correlation: Double
  private let center: Double
  private let spread: Double
  private let residual: Double

  /// Nil for fewer than two points, or points of one x.
  init?(_ points: [(x: Double, y: Double)]) {
    count = Double(points.count)
    guard points.count >= 2 else { return nil }
    let (meanX, meanY) = (points.reduce(0) { $0 + $1.x } / count, points.reduce(0) { $0 + $1.y } / count)
    var (sxx, sxy, syy) = (0.0, 0.0, 0.0)
    for point in points {
      let (dx, dy) = (point.x - meanX, point.y - meanY)
      sxx += dx * dx
      sxy += dx * dy
      syy += dy * dy
    }
    guard sxx > 0 else { return nil }
    slope = sxy / sxx
    intercept = meanY - slope * meanX
    correlation = syy > 0 ? sxy / (sxx * syy).squareRoot() : 0
    center = meanX
    spread = sxx
    residual = points.count > 2 ? (max(0, syy - slope * sxy) / (count - 2)).squareRoot() : 0
  }

  func value(at x: Double) -> Double { intercept + slope * x }

  /// Half the width of the 95 % band; 0 where two points leave no doubt to measure.
  func margin(at x: Double) -> Double {
    guard count > 2 else { return 0 }
    let t = StudentDistribution(degreesOfFreedom: count - 2).twoSidedQuantile(0.95)
    return t * residual * (1 / count + (x - center) * (x - center) / spread).squareRoot()
  }

  /// The fitted line of a series, fitted where the axes are straight.
  static func series(through series: Chart.Series, _ arguments: Arguments) throws -> Chart.Series {
    let (logx, logy) = (try arguments.bool("logx"), try arguments.bool("logy"))
    let points = zip(series.x, series.y).compactMap { x, y -> (x: Double, y: Double)? in
      guard x.isFinite, y.isFinite, !logx || x > 0, !logy || y > 0 else { return nil }
      return (logx ? log10(x) : x, logy ? log10(y) : y)
    }
    guard let fit = LineFit(points), let low = points.map(\.x).min(), let high = points.map(\.x).max() else {
      throw arguments.failure("fit", "E0405", "a line needs at least two points of different x")
    }
    let places = (0...60).map { low + (high - low) * Double($0) / 60 }
    func back(_ value: Double, _ isLogarithmic: Bool) -> Double { isLogarithmic ? pow(10, value) : value }
    let correlation = Display.text(of: .float((fit.correlation * 1_000).rounded() / 1_000))
    return Chart.Series(
      name: "fit, r = \(correlation)", x: places.map { back($0, logx) },
      y: places.map { back(fit.value(at: $0), logy) },
      isJoined: true, low: places.map { back(fit.value(at: $0) - fit.margin(at: $0), logy) },
      high: places.map { back(fit.value(at: $0) + fit.margin(at: $0), logy) }, continuesColor: true)
  }
}
