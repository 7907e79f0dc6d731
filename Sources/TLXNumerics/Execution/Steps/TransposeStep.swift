/// Copies a permuted view in square blocks that stay in the first-level cache: element by element along the result
/// it would touch a cache line of the source for every element.
final class TransposeStep: Step, @unchecked Sendable {
  private let access: Access
  /// The axis along which the source is contiguous.
  private let unit: Int
  /// Row-major strides of the result.
  private let strides: [Int]
  private let dtype: DType
  private let source: Int
  private let target: Int
  let description: String

  /// The axis of unit stride where the innermost axis has another.
  private static func unitAxis(_ access: Access) -> Int? {
    guard let last = access.strides.last, last != 1, last != 0, let unit = access.strides.lastIndex(of: 1),
      access.sizes[unit] >= 4, access.sizes[access.sizes.count - 1] >= 4
    else { return nil }
    return unit
  }

  static func isTransposed(_ view: View, _ shape: Shape) -> Bool {
    unitAxis(Access(offset: view.offset, sizes: shape.sizes, strides: view.strides)) != nil
  }

  /// nil where the view is not a transposition.
  init?(_ view: View, shape: Shape, dtype: DType, source: Int, target: Int) {
    access = Access(offset: view.offset, sizes: shape.sizes, strides: view.strides)
    guard shape.elementCount > 0, let unit = TransposeStep.unitAxis(access) else { return nil }
    self.unit = unit
    self.dtype = dtype
    self.source = source
    self.target = target
    strides = Shape(access.sizes).strides
    description = "transpose \(shape.crossDescription) (%\(source)) -> %\(target)"
  }

  func run(_ memory: RunMemory) throws {
    switch dtype.stride {
    case 1: try run(memory, UInt8.self)
    case 4: try run(memory, UInt32.self)
    default: try run(memory, UInt64.self)
    }
  }

  private func run<Element>(_ memory: RunMemory, _ type: Element.Type) throws {
    let source = memory.slots[source].assumingMemoryBound(to: Element.self) + access.offset
    let target = memory.slots[target].assumingMemoryBound(to: Element.self)
    let last = access.sizes.count - 1
    let (rows, columns) = (access.sizes[unit], access.sizes[last])
    let others = access.sizes.indices.filter { $0 != unit && $0 != last }
    let planes = others.reduce(1) { $0 * access.sizes[$1] }
    let block = 32
    let bands = (rows + block - 1) / block
    let step = access.strides[last]
    let rowStep = strides[unit]
    try Parallel.forEach(count: planes * bands, grain: max(1, 131_072 / (block * columns))) { range in
      for item in range {
        let (plane, band) = item.quotientAndRemainder(dividingBy: bands)
        var rest = plane
        var (from, to) = (0, 0)
        for axis in others.reversed() {
          let index = rest % access.sizes[axis]
          rest /= access.sizes[axis]
          from += index * access.strides[axis]
          to += index * strides[axis]
        }
        let top = band * block
        let height = min(block, rows - top)
        for left in Swift.stride(from: 0, to: columns, by: block) {
          let width = min(block, columns - left)
          let s = source + from + top + left * step
          let d = target + to + top * rowStep + left
          for row in 0..<height {
            for column in 0..<width { d[row &* rowStep &+ column] = s[row &+ column &* step] }
          }
        }
      }
    }
  }
}
