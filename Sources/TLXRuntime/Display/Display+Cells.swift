import TLXNumerics

extension Display {
  /// The elements of a tensor with one axis as texts, as a table's column shows them.
  public static func elements(of tensor: Tensor, digits: Int? = nil) -> [String] {
    TensorText.elements(tensor, digits: digits ?? standardDigits)
  }

  /// A value as a cell of a table shows it.
  public static func cell(_ value: Value, digits: Int? = nil) -> String {
    switch value {
    case .string(let text): text
    case .float(let number): Number.compact(number, digits: digits ?? standardDigits)
    default: inline(value, digits: digits)
    }
  }
}
