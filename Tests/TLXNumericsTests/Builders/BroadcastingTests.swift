import Testing

@testable import TLXNumerics

/// The broadcasting rule with its guard, and what errors say of it.
@Suite struct BroadcastingTests {
  struct Case: Sendable, CustomStringConvertible {
    var left: Shape
    var right: Shape
    /// The result's shape, or the error's code.
    var outcome: Outcome
    var description: String { "\(left.listDescription) \(right.listDescription)" }

    enum Outcome: Sendable {
      case shape(Shape)
      case error(String)
    }
  }

  static let cases: [Case] = [
    .init(left: [3], right: [3], outcome: .shape([3])),
    .init(left: [2, 3], right: [3], outcome: .shape([2, 3])),
    .init(left: [3], right: [2, 3], outcome: .shape([2, 3])),
    .init(left: [2, 3], right: [1], outcome: .shape([2, 3])),
    .init(left: [2, 1], right: [1, 3], outcome: .shape([2, 3])),
    .init(left: [4, 2, 3], right: [2, 1], outcome: .shape([4, 2, 3])),
    .init(left: [], right: [2, 3], outcome: .shape([2, 3])),
    .init(left: [0, 3], right: [3], outcome: .shape([0, 3])),
    .init(left: [0], right: [1], outcome: .shape([0])),
    .init(left: [1, 1], right: [1], outcome: .shape([1, 1])),
    .init(left: [128], right: [128, 1], outcome: .error("E0402")),
    .init(left: [128, 1], right: [128], outcome: .error("E0402")),
    .init(left: [3], right: [1, 1], outcome: .error("E0402")),
    .init(left: [4, 1, 3], right: [2, 3], outcome: .error("E0402")),
    .init(left: [3], right: [4], outcome: .error("E0401")),
    .init(left: [2, 3], right: [2], outcome: .error("E0401")),
    .init(left: [0], right: [2], outcome: .error("E0401")),
  ]

  @Test(arguments: cases) func rule(_ example: Case) throws {
    let (a, b) = (try Tensor.zeros(example.left), try Tensor.ones(example.right))
    switch example.outcome {
    case .shape(let shape): #expect(try (a - b).shape == shape)
    case .error(let code):
      let error = try #require(throws: NumericsError.self) { try a - b }
      #expect(error.code == code)
      #expect(throws: NumericsError.self) { try a.less(b) }
    }
  }

