/// The memory of a tensor's elements, for a loop that reads and changes single ones at each turn.
extension Tensor {
  /// Where the elements stand, if they are in memory and no derivative goes through them. Valid while the tensor is
  /// neither changed nor released.
  public var elementMemory: UnsafeMutableRawPointer? {
    guard isPlain, let memory = node.storage?.pointer else { return nil }
    return memory + node.offset &* dtype.stride
  }

  /// Whether nobody else owns the memory of the elements, so that they may be changed where they are.
  public var ownsElements: Bool {
    mutating get {
      isKnownUniquelyReferenced(&node) && node.isOwnerOfStorage && isKnownUniquelyReferenced(&node.storage)
    }
  }
}
