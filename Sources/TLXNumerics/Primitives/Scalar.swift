import Glibc

extension Scalar {
  var double: Double {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value): Double(value)
    case .float(let value): value
    }
  }

  /// The number as the dtype holds it; nil where it cannot (a NaN as i64), so that the step that was asked for
  /// reports it when it runs.
  func converted(to dtype: DType) -> Scalar? {
    switch dtype {
    case .bool:
      return .bool(double != 0)
    case .i64:
      switch self {
      case .bool(let value): return .int(value ? 1 : 0)
      case .int: return self
      case .float(let value): return Int(exactly: Glibc.trunc(value)).map(Scalar.int)
      }
    case .f32: return .float(Double(Float(double)))
    case .f64: return .float(double)
    }
  }

  func equals(_ number: Double) -> Bool { double == number }
}

extension UnaryKernel {
  /// The result on a number, for the exact ones only: folding must not change a last bit. nil: not folded.
  func folded(_ x: Scalar, _ dtype: DType) -> Scalar? {
    switch (self, x) {
    case (.negate, .float(let value)): .float(-value)
    case (.negate, .int(let value)): value == .min ? nil : .int(-value)
    case (.abs, .float(let value)): .float(Swift.abs(value))
    case (.reciprocal, .float(let value)): Scalar.float(1 / value).converted(to: dtype)
    case (.not, .bool(let value)): .bool(!value)
    default: nil
    }
  }
}

extension BinaryKernel {
  /// The result on two numbers of the dtype, for the correctly rounded ones; nil: not folded. What overflows is
  /// left to the kernel, which reports it.
  func folded(_ a: Scalar, _ b: Scalar, _ dtype: DType) -> Scalar? {
    switch (a, b) {
    case (.int(let a), .int(let b)):
      let (value, overflow): (Int, Bool)
      switch self {
      case .add: (value, overflow) = a.addingReportingOverflow(b)
      case .subtract: (value, overflow) = a.subtractingReportingOverflow(b)
      case .multiply: (value, overflow) = a.multipliedReportingOverflow(by: b)
      default: return nil
      }
      return overflow ? nil : .int(value)
    case (.float(let a), .float(let b)):
      // Double arithmetic on two Floats, rounded once more, is the Float result for these four.
      switch self {
      case .add: return Scalar.float(a + b).converted(to: dtype)
      case .subtract: return Scalar.float(a - b).converted(to: dtype)
      case .multiply: return Scalar.float(a * b).converted(to: dtype)
      case .divide: return Scalar.float(a / b).converted(to: dtype)
      default: return nil
      }
    default: return nil
    }
  }

  /// Whether `x ∘ number` is x itself, to the bit.
  func isIdentity(onRight number: Scalar) -> Bool {
    switch self {
    case .multiply, .divide: number.equals(1)
    case .subtract: number.equals(0)
    default: false
    }
  }

  func isIdentity(onLeft number: Scalar) -> Bool { self == .multiply && number.equals(1) }
}
