import TLXNumerics

extension Value {
  /// The tensor that stands for it in arithmetic: a tensor itself, a labelled value's tensor, a number or bool as
  /// a scalar. Nil for other kinds; lists and ranges are not converted.
  public var tensorOperand: Tensor? {
    switch self {
    case .tensor(let tensor): return tensor
    case .float(let number): return Tensor(number)
    case .int(let number): return Tensor(number)
    case .bool(let flag): return Tensor(flag)
    case .object(let object): return object.tensorValue
    default: return nil
    }
  }

  /// The object that it is, or that a function stands for: the loss of `cross_entropy`.
  public var objectOperand: (any LanguageObject)? {
    switch self {
    case .object(let object): object
    case .function(let function): function.standsFor
    default: nil
    }
  }

  /// Whether it is a bool, int or float.
  public var isScalar: Bool {
    switch self {
    case .bool, .int, .float: true
    default: false
    }
  }
}

// Taking the contents out leaves nil behind, so that they have one owner and can be changed in place. As functions of
// their own: a `switch` over the value keeps a copy alive in some of its branches.
extension Value {
  mutating func takeList() -> [Value]? {
    guard case .list(let items) = self else { return nil }
    self = .null
    return items
  }

  mutating func takeTensor() -> Tensor? {
    guard case .tensor(let tensor) = self else { return nil }
    self = .null
    return tensor
  }

  mutating func takeRecord() -> Record? {
    guard case .record(let record) = self else { return nil }
    self = .null
    return record
  }
}
