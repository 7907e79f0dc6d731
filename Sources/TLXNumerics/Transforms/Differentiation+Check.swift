import Glibc

extension Differentiation {
  /// Compares the gradient of f with central differences, and gives the greatest relative error over the elements,
  /// |a − n| / max(1, |a|, |n|); infinity where one is NaN. A result of several elements is weighed by fixed irregular
  /// numbers. Inputs count as f64; of more than `limit` elements, evenly spaced ones are compared.
  public static func check(of f: Scalar, at xs: [Tensor], limit: Int = 200) throws -> Double {
    let xs = try xs.map { try $0.cast(to: .f64) }
    func weighed(_ xs: [Tensor]) throws -> Tensor {
      let value = try f(xs)
      if value.rank == 0 { return value }
      // cos(1), cos(2), …: no symmetry of f cancels against these.
      let weights = try (Tensor.arange(value.count) + 1).cast(to: .f64).cos().reshape(value.shape)
      return try (value * weights).sum()
    }
    let gradients = try gradient(of: weighed, at: xs).gradients
    var worst = 0.0
    for (index, x) in xs.enumerated() {
      let elements = try x.elements(of: Double.self)
      let exact = try gradients[index].doubles()
      let stride = Swift.max(1, elements.count / Swift.max(limit, 1))
      for position in Swift.stride(from: 0, to: elements.count, by: stride) {
        try Interrupt.check()
        let step = Glibc.cbrt(Double.ulpOfOne) * Swift.max(1, Swift.abs(elements[position]))
        func value(_ shift: Double) throws -> Double {
          var moved = elements
          moved[position] += shift
          var inputs = xs
          inputs[index] = try Tensor(moved, shape: x.shape)
          return try weighed(inputs).doubles().first ?? .nan
        }
        let numeric = try (value(step) - value(-step)) / (2 * step)
        let error = Swift.abs(exact[position] - numeric)
        let scale = Swift.max(1, Swift.abs(exact[position]), Swift.abs(numeric))
        worst = error.isNaN ? .infinity : Swift.max(worst, error / scale)
      }
    }
    return worst
  }
}
