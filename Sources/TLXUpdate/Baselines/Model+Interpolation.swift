import TLXLearning
import TLXNumerics

extension Model {
  /// `share · old + (1 − share) · self`, parameter by parameter: backward compatibility by weight interpolation.
  ///
  /// It only makes sense along a path: the new model should have been trained on from the old one's weights. Two models
  /// from different random starts have their hidden units in different orders, and their mean is neither.
  /// (Schumann et al., "Backward compatibility during data updates by weight interpolation", 2023, equation 2.)
  ///
  /// Throws E0415 for another architecture, E0416 for a share outside of [0, 1].
  public func interpolated(with old: Model, share: Double) throws -> Model {
    guard share >= 0, share <= 1 else {
      throw NumericsError("E0416", "the old model's share must lie in [0, 1], not \(share)")
    }
    guard parameterNames == old.parameterNames, parameters.map(\.shape) == old.parameters.map(\.shape) else {
      throw NumericsError(
        "E0415", "cannot interpolate between the architectures \(old.architecture) and \(architecture)",
        help: "weights are matched one by one: train the new model from the old one, fit(old, data)")
    }
    let mixed = try zip(old.parameters, parameters).map { try $0 * share + $1 * (1 - share) }
    try Tensor.realize(mixed)
    return try replacing(parameters: mixed)
  }
}