  @Test func namesTheRemedy() throws {
    let (y, p) = (try Tensor.zeros([128], .f32), try Tensor.zeros([128, 1], .f32))
    let error = try #require(throws: NumericsError.self) { try y - p }
    #expect(error.message == "cannot subtract f32[128] and f32[128, 1]")
    #expect(
      error.help == "drop the last axis with p[:, 0] or add one with y[:, new]; y[new, :] gives all pairs")
    #expect(error.operandNotes == ["", "would stretch both sides to 128×128"])
    #expect(
      error.help(naming: ["target", "pred"])
        == "drop the last axis with pred[:, 0] or add one with target[:, new]; target[new, :] gives all pairs"
    )
    #expect(error.help(naming: ["target", ""]) == error.help)
  }

  struct Mixed: Sendable {
    var left: DType
    var leftShape: Shape
    var right: DType
    var rightShape: Shape
    var result: DType
  }

  static let mixed: [Mixed] = [
    .init(left: .f32, leftShape: [2], right: .f64, rightShape: [2], result: .f64),
    .init(left: .f32, leftShape: [2], right: .f64, rightShape: [], result: .f32),
    .init(left: .f64, leftShape: [], right: .f32, rightShape: [2], result: .f32),
    .init(left: .i64, leftShape: [2], right: .f64, rightShape: [], result: .f64),
    .init(left: .i64, leftShape: [2], right: .f32, rightShape: [2], result: .f32),
    .init(left: .bool, leftShape: [2], right: .bool, rightShape: [2], result: .i64),
    .init(left: .bool, leftShape: [2], right: .f32, rightShape: [2], result: .f32),
    .init(left: .i64, leftShape: [], right: .f32, rightShape: [], result: .f32),
  ]

  @Test(arguments: mixed.indices) func dtypes(_ index: Int) throws {
    let example = Self.mixed[index]
    // Sums are no plain numbers, so that only the rank makes a scalar weak.
    func operand(_ shape: Shape, _ dtype: DType) throws -> Tensor {
      shape.rank == 0 ? try Tensor.ones([2]).sum().cast(to: dtype) : try Tensor.ones(shape, dtype)
    }
    let a = try operand(example.leftShape, example.left)
    let b = try operand(example.rightShape, example.right)
    #expect(try (a + b).dtype == example.result && (b * a).dtype == example.result)
  }

  @Test func numbersAreWeak() throws {
    let single = try Tensor.ones([2], .f32).sum()
    #expect(try (single * 0.5).dtype == .f32 && (0.5 * single).dtype == .f32 && (single * 2).dtype == .f32)
    #expect(try (Tensor([1, 2]) * 2).dtype == .i64 && (Tensor([1, 2]) * 0.5).dtype == .f64)
    #expect(try (Tensor([1, 2]) / 2).dtype == .f64 && Tensor([1, 2]).power(2).dtype == .i64)
    #expect(try Tensor([1, 2]).power(-1).dtype == .f64 && Tensor([true]).sum().dtype == .i64)
  }

  static let refusals: [(String, @Sendable () throws -> Tensor)] = [
    ("E0702", { try Tensor.zeros([1 << 40, 1 << 40]) }),
    ("E0702", { try Tensor.zeros([1 << 32]).tile([1 << 40]) }),
    ("E0702", { try Tensor.outer(Tensor.zeros([1 << 40]), Tensor.zeros([1 << 40])) }),
    ("E0419", { try Tensor.zeros([-1]) }),
    ("E0418", { try Tensor.zeros([2, 3]).sum(axes: [2]) }),
    ("E0418", { try Tensor.zeros([2, 3]).sum(axes: [1, -1]) }),
    ("E0406", { try Tensor.zeros([0, 3]).max(axes: [0]) }),
    ("E0406", { try Tensor.zeros([0]).argmin() }),
    ("E0406", { try Tensor.zeros([0]).mean() }),
    ("E0403", { try Tensor.zeros([6]).reshape([4]) }),
    ("E0403", { try Tensor.zeros([6]).reshape([4, -1]) }),
    ("E0406", { try Tensor.zeros([3]).indexed(by: [.at(3)]) }),
    ("E0406", { try Tensor.zeros([3]).indexed(by: [.slice(0, 4, 1)]) }),
    ("E0406", { try Tensor.zeros([3]).take(Tensor([0, -4])) }),
    ("E0412", { try Tensor.zeros([3]).indexed(by: [.at(0), .at(0)]) }),
    ("E0412", { try Tensor.zeros([3]).indexed(by: [.tensor(Tensor([true, false]))]) }),
    ("E0401", { try Tensor.zeros([3, 4]).matmul(Tensor.zeros([3, 4])) }),
    ("E0404", { try Tensor.zeros([3]).and(Tensor.zeros([3])) }),
    ("E0420", { try Tensor.zeros([3, 4]).rearrange("a b -> a") }),
    ("E0420", { try Tensor.einsum("ij,jk->ikz", [Tensor.zeros([2, 2]), Tensor.zeros([2, 2])]) }),
    ("E0401", { try Tensor.einsum("ij,jk->ik", [Tensor.zeros([2, 2]), Tensor.zeros([3, 2])]) }),
    ("E0505", { try Tensor.ones([1]).variance(ddof: 1) }),
  ]

  @Test(arguments: refusals.indices) func refuses(_ index: Int) throws {
    let (code, body) = Self.refusals[index]
    let error = try #require(throws: NumericsError.self) { try body() }
    #expect(error.code == code)
  }
}
