@testable import TLXNumerics

/// The steps on windows by their definitions: one loop over images, windows, window elements and channels.
struct PlainWindows {
  private let operation: WindowOperation
  private let result: Shape
  private let shapes: [Shape]

  init(_ operation: WindowOperation, _ result: Shape, _ shapes: [Shape]) {
    self.operation = operation
    self.result = result
    self.shapes = shapes
  }

  /// The shape of the images, [.., h, w, c], and of the grid of windows.
  private var images: Shape {
    switch operation.kind {
    case .fold, .convolveInput: result
    default: shapes[0]
    }
  }

  private var grid: (rows: Int, columns: Int) {
    switch operation.kind {
    case .unfold: (result[result.rank - 5], result[result.rank - 4])
    case .fold: (shapes[0][shapes[0].rank - 5], shapes[0][shapes[0].rank - 4])
    case .convolveInput: (shapes[0][shapes[0].rank - 3], shapes[0][shapes[0].rank - 2])
    case .convolveKernel, .maxRoute: (shapes[1][shapes[1].rank - 3], shapes[1][shapes[1].rank - 2])
    case .convolve, .maxPool, .maxPick: (result[result.rank - 3], result[result.rank - 2])
    }
  }

  func result(_ inputs: [[Double]]) -> [Double] {
    var output = [Double](repeating: 0, count: result.elementCount)
    let (a, b) = (inputs[0], inputs[inputs.count - 1])
    let rank = images.rank
    let (height, width, channels) = (images[rank - 3], images[rank - 2], images[rank - 1])
    let count = images[..<(rank - 3)].reduce(1, *)
    let (rows, columns) = grid
    let window = operation.window
    let outputs =
      switch operation.kind {
      case .convolve, .convolveKernel: result[result.rank - 1]
      case .convolveInput: shapes[0][shapes[0].rank - 1]
      default: 1
      }
    for n in 0..<count {
      for r in 0..<rows {
        for s in 0..<columns {
          let place = (n * rows + r) * columns + s
          for c in 0..<channels {
            var best: (value: Double, x: Int)?
            for i in 0..<window.height {
              for j in 0..<window.width {
                let (y, z) = (
                  r * window.strideY - window.paddingY + i, s * window.strideX - window.paddingX + j
                )
                guard y >= 0, y < height, z >= 0, z < width else { continue }
                let x = ((n * height + y) * width + z) * channels + c
                let tap = (i * window.width + j) * channels + c
                let patch = place * window.area * channels + tap
                switch operation.kind {
                case .unfold: output[patch] = a[x]
                case .fold: output[x] += a[patch]
                case .convolve:
                  for o in 0..<outputs { output[place * outputs + o] += a[x] * b[tap * outputs + o] }
                case .convolveInput:
                  for o in 0..<outputs { output[x] += a[place * outputs + o] * b[tap * outputs + o] }
                case .convolveKernel:
                  for o in 0..<outputs { output[tap * outputs + o] += a[x] * b[place * outputs + o] }
                case .maxPool, .maxPick, .maxRoute:
                  if best.map({ a[x] > $0.value }) ?? true { best = (a[x], x) }
                }
              }
            }
            guard let best else { continue }
            switch operation.kind {
            case .maxPool: output[place * channels + c] = best.value
            case .maxPick: output[place * channels + c] = b[best.x]
            case .maxRoute: output[best.x] += b[place * channels + c]
            default: break
            }
          }
        }
      }
    }
    return output
  }
}
