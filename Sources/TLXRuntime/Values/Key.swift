import TLXNumerics

/// `key(a, b, …)`: a key of the random generator as a value. The same key gives the same draws wherever it is used.
public final class Key: LanguageObject {
  public let key: RandomKey

  public init(_ key: RandomKey) { self.key = key }

  public var kindName: String { "key" }
  public func summary(width: Int) -> String {
    "<key " + [key.high, key.low].map { String($0, radix: 16) }.joined(separator: ":") + ">"
  }
  public func equals(_ other: any LanguageObject) -> Bool { (other as? Key)?.key == key }
}
