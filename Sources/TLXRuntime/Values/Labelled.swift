import TLXNumerics

/// A tensor with one axis whose elements have names: a probability for each state, a score for each source. In
/// arithmetic and for built-ins it is its tensor; `v["name"]` picks by name; sorting and slicing keep the names.
public final class Labelled: LanguageObject {
  public let names: [String]
  public let tensor: Tensor
  private let positions: [String: Int]

  /// Throws E0403 unless there is one name an element.
  public init(names: [String], tensor: Tensor) throws {
    guard tensor.rank == 1, tensor.count == names.count else {
      throw Failure("E0403", "\(names.count) names do not label \(tensor.typeDescription)")
    }
    self.names = names
    self.tensor = tensor
    self.positions = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private init(names: [String], positions: [String: Int], tensor: Tensor) {
    self.names = names
    self.positions = positions
    self.tensor = tensor
  }

  public var kindName: String { "labelled" }
  public var tensorValue: Tensor? { tensor }
  public var fieldNames: [String] { ["names", "values"] }

  public func position(of name: String) -> Int? { positions[name] }

  /// The same names on other numbers, as many.
  func replacing(_ tensor: Tensor) -> Labelled {
    Labelled(names: names, positions: positions, tensor: tensor)
  }

  /// The elements at these positions with their names.
  public func selecting(_ chosen: [Int]) throws -> Labelled {
    try Labelled(names: chosen.map { names[$0] }, tensor: Operations.elements(of: tensor, at: chosen))
  }

  public func field(_ name: String) throws -> Value? {
    switch name {
    case "names": .list(names.map { .string($0) })
    case "values": .tensor(tensor)
    default: nil
    }
  }

  public func summary(width: Int) -> String { Display.labelled(self, width: width, digits: nil) }
}
