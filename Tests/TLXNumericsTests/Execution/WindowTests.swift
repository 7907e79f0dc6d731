import Testing

@testable import TLXNumerics

/// What the cases of `DerivativeCase.windows` do not reach: sizes that are cut into blocks, threads, NaN, nothing.
@Suite struct WindowTests {
  private func normal(_ shape: Shape, _ seed: UInt64, _ dtype: DType = .f32) throws -> Tensor {
    try RandomStream(key: RandomKey(seed: seed)).normal(shape, dtype: dtype)
  }

  private func gap(_ a: Tensor, _ b: Tensor) throws -> Double {
    #expect(a.shape == b.shape)
    return try zip(a.doubles(), b.doubles()).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
  }

  /// Large enough for several blocks and parts, in all three faces of the convolution.
  @Test func blocksAgreeWithUnfoldedProducts() throws {
    let window = try Window(size: (3, 3), padding: (1, 1))
    let x = try normal([13, 30, 31, 8], 1, .f64)
    let kernel = try normal([3, 3, 8, 16], 2, .f64)
    let z = try normal([13, 30, 31, 16], 3, .f64)
    let rows = try x.unfold(window).reshape([-1, 72])
    let matrix = try kernel.reshape([72, 16])
    let flat = try z.reshape([-1, 16])
    #expect(try gap(x.convolve(kernel, padding: (1, 1)), rows.matmul(matrix).reshape(z.shape)) < 1e-12)
    #expect(
      try gap(x.convolvedKernel(z, window, kernel.shape), rows.transpose().matmul(flat).reshape(kernel.shape))
        < 1e-12)
    let folded = try flat.matmul(matrix.transpose()).reshape([13, 30, 31, 3, 3, 8]).folded(window, x.shape)
    #expect(try gap(z.convolvedInput(kernel, window, x.shape), folded) < 1e-12)
  }

  @Test func threadsDoNotMatter() throws {
    let threads = Parallel.threadCount
    defer { Parallel.threadCount = threads }
    let window = try Window(size: (3, 3), padding: (1, 1))
    let runs = try [1, 2, 5].map { count in
      Parallel.threadCount = count
      let x = try normal([32, 28, 28, 4], 1)
      let kernel = try normal([3, 3, 4, 8], 2)
      let z = try x.convolve(kernel, padding: (1, 1))
      let pooled = try z.maxPool(Window(size: (2, 2), stride: (2, 2)))
      let parts = try [
        z, x.convolvedKernel(z, window, kernel.shape), z.convolvedInput(kernel, window, x.shape), pooled,
      ]
      return try parts.map { try $0.elements(of: Float.self) }
    }
    #expect(runs[0] == runs[1])
    #expect(runs[0] == runs[2])
  }

  @Test func largestKeepsNaNAndIgnoresPadding() throws {
    let window = try Window(size: (2, 2), stride: (2, 2))
    let x = try Tensor([-1.0, .nan, -3, -4, -5, -6, -7, -8], shape: [2, 2, 2, 1])
    let largest = try x.maxPool(window).doubles()
    #expect(largest[0].isNaN)
    #expect(largest[1] == -5)
    let padded = try Tensor([-5.0], shape: [1, 1, 1, 1])
      .maxPool(Window(size: (3, 3), stride: (1, 1), padding: (1, 1)))
    #expect(try padded.doubles() == [-5])
    // Of equal numbers the first has all of the derivative.
    let ties = try Differentiation.gradient(
      of: { try $0[0].maxPool(window).sum() }, at: [Tensor.zeros([1, 2, 2, 1])])
    #expect(try ties.gradients[0].doubles() == [1, 0, 0, 0])
  }

  @Test func takesNothing() throws {
    let kernel = try Tensor.ones([3, 3, 2, 4])
    #expect(try Tensor.zeros([0, 5, 5, 2]).convolve(kernel).shape == [0, 3, 3, 4])
    let none = try Tensor.zeros([2, 5, 5, 0]).convolve(Tensor.ones([3, 3, 0, 4]))
    #expect(try none.doubles().allSatisfy { $0 == 0 })
    #expect(try Tensor.zeros([2, 5, 5, 2]).convolve(Tensor.ones([3, 3, 2, 0])).count == 0)
    let (_, gradients) = try Differentiation.gradient(
      of: { try $0[0].convolve($0[1]).sum() }, at: [Tensor.zeros([0, 5, 5, 2]), kernel])
    #expect(try gradients[1].doubles().allSatisfy { $0 == 0 })
    #expect(try Tensor.zeros([0, 4, 4, 1]).maxPool(Window(size: (2, 2))).count == 0)
  }
}
