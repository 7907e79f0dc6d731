/// A product of tensors summed over shared letters, worked off pair by pair.
struct Einsum {
  /// An operand with one letter an axis, none twice.
  private struct Term {
    var letters: [Character]
    var tensor: Tensor
  }

  private var terms: [Term] = []
  private let output: [Character]
  private var sizes: [Character: Int] = [:]
  private let expression: String

  init(_ expression: String, _ tensors: [Tensor]) throws {
    self.expression = expression
    let compact = expression.filter { $0 != " " }
    let sides = compact.split(separator: "->", omittingEmptySubsequences: false)
    guard sides.count == 1 || sides.count == 2 else { throw Einsum.unreadable(expression) }
    let inputs = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard inputs.count == tensors.count else {
      throw NumericsError(
        "E0420", "‘\(expression)’ is for \(inputs.count) tensors, and \(tensors.count) came")
    }
    // `...` becomes letters of a private range, counted from the right.
    var widest = 0
    for (text, tensor) in zip(inputs, tensors) where text.contains("...") {
      widest = max(widest, tensor.rank - (text.count - 3))
    }
    func letters(_ text: String, rank: Int?) throws -> [Character] {
      let parts = text.split(separator: "...", omittingEmptySubsequences: false)
      let hidden = parts.count == 2 ? rank.map { max(0, $0 - (text.count - 3)) } ?? widest : 0
      let stand = (0..<hidden).compactMap { UnicodeScalar(0xE000 + widest - hidden + $0).map(Character.init) }
      let result = parts.count == 2 ? Array(parts[0]) + stand + Array(parts[1]) : Array(text)
      let isReadable = result.allSatisfy { $0.isLetter && $0.isASCII || stand.contains($0) }
      guard parts.count <= 2, isReadable else { throw Einsum.unreadable(expression) }
      return result
    }
    let spelled = try zip(inputs, tensors).map { try letters($0, rank: $1.rank) }
    if sides.count == 2 {
      output = try letters(String(sides[1]), rank: nil)
    } else {
      // As in NumPy: what `...` stands for, then the letters that occur once, in alphabetical order.
      let all = spelled.flatMap { $0 }
      let once = Set(all).filter { letter in letter.isASCII && all.filter { $0 == letter }.count == 1 }
      let hidden = Set(all).filter { !$0.isASCII }
      output = hidden.sorted() + once.sorted()
    }
    for (letters, tensor) in zip(spelled, tensors) { try add(tensor, letters) }
    guard Set(output).count == output.count else {
      throw NumericsError("E0420", "‘\(expression)’ names an axis of the result twice")
    }
    if let unknown = output.first(where: { sizes[$0] == nil }) {
      throw NumericsError("E0420", "‘\(unknown)’ in the result of ‘\(expression)’ is no axis of a tensor")
    }
  }

  private static func unreadable(_ expression: String) -> NumericsError {
    NumericsError("E0420", "‘\(expression)’ is no einsum expression", help: "write it as in \"ij,jk->ik\"")
  }

  private mutating func add(_ tensor: Tensor, _ letters: [Character]) throws {
    guard letters.count == tensor.rank else {
      throw NumericsError(
        "E0420", "‘\(expression)’ names \(letters.count) axes for \(tensor.typeDescription)")
    }
    for (axis, letter) in letters.enumerated() {
      let size = tensor.shape[axis]
      if let other = sizes[letter], other != size, other != 1 || letter.isASCII, size != 1 || letter.isASCII {
        let name = letter.isASCII ? "‘\(letter)’" : "..."
        throw NumericsError("E0401", "the sizes of \(name) in ‘\(expression)’ differ: \(other) and \(size)")
      }
      sizes[letter] = max(sizes[letter] ?? size, size)
    }
    var term = Term(letters: letters, tensor: tensor)
    while let (first, second) = repeated(term.letters) {
      // x[…i…i…]: the diagonal, as its own last axis.
      let letter = term.letters[first]
      let rest = term.letters.indices.filter { $0 != first && $0 != second }
      term.tensor = try term.tensor.permuted(rest + [first, second]).diagonal()
      term.letters = rest.map { term.letters[$0] } + [letter]
    }
    terms.append(term)
  }

  private func repeated(_ letters: [Character]) -> (Int, Int)? {
    for (second, letter) in letters.enumerated() {
      if let first = letters.firstIndex(of: letter), first != second { return (first, second) }
    }
    return nil
  }

