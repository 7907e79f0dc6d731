/// The sizes of a tensor's axes, outermost first. `[]` is a scalar's.
public struct Shape: Hashable, Sendable, RandomAccessCollection, ExpressibleByArrayLiteral {
  public var sizes: [Int]

  public init(_ sizes: [Int]) { self.sizes = sizes }
  public init(arrayLiteral sizes: Int...) { self.sizes = sizes }

  public var rank: Int { sizes.count }
  public var startIndex: Int { 0 }
  public var endIndex: Int { sizes.count }
  public subscript(axis: Int) -> Int {
    get { sizes[axis] }
    set { sizes[axis] = newValue }
  }

  /// The number of elements; `Int.max` where it overflows, which no memory holds.
  public var elementCount: Int {
    var count = 1
    var overflow = false
    for size in sizes {
      if size == 0 { return 0 }
      let (product, tooLarge) = count.multipliedReportingOverflow(by: size)
      count = product
      overflow = overflow || tooLarge
    }
    return overflow ? Int.max : count
  }

  /// Row-major strides in elements.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: sizes.count)
    var step = 1
    for axis in sizes.indices.reversed() {
      strides[axis] = step
      step = step &* sizes[axis]
    }
    return strides
  }

  /// `(2, 3)`, `(4,)`, `()`: as a list prints.
  public var listDescription: String {
    sizes.count == 1 ? "(\(sizes[0]),)" : "(" + sizes.map(String.init).joined(separator: ", ") + ")"
  }

  /// `128×64`, for messages.
  public var crossDescription: String { sizes.map(String.init).joined(separator: "×") }
}

extension DType {
  /// `f32[128, 64]`, or `f32` for a scalar: how messages name a tensor's type.
  public func describing(_ shape: Shape) -> String {
    shape.isEmpty ? name : name + "[" + shape.sizes.map(String.init).joined(separator: ", ") + "]"
  }
}
