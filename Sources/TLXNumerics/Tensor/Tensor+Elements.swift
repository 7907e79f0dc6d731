/// Single elements of vectors and matrices whose contents are in memory: what a loop of the language reads and
/// changes at each turn. Each answers "not here" instead of throwing; the complete operations then do it or say why
/// not.
extension Tensor {
  /// Where `x[i]` of a vector stands; nil for another rank, an index out of range, or contents that are not at hand.
  @inline(__always)
  private func position(_ index: Int) -> Int? {
    guard node.shape.sizes.count == 1, node.storage != nil, isPlain else { return nil }
    let length = node.shape.sizes[0]
    let position = index < 0 ? index &+ length : index
    return position >= 0 && position < length ? position : nil
  }

  /// As `position(_:)`, of `x[row, column]` of a matrix.
  @inline(__always)
  private func position(_ row: Int, _ column: Int) -> Int? {
    guard node.shape.sizes.count == 2, node.storage != nil, isPlain else { return nil }
    let (height, width) = (node.shape.sizes[0], node.shape.sizes[1])
    let (i, j) = (row < 0 ? row &+ height : row, column < 0 ? column &+ width : column)
    return i >= 0 && i < height && j >= 0 && j < width ? i &* width &+ j : nil
  }

  /// `x[index]` as a number of the language: nil for an f32 element, which stays a tensor there.
  public func scalar(at index: Int) -> Scalar? { position(index).flatMap(scalar(atPosition:)) }

  /// `x[row, column]` likewise.
  public func scalar(at row: Int, _ column: Int) -> Scalar? {
    position(row, column).flatMap(scalar(atPosition:))
  }

  @inline(__always)
  private func scalar(atPosition position: Int) -> Scalar? {
    guard let memory = node.storage?.pointer else { return nil }
    let place = node.offset &+ position
    switch node.dtype {
    case .f64: return .float(memory.load(fromByteOffset: place &* 8, as: Double.self))
    case .i64: return .int(memory.load(fromByteOffset: place &* 8, as: Int.self))
    case .bool: return .bool(memory.load(fromByteOffset: place, as: Bool.self))
    case .f32: return nil
    }
  }

  /// `x[index] = number` in place. False, with nothing changed, where the memory has another owner or the dtype cannot
  /// hold the number as it is.
  public mutating func replaceScalar(at index: Int, with number: Scalar) -> Bool {
    guard let position = position(index) else { return false }
    return replaceScalar(atPosition: position, with: number)
  }

  /// `x[row, column] = number` likewise.
  public mutating func replaceScalar(at row: Int, _ column: Int, with number: Scalar) -> Bool {
    guard let position = position(row, column) else { return false }
    return replaceScalar(atPosition: position, with: number)
  }

  @inline(__always)
  private mutating func replaceScalar(atPosition position: Int, with number: Scalar) -> Bool {
    guard isKnownUniquelyReferenced(&node), node.isOwnerOfStorage, isKnownUniquelyReferenced(&node.storage),
      let memory = node.storage?.pointer
    else { return false }
    let place = node.offset &+ position
    switch (node.dtype, number) {
    case (.f64, .float(let value)): memory.storeBytes(of: value, toByteOffset: place &* 8, as: Double.self)
    case (.f64, .int(let value)):
      memory.storeBytes(of: Double(value), toByteOffset: place &* 8, as: Double.self)
    case (.f32, .float(let value)):
      memory.storeBytes(of: Float(value), toByteOffset: place &* 4, as: Float.self)
    case (.i64, .int(let value)): memory.storeBytes(of: value, toByteOffset: place &* 8, as: Int.self)
    case (.bool, .bool(let value)): memory.storeBytes(of: value, toByteOffset: place, as: Bool.self)
    default: return false
    }
    return true
  }
}
