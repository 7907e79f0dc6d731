import TLXNumerics

/// One item between the brackets of `x[…]`, evaluated.
public enum SubscriptValue {
  case value(Value)
  /// `start:stop:step` with what was written.
  case slice(Int?, Int?, Int?)
  case newAxis
  case ellipsis
}

/// The positions that a slice picks from an axis, its bounds checked.
struct SliceBounds: Equatable {
  var start: Int
  var step: Int
  var count: Int

  var positions: [Int] { (0..<count).map { start + step * $0 } }

  /// Negative bounds count from the end. A bound outside of `-length … length` is an error, never a clamp.
  init(_ start: Int?, _ stop: Int?, _ step: Int?, length: Int, of what: String) throws {
    let step = step ?? 1
    guard step != 0 else { throw Failure("E0406", "a slice cannot have a step of 0") }
    let first = try SliceBounds.bound(start, length, what) ?? (step > 0 ? 0 : length - 1)
    // Going down, the stop before the first element has no number; nil says it.
    let last = try SliceBounds.bound(stop, length, what) ?? (step > 0 ? length : -1)
    self.step = step
    if step > 0 {
      count = last > first ? (last - first - 1) / step + 1 : 0
    } else {
      count = min(first, length - 1) > last ? (min(first, length - 1) - last - 1) / -step + 1 : 0
    }
    self.start = step < 0 ? min(first, length - 1) : first
    if count == 0 { self.start = 0 }
  }

  private static func bound(_ bound: Int?, _ length: Int, _ what: String) throws -> Int? {
    guard let bound else { return nil }
    guard bound >= -length && bound <= length else {
      throw Failure(
        "E0406", "slice bound \(bound) is out of range for \(what) of length \(length)",
        help: "min(\(bound), len(x)) clamps it, if that is meant")
    }
    return bound < 0 ? bound + length : bound
  }
}

extension Operations {
  /// The position that an index means, negative ones from the end. Throws E0406 naming index and length.
  static func position(_ index: Int, length: Int, of what: String) throws -> Int {
    let position = index < 0 ? index + length : index
    guard position >= 0 && position < length else {
      let range =
        length == 0
        ? "it has no elements"
        : index < 0
          ? "indices from the end go from -1 to \(-length)"
          : "indices begin with 0: the last is \(length - 1), or -1"
      throw Failure("E0406", "index \(index) is out of range for \(what) of length \(length)", help: range)
    }
    return position
  }

  /// A whole number as an index; a float says what to do about it.
  static func indexNumber(_ value: Value) throws -> Int {
    switch value {
    case .int(let index): return index
    case .float(let number):
      throw Failure(
        "E0412", "an index must be an int, not \(value.kindDescription)",
        help: number == number.rounded() ? "// divides to a whole number; i64(x) converts one" : nil)
    case .tensor(let tensor) where tensor.rank == 0 && tensor.dtype == .i64:
      return try tensor.elements(of: Int.self)[0]
    case .bool:
      throw Failure(
        "E0412", "an index must be an int, not a bool",
        help: "a mask is a bool tensor; where(t, row -> …) chooses rows of a table")
    default: throw Failure("E0412", "an index must be an int, not \(value.kindDescription)")
    }
  }
}
