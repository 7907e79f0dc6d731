import TLXNumerics

/// The least and the greatest eigenvalue of a symmetric operator by Lanczos steps with full reorthogonalisation.
///
/// The greatest converges first; the least is an upper bound of the true one until as many steps as the order were
/// made. (Golub and Van Loan 2013, section 10.1.)
struct ExtremeEigenvalues {
  var least: Double
  var greatest: Double

  init(order: Int, steps: Int, stream: RandomStream, _ apply: (Tensor) throws -> Tensor) throws {
    var basis: [Tensor] = []
    var (diagonal, beside): ([Double], [Double]) = ([], [])
    var vector = try stream.normal([order])
    for _ in 0..<Swift.min(steps, order) {
      try Interrupt.check()
      // Twice is enough (Parlett 1998, section 6.9).
      for _ in 0..<2 {
        for other in basis { vector = try vector - other * vector.dot(other) }
      }
      let length = try vector.norm().doubles()[0]
      if !basis.isEmpty { beside.append(length) }
      if length <= 1e-12 * (diagonal.map(Swift.abs).max() ?? 1) || length == 0 { break }
      vector = try vector / length
      try vector.realize()
      basis.append(vector)
      let next = try apply(vector)
      diagonal.append(try next.dot(vector).doubles()[0])
      vector = next
      try vector.realize()
    }
    let size = diagonal.count
    var matrix = [Double](repeating: 0, count: size * size)
    for place in 0..<size {
      matrix[place * size + place] = diagonal[place]
      if place + 1 < size {
        matrix[place * size + place + 1] = beside[place]
        matrix[(place + 1) * size + place] = beside[place]
      }
    }
    let values = try LinearAlgebra.eigh(Tensor(matrix, shape: [size, size])).values.doubles()
    (least, greatest) = (values.first ?? 0, values.last ?? 0)
  }
}
