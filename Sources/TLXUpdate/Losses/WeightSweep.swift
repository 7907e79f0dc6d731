import TLXLearning
import TLXNumerics

/// What a weight λ of a loss buys: the error of the new model against the negative flips it costs, over seeds.
public struct WeightSweep: Sendable {
  /// One training: which loss and weight, which seed, and what it did to the test rows.
  public struct Run: Sendable {
    public var loss: String
    public var weight: Double
    public var seed: Int
    public var counts: FlipCounts

    public init(loss: String, weight: Double, seed: Int, counts: FlipCounts) {
      self.loss = loss
      self.weight = weight
      self.seed = seed
      self.counts = counts
    }
  }

  /// The runs of one loss at one weight.
  public struct Point: Sendable {
    public var loss: String
    public var weight: Double
    public var runs: [FlipCounts]

    /// Mean and sample standard deviation over the seeds where it is defined; nil where it is nowhere.
    public func statistics(_ measure: FlipMeasure) -> (mean: Double, deviation: Double?)? {
      let values = runs.compactMap { $0.value(measure) }
      guard !values.isEmpty else { return nil }
      let mean = values.reduce(0, +) / Double(values.count)
      guard values.count > 1 else { return (mean, nil) }
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return (mean, (squares / Double(values.count - 1)).squareRoot())
    }
  }

  public let runs: [Run]
  /// By loss, then by weight, in the order that runs came in.
  public let points: [Point]

  public init(_ runs: [Run]) {
    self.runs = runs
    var points: [Point] = []
    for run in runs {
      if let place = points.firstIndex(where: { $0.loss == run.loss && $0.weight == run.weight }) {
        points[place].runs.append(run.counts)
      } else {
        points.append(Point(loss: run.loss, weight: run.weight, runs: [run.counts]))
      }
    }
    self.points = points
  }

  /// The losses, in order.
  public var losses: [String] {
    points.reduce(into: []) { names, point in
      if names.last != point.loss { names.append(point.loss) }
    }
  }
}
