/// How a loop reads an operand: at the loop's row-major position with indices i, element
/// `offset + Σ strides[k] · i[k]`. Axes of size 1 are left out and axes that lie behind one another are merged, so
/// that a contiguous operand has one axis whatever the loop's shape.
struct Access: Hashable, Sendable {
  var offset: Int
  var sizes: [Int]
  var strides: [Int]

  init(offset: Int, sizes: [Int], strides: [Int]) {
    self.offset = offset
    self.sizes = []
    self.strides = []
    for (size, stride) in zip(sizes, strides) where size != 1 {
      if let last = self.strides.last, last == stride &* size {
        self.sizes[self.sizes.count - 1] *= size
        self.strides[self.strides.count - 1] = stride
      } else {
        self.sizes.append(size)
        self.strides.append(stride)
      }
    }
  }

  /// Whether every position reads the same element.
  var isSplat: Bool { strides.allSatisfy { $0 == 0 } }
  /// Whether position i reads element `offset + i`.
  var isContiguous: Bool { sizes.isEmpty || (sizes.count == 1 && strides[0] == 1) }

  /// The number of positions after which the same elements come again, where they fit a tile: a bias row of 128 elements
  /// is fetched once, not for every row. 0 where that does not hold.
  var period: Int {
    var length = 1
    var axis = sizes.count - 1
    while axis >= 0, strides[axis] != 0 {
      length *= sizes[axis]
      axis -= 1
    }
    while axis >= 0 {
      if strides[axis] != 0 { return 0 }
      axis -= 1
    }
    return length < sizes.reduce(1, *) && length <= Tile.size ? length : 0
  }
}
