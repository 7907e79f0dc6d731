import Testing

@testable import TLXNumerics

/// That the walks leave no primitive out.
@Suite struct PrimitiveTableTests {
  /// The entries in the graphs of a function, its gradient and its derivative in a direction.
  private func entries(of example: DerivativeCase) throws -> Set<String> {
    var placeholders: [Node] = []
    let arguments = try example.inputs().map { input -> Tensor in
      let node = Node(.placeholder(placeholders.count), [], shape: input.shape, dtype: input.dtype)
      placeholders.append(node)
      return Tensor(node)
    }
    func gradients(_ xs: [Tensor]) throws -> [Tensor] {
      try Differentiation.gradient(of: { try example.function($0).square().sum() }, at: xs).gradients
    }
    var found: Set<String> = []
    var visited: Set<ObjectIdentifier> = []
    let forward = try Differentiation.jvp(
      of: { [try example.function($0)] }, at: arguments, tangents: arguments
    ).tangents
    var stack = [try example.function(arguments).node] + (try gradients(arguments).map(\.node))
    stack += forward.map(\.node)
    while let node = stack.popLast() {
      guard visited.insert(ObjectIdentifier(node)).inserted else { continue }
      found.insert(node.primitive.entry)
      stack.append(contentsOf: node.inputs)
    }
    return found
  }

  /// Steps that pass no derivative on, and leaves.
  static let flat: Set<String> = {
    var names = Set(
      [PrimitiveKind.constant, .placeholder, .fill, .ramp, .variable, .stopGradient].map(\.rawValue))
    names.formUnion(["compare", "argReduce", "argsort", "reduce any", "reduce all", "eig", "trigamma"])
    names.formUnion(UnaryKernel.allCases.filter(\.isFlat).map { "\($0)" })
    names.formUnion([BinaryKernel.floorDivide, .and, .or, .xor].map { "\($0)" })
    return names
  }()

  /// Each primitive with a derivative stands in a case that is checked against finite differences, twice, and against a loop
  /// under `vmap`.
  @Test func everyPrimitiveIsDifferentiated() throws {
    let found = try DerivativeCase.all.reduce(into: Set<String>()) { try $0.formUnion(entries(of: $1)) }
    let missing = Set(PrimitiveKind.everyPrimitive.map(\.entry)).subtracting(found).subtracting(Self.flat)
    #expect(missing.isEmpty, "no derivative case has \(missing.sorted())")
  }

  @Test func everyKindHasExamples() {
    for kind in PrimitiveKind.allCases {
      #expect(!kind.examples.isEmpty && kind.examples.allSatisfy { $0.kind == kind })
    }
  }

  /// Two steps of one key would share a plan.
  @Test func keysDiffer() {
    var owners: [PlanKey: Primitive] = [:]
    for primitive in PrimitiveKind.everyPrimitive {
      var key = PlanKey()
      key.append(primitive)
      #expect(owners[key] == nil, "\(primitive) and \(String(describing: owners[key])) have one key")
      owners[key] = primitive
    }
  }

  /// Steps without a derivative give zeros where they are flat, and say so where they are not.
  @Test func flatStepsHaveNoSlope() throws {
    for kernel in UnaryKernel.allCases where kernel.isFlat && kernel != .not {
      let slope = try Differentiation.gradient(
        of: { try Tensor.unary(kernel, $0[0] * 1.5).cast(to: .f64).sum() + $0[0].sum() },
        at: [Tensor([0.3, 2])]
      ).gradients[0]
      #expect(try slope.doubles() == [1, 1], "\(kernel)")
    }
    let matrix = try Tensor([2.0, 1, 0, 3], shape: [2, 2])
    #expect(throws: NumericsError.self) {
      try Differentiation.gradient(of: { try LinearAlgebra.eig($0[0]).values.real.sum() }, at: [matrix])
    }
    #expect(throws: NumericsError.self) {
      try Differentiation.gradient(of: { try Tensor.unary(.trigamma, $0[0]).sum() }, at: [Tensor([1.5])])
    }
  }
}
