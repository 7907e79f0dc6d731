/// The element types of a tensor, in the order in which mixed operands promote.
public enum DType: UInt8, Sendable, Hashable, CaseIterable {
  case bool
  case i64
  case f32
  case f64

  /// The name in the language: `f32`.
  public var name: String {
    switch self {
    case .bool: "bool"
    case .i64: "i64"
    case .f32: "f32"
    case .f64: "f64"
    }
  }

  public init?(name: String) {
    guard let match = DType.allCases.first(where: { $0.name == name }) else { return nil }
    self = match
  }

  /// Bytes an element takes in memory.
  public var stride: Int {
    switch self {
    case .bool: 1
    case .f32: 4
    case .i64, .f64: 8
    }
  }

  public var isFloat: Bool { self == .f32 || self == .f64 }

  /// The dtype of a result that mixes two tensors: `f32` with `f64` is `f64`; `i64` with a float tensor is
  /// that float type.
  public func promoted(with other: DType) -> DType { rawValue >= other.rawValue ? self : other }
}

/// A Swift type that a tensor's elements can be read as.
public protocol TensorElement: Sendable {
  static var dtype: DType { get }
}

extension Bool: TensorElement { public static var dtype: DType { .bool } }
extension Int: TensorElement { public static var dtype: DType { .i64 } }
extension Float: TensorElement { public static var dtype: DType { .f32 } }
extension Double: TensorElement { public static var dtype: DType { .f64 } }
