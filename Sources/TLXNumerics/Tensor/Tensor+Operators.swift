extension Tensor {
  /// The negative, elementwise. bool counts as i64.
  public static prefix func - (x: Tensor) throws -> Tensor { try unary(.negate, x) }

  /// `a + b`, elementwise with guarded broadcasting (E0401, E0402). i64 that overflows is E0502.
  public static func + (a: Tensor, b: Tensor) throws -> Tensor { try binary(.add, a, b) }
  public static func + (a: Tensor, b: Double) throws -> Tensor { try binary(.add, a, Tensor(b)) }
  public static func + (a: Double, b: Tensor) throws -> Tensor { try binary(.add, Tensor(a), b) }
  public static func + (a: Tensor, b: Int) throws -> Tensor { try binary(.add, a, Tensor(b)) }
  public static func + (a: Int, b: Tensor) throws -> Tensor { try binary(.add, Tensor(a), b) }

  /// `a - b`, elementwise with guarded broadcasting (E0401, E0402). i64 that overflows is E0502.
  public static func - (a: Tensor, b: Tensor) throws -> Tensor { try binary(.subtract, a, b) }
  public static func - (a: Tensor, b: Double) throws -> Tensor { try binary(.subtract, a, Tensor(b)) }
  public static func - (a: Double, b: Tensor) throws -> Tensor { try binary(.subtract, Tensor(a), b) }
  public static func - (a: Tensor, b: Int) throws -> Tensor { try binary(.subtract, a, Tensor(b)) }
  public static func - (a: Int, b: Tensor) throws -> Tensor { try binary(.subtract, Tensor(a), b) }

  /// `a * b`, elementwise with guarded broadcasting (E0401, E0402). i64 that overflows is E0502.
  public static func * (a: Tensor, b: Tensor) throws -> Tensor { try binary(.multiply, a, b) }
  public static func * (a: Tensor, b: Double) throws -> Tensor { try binary(.multiply, a, Tensor(b)) }
  public static func * (a: Double, b: Tensor) throws -> Tensor { try binary(.multiply, Tensor(a), b) }
  public static func * (a: Tensor, b: Int) throws -> Tensor { try binary(.multiply, a, Tensor(b)) }
  public static func * (a: Int, b: Tensor) throws -> Tensor { try binary(.multiply, Tensor(a), b) }

  /// `a / b`, elementwise with guarded broadcasting (E0401, E0402). i64 operands give f64.
  public static func / (a: Tensor, b: Tensor) throws -> Tensor { try binary(.divide, a, b) }
  public static func / (a: Tensor, b: Double) throws -> Tensor { try binary(.divide, a, Tensor(b)) }
  public static func / (a: Double, b: Tensor) throws -> Tensor { try binary(.divide, Tensor(a), b) }
  public static func / (a: Tensor, b: Int) throws -> Tensor { try binary(.divide, a, Tensor(b)) }
  public static func / (a: Int, b: Tensor) throws -> Tensor { try binary(.divide, Tensor(a), b) }
}
