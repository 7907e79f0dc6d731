/// A running derivative: its variables and what tells its graph from those around it.
///
/// Transforms nest, and each marks what depends on its variables with the bit of its nesting level. When it ends, a
/// result that depends on no outer level is computed and cut from its graph, so that nothing keeps the graph alive;
/// a result that does stays a graph, through which the outer transform differentiates. Deeper levels than there are
/// bits share the last one, which only makes results live longer.
struct TransformScope {
  /// How many transforms run around the current place.
  @TaskLocal private static var depth = 0

  /// One for each input; floats.
  let variables: [Tensor]
  let level: UInt64

  private static func bit(_ depth: Int) -> UInt64 { 1 << UInt64(min(depth, 63)) }

  /// Runs `body` one level deeper on variables in place of the inputs. Whole numbers become f64 first.
  static func run<Result>(at inputs: [Tensor], _ body: (TransformScope) throws -> Result) throws -> Result {
    let level = bit(depth)
    let variables = try inputs.map { Tensor(Node(variable: try $0.asFloat().node, level: level)) }
    return try $depth.withValue(depth + 1) { try body(TransformScope(variables: variables, level: level)) }
  }

  /// Results as they leave the transform: computed and cut loose, unless an outer transform or a program that is
  /// being traced looks on. Called outside of `run`.
  static func settled(_ results: [Tensor]) throws -> [Tensor] {
    let outer = bit(depth) - 1
    let isFinal = results.map { $0.node.dependencies & outer == 0 && !$0.isAbstract }
    try Tensor.realize(zip(results, isFinal).filter(\.1).map(\.0))
    return zip(results, isFinal).map { result, isFinal in
      guard isFinal, result.isTracked, let storage = result.node.storage else { return result }
      return Tensor(storage: storage, offset: result.node.offset, shape: result.shape, dtype: result.dtype)
    }
  }
}
