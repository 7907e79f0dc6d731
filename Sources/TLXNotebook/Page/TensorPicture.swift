import TLXFigures
import TLXNumerics

/// A tensor of brightnesses as a small image: [height, width], or the first of [n, height, width].
struct TensorPicture {
  let html: String

  /// Nil for what does not look like images: real numbers between 0 and 1, at least 8 × 8 of them.
  init?(_ tensor: Tensor) {
    guard tensor.dtype.isFloat, tensor.rank == 2 || tensor.rank == 3 else { return nil }
    let (height, width) = (tensor.shape[tensor.rank - 2], tensor.shape[tensor.rank - 1])
    guard (8...256).contains(height), (8...256).contains(width), 4 * height >= width, 4 * width >= height
    else {
      return nil
    }
    let count = tensor.rank == 3 ? min(tensor.shape[0], 24) : 1
    guard count > 0, tensor.count <= 1 << 24, let all = try? tensor.doubles() else { return nil }
    let values = Array(all.prefix(count * height * width))
    guard let low = values.min(), let high = values.max(), low >= 0, high <= 1, high > low else { return nil }
    let grid = ImageGrid(height: height, width: width, values: values)
    html = Figure(content: .images(grid)).svgText(isStandalone: false)
  }
}
