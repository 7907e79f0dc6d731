/// The contents of a node as a kernel sees them: contiguous, row-major.
struct Operand: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer
  let shape: Shape
  let dtype: DType

  var count: Int { shape.elementCount }

  /// The elements. `Element` must be the dtype's own type.
  func elements<Element: TensorElement>(of type: Element.Type) -> UnsafeMutableBufferPointer<Element> {
    assert(Element.dtype == dtype)
    return UnsafeMutableBufferPointer(start: pointer.assumingMemoryBound(to: Element.self), count: count)
  }
}
