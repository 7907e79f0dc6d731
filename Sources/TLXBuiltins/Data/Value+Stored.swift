import TLXNumerics
import TLXRuntime

/// Reading the plain values that an object was stored as. What is not as it was written is damaged.
extension Value {
  func storedField(_ name: String) throws -> Value {
    guard case .record(let record) = self, let field = record[name] else { throw DamagedArchive() }
    return field
  }

  func fields(_ name: String) throws -> Record {
    guard case .record(let record) = try storedField(name) else { throw DamagedArchive() }
    return record
  }

  func storedTensor() throws -> Tensor {
    guard case .tensor(let tensor) = self else { throw DamagedArchive() }
    return tensor
  }

  func storedText() throws -> String {
    guard case .string(let text) = self else { throw DamagedArchive() }
    return text
  }

  func storedTexts() throws -> [String] {
    guard case .list(let items) = self else { throw DamagedArchive() }
    return try items.map { try $0.storedText() }
  }

  func storedNumbers() throws -> [Double] { try storedTensor().elements(of: Double.self) }

  func storedFlag() throws -> Bool {
    guard case .bool(let flag) = self else { throw DamagedArchive() }
    return flag
  }
}
