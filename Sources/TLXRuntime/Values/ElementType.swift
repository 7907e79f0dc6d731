import TLXNumerics

/// A dtype as a value: what `x.dtype` gives. Equal to the conversion function of its name (`x.dtype == f32`), and
/// to its name as a string.
public final class ElementType: LanguageObject {
  public let dtype: DType

  public init(_ dtype: DType) { self.dtype = dtype }

  public var kindName: String { "dtype" }
  public func summary(width: Int) -> String { dtype.name }

  public func equals(_ other: any LanguageObject) -> Bool { (other as? ElementType)?.dtype == dtype }

  /// The dtype that a value names: a dtype itself, one of the functions `f32 f64 i64 bool`, or their name.
  public static func named(by value: Value) -> DType? {
    switch value {
    case .object(let object as ElementType): object.dtype
    case .function(let function): DType(name: function.name)
    case .string(let name): DType(name: name)
    default: nil
    }
  }
}
