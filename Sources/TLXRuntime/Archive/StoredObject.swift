/// An object of a science as plain values, so that it can be kept on disk.
public struct StoredObject {
  /// Names the function that makes the object again: see `BuiltinTable.objectReaders`.
  public var kind: String
  /// Numbers, strings, tensors, lists, records, tables, and objects that can be stored themselves.
  public var contents: Value

  public init(kind: String, contents: Value) {
    self.kind = kind
    self.contents = contents
  }
}

/// Makes an object from what `LanguageObject.stored` gave, for the session that the context is of.
public typealias ObjectReader = @Sendable (Value, any CallContext) throws -> any LanguageObject

/// Why a value cannot be kept on disk: `the function grad(…) exists only while the program runs`.
public struct NotStorable: Error {
  public var reason: String

  public init(_ reason: String) { self.reason = reason }
}

/// The bytes are not what an archive of this program holds.
public struct DamagedArchive: Error {
  public init() {}
}
