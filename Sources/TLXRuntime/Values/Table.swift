/// Columns of equal length under names: each a 1-D tensor or a list.
public struct Table {
  public private(set) var names: [String]
  public private(set) var columns: [Value]
  public private(set) var rowCount: Int

  /// Columns must be 1-D tensors or lists, all of `rowCount`.
  public init(names: [String], columns: [Value], rowCount: Int) {
    self.names = names
    self.columns = columns
    self.rowCount = rowCount
  }

  public func column(_ name: String) -> Value? { names.firstIndex(of: name).map { columns[$0] } }
}
