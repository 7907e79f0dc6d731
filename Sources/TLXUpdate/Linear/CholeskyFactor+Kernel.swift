import TLXNumerics

extension CholeskyFactor {
  /// The factor of `J Jᵀ + ridge · I`; nil where a pivot is zero, or nothing but rounding of the largest.
  ///
  /// Throws E0504 where the kernel is not finite. Cost: (n k)² Σ q for the kernel, (n k)³/3 for the factor.
  static func ofKernel(_ tangents: TangentFactors, ridge: Double) throws -> CholeskyFactor? {
    let order = tangents.count * tangents.classes
    do {
      let factor = try CholeskyFactor(order: order) { kernel in
        try tangents.fillLowerKernel(kernel)
        for row in 0..<order { kernel[row * (order + 1)] += ridge }
        guard (0..<order).allSatisfy({ kernel[$0 * (order + 1)].isFinite }) else {
          throw NumericsError(
            "E0504", "the model's derivatives by its weights are not finite: their kernel cannot be factored")
        }
      }
      let pivots = factor.pivots
      let (least, greatest) = (pivots.min() ?? 1, pivots.max() ?? 1)
      let rounding = Double(order) * Double.ulpOfOne
      return least * least > rounding * greatest * greatest ? factor : nil
    } catch let error as NumericsError where error.code == "E0501" {
      return nil
    }
  }

  /// x ← A⁻¹ x
  func solve(_ x: inout [Double]) { change(&x) { TriangularProduct.solve($0, order: order, $1) } }

  /// x ← A x
  func multiply(_ x: inout [Double]) { change(&x) { TriangularProduct.multiply($0, order: order, $1) } }

  private func change(
    _ x: inout [Double], _ body: (UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void
  ) {
    withElements { l in
      x.withUnsafeMutableBufferPointer { x in
        if let x = x.baseAddress { body(l, x) }
      }
    }
  }
}

/// L Lᵀ and its inverse times one vector, reading L once each way.
private enum TriangularProduct {
  /// x ← L⁻ᵀ L⁻¹ x
  static func solve(_ l: UnsafePointer<Double>, order n: Int, _ x: UnsafeMutablePointer<Double>) {
    for row in 0..<n { x[row] = (x[row] - DoubleVector.dot(l + row * n, x, row)) / l[row * (n + 1)] }
    for row in (0..<n).reversed() {
      x[row] /= l[row * (n + 1)]
      DoubleVector.add(l + row * n, times: -x[row], to: x, row)
    }
  }

  /// x ← L Lᵀ x
  static func multiply(_ l: UnsafePointer<Double>, order n: Int, _ x: UnsafeMutablePointer<Double>) {
    // Row by row: each adds its share to those before it, which have had the shares of all rows before this one.
    for row in 0..<n {
      let value = x[row]
      x[row] = 0
      DoubleVector.add(l + row * n, times: value, to: x, row + 1)
    }
    for row in (0..<n).reversed() { x[row] = DoubleVector.dot(l + row * n, x, row + 1) }
  }
}
