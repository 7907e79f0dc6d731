import TLXNumerics

extension Tensor {
  /// The parts along axis 0 at these places, copied. The places must exist (E0406 if not). Cost: one copy.
  public func rows(_ rows: [Int]) throws -> Tensor {
    guard let count = shape.first else { throw NumericsError("E0403", "a scalar has no rows") }
    if let row = rows.first(where: { $0 < 0 || $0 >= count }) {
      throw NumericsError("E0406", "row \(row) is out of range: there are \(count) rows")
    }
    return switch dtype {
    case .bool: try copied(rows, Bool.self)
    case .i64: try copied(rows, Int.self)
    case .f32: try copied(rows, Float.self)
    case .f64: try copied(rows, Double.self)
    }
  }

  private func copied<Element: TensorElement>(_ rows: [Int], _ type: Element.Type) throws -> Tensor {
    let width = shape.dropFirst().reduce(1, *)
    return try withElements(of: type) { source in
      try Tensor(shape: Shape([rows.count] + shape.dropFirst()), of: type) { target in
        guard width > 0, let from = source.baseAddress, let to = target.baseAddress else { return }
        for (position, row) in rows.enumerated() {
          (to + position * width).initialize(from: from + row * width, count: width)
        }
      }
    }
  }

  /// [n, …] as [n, d].
  func flattenedRows() throws -> Tensor {
    try reshape([shape[0], shape.dropFirst().reduce(1, *)])
  }
}
