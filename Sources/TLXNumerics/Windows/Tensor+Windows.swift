extension Tensor {
  private func windowStep(_ kind: WindowOperation.Kind, _ window: Window, _ others: [Tensor], _ shape: Shape)
    throws -> Tensor
  {
    try Tensor.make(.window(WindowOperation(kind: kind, window: window)), [self] + others, shape, dtype)
  }

  /// The axes before height, width and channels. Throws E0401 where there are no such three.
  private func imageAxes(_ operation: String) throws -> [Int] {
    guard rank >= 3 else {
      throw NumericsError(
        "E0401", "\(operation) needs images [n, height, width, channels], not \(typeDescription)",
        help: rank == 2 ? "a single grey image is x[new, :, :, new]" : nil)
    }
    return Array(shape.sizes.dropLast(3))
  }

  /// `Σ_ijc x[n, y·s + i − p, x·s + j − p, c] · kernel[i, j, c, o]`: the cross-correlation that the field calls convolution.
  ///
  /// - Parameters: images [.., h, w, c], kernel [height, width, c, o]; zeros stand outside of the images.
  /// - Returns: [.., rows, columns, o] with `rows = (h + 2·padding − height) / stride + 1`.
  /// - Throws: E0401 where ranks or channels do not fit, E0415 where no window fits.
  public func convolve(_ kernel: Tensor, stride: (Int, Int) = (1, 1), padding: (Int, Int) = (0, 0)) throws
    -> Tensor
  {
    let lead = try imageAxes("conv2d")
    guard kernel.rank == 4, kernel.shape[2] == shape[rank - 1] else {
      throw NumericsError(
        "E0401", "cannot convolve \(typeDescription) with a kernel \(kernel.typeDescription)",
        help:
          "a kernel is [height, width, channels in, channels out]; the channels in must be \(shape[rank - 1])"
      )
    }
    let window = try Window(size: (kernel.shape[0], kernel.shape[1]), stride: stride, padding: padding)
    let (rows, columns) = try window.count(height: shape[rank - 3], width: shape[rank - 2])
    var common = Tensor.commonDType(self, kernel)
    if !common.isFloat { common = .f64 }
    return try cast(to: common).convolved(
      kernel.cast(to: common), window, Shape(lead + [rows, columns, kernel.shape[3]]))
  }

  func convolved(_ kernel: Tensor, _ window: Window, _ shape: Shape) throws -> Tensor {
    try windowStep(.convolve, window, [kernel], shape)
  }

  func convolvedInput(_ kernel: Tensor, _ window: Window, _ shape: Shape) throws -> Tensor {
    try windowStep(.convolveInput, window, [kernel], shape)
  }

  func convolvedKernel(_ output: Tensor, _ window: Window, _ shape: Shape) throws -> Tensor {
    try windowStep(.convolveKernel, window, [output], shape)
  }

  /// The windows of images [.., h, w, c] as [.., rows, columns, height, width, c], zeros outside of the images.
  public func unfold(_ window: Window) throws -> Tensor {
    let lead = try imageAxes("unfold")
    let (rows, columns) = try window.count(height: shape[rank - 3], width: shape[rank - 2])
    let shape = Shape(lead + [rows, columns, window.height, window.width, self.shape[rank - 1]])
    return try asFloat().unfolded(window, shape)
  }

  func unfolded(_ window: Window, _ shape: Shape) throws -> Tensor {
    try windowStep(.unfold, window, [], shape)
  }

  func folded(_ window: Window, _ shape: Shape) throws -> Tensor { try windowStep(.fold, window, [], shape) }

  /// The largest number of each window and channel: [.., rows, columns, c]. Padding never is; NaN is larger than any
  /// number. Of equal ones the first has the derivative, as in PyTorch.
  /// Throws E0415 for padding of more than half a window, in which a window could be all padding.
  public func maxPool(_ window: Window) throws -> Tensor {
    let lead = try imageAxes("max_pool")
    guard window.paddingY * 2 <= window.height, window.paddingX * 2 <= window.width else {
      throw NumericsError(
        "E0415",
        "max_pool can pad by half a window at most, not a window of \(window.height)×\(window.width) by "
          + "\(window.paddingY)×\(window.paddingX)")
    }
    let (rows, columns) = try window.count(height: shape[rank - 3], width: shape[rank - 2])
    return try asFloat().windowStep(.maxPool, window, [], Shape(lead + [rows, columns, shape[rank - 1]]))
  }

  func maxPicked(_ tangent: Tensor, _ window: Window, _ shape: Shape) throws -> Tensor {
    try windowStep(.maxPick, window, [tangent], shape)
  }

  func maxRouted(_ cotangent: Tensor, _ window: Window) throws -> Tensor {
    try windowStep(.maxRoute, window, [cotangent], shape)
  }

  /// The mean of each window and channel: [.., rows, columns, c]. Padding counts as zeros, as in PyTorch's default.
  public func averagePool(_ window: Window) throws -> Tensor {
    let lead = try imageAxes("avg_pool")
    let (height, width, channels) = (shape[rank - 3], shape[rank - 2], shape[rank - 1])
    guard window.tiles(height: height, width: width) else {
      let first = lead.count + 2
      return try unfold(window).mean(axes: [first, first + 1])
    }
    let split = Shape(
      lead + [height / window.height, window.height, width / window.width, window.width, channels])
    return try asFloat().reshaped(split).mean(axes: [lead.count + 1, lead.count + 3])
  }
}
