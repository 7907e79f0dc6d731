/// How a node's elements lie in another's memory: the node at the end of a chain of reshapes, permutations,
/// broadcasts and slices, and strides for every axis.
struct View: Hashable {
  /// The node whose memory (or number) is read.
  var source: Int
  var offset: Int
  var strides: [Int]

  init(source: Int, offset: Int = 0, strides: [Int]) {
    self.source = source
    self.offset = offset
    self.strides = strides
  }

  /// Whether elements lie row-major and without gaps.
  func isContiguous(_ shape: Shape) -> Bool {
    var step = 1
    for axis in shape.sizes.indices.reversed() where shape[axis] != 1 {
      if strides[axis] != step { return shape.elementCount == 0 }
      step *= shape[axis]
    }
    return true
  }

  func permuted(_ axes: [Int]) -> View {
    View(source: source, offset: offset, strides: axes.map { strides[$0] })
  }

  func broadcast(from: Shape, to: Shape) -> View {
    var strides = [Int](repeating: 0, count: to.rank)
    let shift = to.rank - from.rank
    for axis in 0..<from.rank where from[axis] == to[axis + shift] {
      strides[axis + shift] = self.strides[axis]
    }
    return View(source: source, offset: offset, strides: strides)
  }

  func sliced(start: [Int], step: [Int]) -> View {
    var offset = offset
    var strides = strides
    for axis in strides.indices {
      offset += start[axis] * strides[axis]
      strides[axis] *= step[axis]
    }
    return View(source: source, offset: offset, strides: strides)
  }

  /// nil where the new axes would need more than one stride.
  func reshaped(from: Shape, to: Shape) -> View? {
    if to.elementCount == 0 { return View(source: source, offset: offset, strides: to.strides) }
    let old = from.sizes.indices.filter { from[$0] != 1 }
    var strides = [Int](repeating: 0, count: to.rank)
    var next = 0
    var axis = 0
    while axis < to.rank {
      if to[axis] == 1 {
        axis += 1
        continue
      }
      guard next < old.count else { return nil }
      // The shortest runs of old and new axes with equal products.
      let (firstOld, firstNew) = (next, axis)
      var oldSize = from[old[next]]
      var newSize = to[axis]
      while oldSize != newSize {
        if oldSize < newSize {
          next += 1
          guard next < old.count else { return nil }
          oldSize *= from[old[next]]
        } else {
          axis += 1
          guard axis < to.rank else { return nil }
          newSize *= to[axis]
        }
      }
      for k in firstOld..<next where self.strides[old[k]] != self.strides[old[k + 1]] * from[old[k + 1]] {
        return nil
      }
      var step = self.strides[old[next]]
      for k in (firstNew...axis).reversed() where to[k] != 1 {
        strides[k] = step
        step *= to[k]
      }
      next += 1
      axis += 1
    }
    return View(source: source, offset: offset, strides: strides)
  }
}