  /// Contracts the pair that leaves the smallest intermediate result, until one is left.
  mutating func evaluate() throws -> Tensor {
    while terms.count > 1 {
      let (first, second) = cheapestPair()
      let b = terms.remove(at: second)
      let a = terms.remove(at: first)
      let needed = Set(output).union(terms.flatMap(\.letters))
      terms.append(try contract(a, b, keeping: needed))
    }
    guard let last = terms.first else { throw Einsum.unreadable(expression) }
    let single = try summed(last, keeping: Set(output))
    let order = output.compactMap { single.letters.firstIndex(of: $0) }
    return single.tensor.permuted(order)
  }

  private func cheapestPair() -> (Int, Int) {
    if terms.count == 2 { return (0, 1) }
    var best = (0, 1)
    var least = (Double.infinity, Double.infinity)
    for i in terms.indices {
      for j in terms.indices where j > i {
        let others = terms.indices.filter { $0 != i && $0 != j }.flatMap { terms[$0].letters }
        let all = Set(terms[i].letters).union(terms[j].letters)
        let kept = all.intersection(Set(output).union(others))
        let growth = elements(kept) - elements(terms[i].letters) - elements(terms[j].letters)
        let cost = (growth, elements(all))
        if cost < least { (best, least) = ((i, j), cost) }
      }
    }
    return best
  }

  private func elements(_ letters: some Sequence<Character>) -> Double {
    letters.reduce(1.0) { $0 * Double(sizes[$1] ?? 1) }
  }

  private func summed(_ term: Term, keeping needed: Set<Character>) throws -> Term {
    let axes = term.letters.indices.filter { !needed.contains(term.letters[$0]) }
    if axes.isEmpty { return term }
    return Term(letters: term.letters.filter { needed.contains($0) }, tensor: try term.tensor.sum(axes: axes))
  }

  private func contract(_ a: Term, _ b: Term, keeping needed: Set<Character>) throws -> Term {
    // What only one of the two knows and nobody else needs goes first.
    let a = try summed(a, keeping: needed.union(b.letters))
    let b = try summed(b, keeping: needed.union(a.letters))
    let shared = a.letters.filter { b.letters.contains($0) }
    // Axes of `...` may have size 1 in one of the two; these stretch and are never contracted by a product.
    let inner = shared.filter { letter in !needed.contains(letter) && letter.isASCII }
    let batch = shared.filter { !inner.contains($0) }
    let left = a.letters.filter { !shared.contains($0) }
    let right = b.letters.filter { !shared.contains($0) }
    if inner.isEmpty { return try multiplied(a, b, batch + left + right) }
    let rows = try arranged(a, batch, left, inner)
    let columns = try arranged(b, batch, inner, right)
    let product = try rows.matmul(columns)
    let letters = batch + left + right
    return Term(letters: letters, tensor: product.reshaped(Shape(letters.map { sizes[$0] ?? 1 })))
  }

  /// Of the shape [batch…, ∏ first, ∏ second].
  private func arranged(_ term: Term, _ batch: [Character], _ first: [Character], _ second: [Character])
    throws
    -> Tensor
  {
    let order = (batch + first + second).compactMap { term.letters.firstIndex(of: $0) }
    let count = { (letters: [Character]) in letters.reduce(1) { $0 * (sizes[$1] ?? 1) } }
    let ordered = term.tensor.permuted(order)
    let full = try ordered.stretched(to: Shape((batch + first + second).map { sizes[$0] ?? 1 }))
    return full.reshaped(Shape(batch.map { sizes[$0] ?? 1 } + [count(first), count(second)]))
  }

  /// Elementwise over all letters.
  private func multiplied(_ a: Term, _ b: Term, _ letters: [Character]) throws -> Term {
    func spread(_ term: Term) -> Tensor {
      let order = letters.compactMap { term.letters.firstIndex(of: $0) }
      let ordered = term.tensor.permuted(order)
      var axis = 0
      let shape = letters.map { letter -> Int in
        guard term.letters.contains(letter) else { return 1 }
        defer { axis += 1 }
        return ordered.shape[axis]
      }
      return ordered.reshaped(Shape(shape))
    }
    return Term(letters: letters, tensor: try spread(a) * spread(b))
  }
}

extension Tensor {
  /// Einstein summation: `"ij,jk->ik"`, `"bij,bjk->bik"`, `"ii->i"`, `"...ij->...ji"`. Without `->` the result has
  /// the letters that occur once, in alphabetical order. Three tensors and more are contracted pair by pair, the
  /// smallest intermediate first; a pair is one matrix product. Throws E0420, E0401.
  public static func einsum(_ expression: String, _ tensors: [Tensor]) throws -> Tensor {
    var einsum = try Einsum(expression, tensors)
    return try einsum.evaluate()
  }
}
