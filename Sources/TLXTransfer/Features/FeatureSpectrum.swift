import TLXNumerics

/// The singular values of a feature matrix F = U diag(s) Vᵀ, and how much of each target lies along each column of U: what
/// H-score and LogME need.
///
/// Three routes to the same numbers. Up to 2·10⁹ multiply-adds a thin SVD of F, which resolves singular values down to
/// max(n, D) ε s_max. Beyond, the eigenvectors of FᵀF (n ≥ D) or of F Fᵀ (n < D), many times quicker: rounding in the
/// Gram matrix hides what is below about √(max(n, D) ε) s_max, ten times under the resolution of f32 features. Directions
/// below the cut count as absent; dividing by them, as a pseudo-inverse with a tiny cut does, is what gives
/// published H-scores far above their bound C − 1.
struct FeatureSpectrum {
  /// s², 0 below the cut; min(n, D) of them or more.
  let squares: [Double]
  /// uᵀ t for each direction and target: squares.count × targetCount. 0 below the cut.
  let projections: [Double]
  let targetCount: Int

  /// How many directions there are.
  var rank: Int { squares.reduce(0) { $0 + ($1 > 0 ? 1 : 0) } }

  static let directWork = 2_000_000_000

  /// - Parameters:
  ///   - features: f32 or f64 [n, D]
  ///   - targets: f64 [n, K]
  ///   - centered: Whether the column means of the features are subtracted first.
  init(_ features: Tensor, targets: Tensor, centered: Bool) throws {
    let (n, d) = (features.shape[0], features.shape[1])
    var f = try features.cast(to: .f64)
    if centered { f = try f - f.mean(axes: [0]) }
    if n * d * Swift.min(n, d) <= Self.directWork {
      let (u, s, _) = try LinearAlgebra.svd(f)
      let values = try s.doubles()
      let cut = (values.first ?? 0) * Double(Swift.max(n, d)) * Double.ulpOfOne
      self.init(
        roots: values, cut: cut, projections: try u.matrixTranspose().matmul(targets).doubles(),
        targetCount: targets.shape[1])
    } else {
      let (values, u) = try LinearAlgebra.eigh(f.matmul(f.matrixTranspose()))
      let squares = try values.doubles()
      let cut = ((squares.last ?? 0) * Double(Swift.max(n, d)) * Double.ulpOfOne).squareRoot()
      self.init(
        roots: squares.map { Swift.max(0, $0).squareRoot() }, cut: cut,
        projections: try u.matrixTranspose().matmul(targets).doubles(), targetCount: targets.shape[1])
    }
  }

  private init(roots: [Double], cut: Double, projections: [Double], targetCount: Int) {
    squares = roots.map { $0 > cut ? $0 * $0 : 0 }
    var kept = projections
    for (index, square) in squares.enumerated() where square == 0 {
      for target in 0..<targetCount { kept[index * targetCount + target] = 0 }
    }
    self.projections = kept
    self.targetCount = targetCount
  }

  /// From one pass over the rows; the targets are the class indicators. Needs n ≥ D to be worth it, and is right for
  /// any n.
  ///
  /// - Parameter scaled: Whether columns are scaled to unit length first, for a score that does not depend on the scale
  ///   of a column (H-score): columns of unequal size then do not hide one another.
  init(_ moments: FeatureMoments, centered: Bool, scaled: Bool) throws {
    let width = moments.width
    let classes = moments.classCount
    var products = moments.products(centered: centered)
    var sums = moments.classSums(centered: centered)
    if scaled {
      let scale = (0..<width).map { column in
        // What a constant column leaves is rounding, which scaling would blow up.
        let rounding = 8 * Double.ulpOfOne * moments.mean[column]
        let square = products[column * (width + 1)]
        return square > Double(moments.rows) * rounding * rounding ? 1 / square.squareRoot() : 0
      }
      for row in 0..<width {
        for column in 0..<width { products[row * width + column] *= scale[row] * scale[column] }
      }
      for label in 0..<classes { for column in 0..<width { sums[label * width + column] *= scale[column] } }
    }
    let (values, vectors) = try LinearAlgebra.eigh(Tensor(products, shape: [width, width]))
    let eigenvalues = try values.doubles()
    let cut = (eigenvalues.last ?? 0) * Double(Swift.max(moments.rows, width)) * Double.ulpOfOne
    var projected = try vectors.matrixTranspose().matmul(
      Tensor(sums, shape: [classes, width]).matrixTranspose()
    )
    .doubles()
    for (index, value) in eigenvalues.enumerated() {
      let scale = value > cut ? 1 / value.squareRoot() : 0
      for label in 0..<classes { projected[index * classes + label] *= scale }
    }
    squares = eigenvalues.map { $0 > cut ? $0 : 0 }
    projections = projected
    targetCount = classes
  }
}

/// The class indicators of labels: [n, C].
func indicators(_ labels: TargetLabels) throws -> Tensor {
  try Tensor(shape: [labels.count, labels.classCount], of: Double.self) { buffer in
    buffer.initialize(repeating: 0)
    for (row, label) in labels.classes.enumerated() { buffer[row * labels.classCount + Int(label)] = 1 }
  }
}

/// Features with finite entries and at least one example, as the scores take them.
func checkFeatures(_ features: Tensor, _ labels: TargetLabels) throws {
  try labels.checkRows(features, name: "features")
  try checkFinite(features)
}

/// E0504 naming the first NaN or infinity of a matrix.
func checkFinite(_ features: Tensor) throws {
  func check<Element: RowElement>(_ type: Element.Type) throws {
    try features.withElements(of: type) { elements in
      let sum = elements.reduce(0.0) { $0 + Double($1 - $1) }
      if sum != 0 { throw FeatureMoments.complaint(elements, width: features.shape[1]) }
    }
  }
  switch features.dtype {
  case .f32: try check(Float.self)
  case .f64: try check(Double.self)
  default: break
  }
}
