/// Rectangular patches of images [h, w, c]: their size, how far they are apart, and how many zeros lie round the image.
public struct Window: Hashable, Sendable {
  /// Height and width.
  public let height: Int
  public let width: Int
  public let strideY: Int
  public let strideX: Int
  /// Rows above and below, columns left and right.
  public let paddingY: Int
  public let paddingX: Int

  /// Throws E0415 for sizes and strides below one or a negative padding.
  public init(size: (Int, Int), stride: (Int, Int) = (1, 1), padding: (Int, Int) = (0, 0)) throws {
    guard size.0 > 0, size.1 > 0, stride.0 > 0, stride.1 > 0, padding.0 >= 0, padding.1 >= 0 else {
      throw NumericsError(
        "E0415",
        "a window needs sizes and strides of one or more and no negative padding, not size "
          + "\(size.0)×\(size.1), stride \(stride.0)×\(stride.1), padding \(padding.0)×\(padding.1)")
    }
    guard max(size.0, size.1, stride.0, stride.1) < 1 << 24, max(padding.0, padding.1) < 1 << 24 else {
      throw NumericsError("E0415", "a window of \(size.0)×\(size.1) is larger than any image")
    }
    (height, width) = size
    (strideY, strideX) = stride
    (paddingY, paddingX) = padding
  }

  /// Its elements in one channel.
  public var area: Int { height * width }

  /// How many windows fit along rows and columns of an image. Throws E0415 where not one does.
  public func count(height: Int, width: Int) throws -> (rows: Int, columns: Int) {
    let (free, wide) = (height + 2 * paddingY - self.height, width + 2 * paddingX - self.width)
    guard free >= 0, wide >= 0 else {
      throw NumericsError(
        "E0415",
        "a window of \(self.height)×\(self.width) does not fit into an image of \(height)×\(width)"
          + (paddingY + paddingX > 0 ? " with \(paddingY)×\(paddingX) of padding" : ""),
        help: "make the window smaller or give padding")
    }
    return (free / strideY + 1, wide / strideX + 1)
  }

  /// Whether windows tile an image of that size: none overlap, nothing is left over.
  func tiles(height: Int, width: Int) -> Bool {
    paddingY == 0 && paddingX == 0 && strideY == self.height && strideX == self.width
      && height % self.height == 0 && width % self.width == 0
  }
}

/// Steps on the last three axes [h, w, c] of a stack of images; every axis before them counts images.
///
/// `convolve`, `convolveInput` and `convolveKernel` are the three faces of one trilinear form
/// `Σ x[n, y·s+i, x·s+j, c] · kernel[i, j, c, o] · z[n, y, x, o]`, each linear in both of its inputs and the derivative of the
/// other two. So are `unfold` and `fold`, and `maxPick` and `maxRoute`, transposes of each other.
struct WindowOperation: Hashable, Sendable {
  enum Kind: UInt8, Sendable, CaseIterable {
    /// x [.., h, w, c] → [.., rows, columns, window height, window width, c]
    case unfold
    /// The transpose: what overlaps adds up.
    case fold
    /// x, kernel [height, width, c, o] → [.., rows, columns, o]
    case convolve
    /// z [.., rows, columns, o], kernel → [.., h, w, c]
    case convolveInput
    /// x, z → [height, width, c, o], summed over all images
    case convolveKernel
    /// The largest of each window, in each channel; padding never counts.
    case maxPool
    /// x, t [.., h, w, c] → t at the places of x's largest
    case maxPick
    /// x, z [.., rows, columns, c] → z at the places of x's largest, zeros elsewhere
    case maxRoute
  }

  let kind: Kind
  let window: Window

  var key: [Int] {
    [
      Int(kind.rawValue), window.height, window.width, window.strideY, window.strideX, window.paddingY,
      window.paddingX,
    ]
  }
}
