import TLXNumerics

/// How a file encodes the elements of an array.
enum ElementCode: String, CaseIterable {
  case bool
  case i8, i16, i32, i64
  case u8, u16, u32, u64
  case f16, bf16, f32, f64

  var byteCount: Int {
    switch self {
    case .bool, .i8, .u8: 1
    case .i16, .u16, .f16, .bf16: 2
    case .i32, .u32, .f32: 4
    case .i64, .u64, .f64: 8
    }
  }

  /// The dtype it is read as: narrow floats become f32, all whole numbers i64.
  var dtype: DType {
    switch self {
    case .bool: .bool
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64: .i64
    case .f16, .bf16, .f32: .f32
    case .f64: .f64
    }
  }

  /// The encoding that a dtype is written in.
  init(_ dtype: DType) {
    switch dtype {
    case .bool: self = .bool
    case .i64: self = .i64
    case .f32: self = .f32
    case .f64: self = .f64
    }
  }

  /// Whether the bytes in a little-endian file are a tensor's own.
  var isNative: Bool { self == .i64 || self == .f32 || self == .f64 }
}

/// An array as it lies in a file.
struct EncodedArray {
  var code: ElementCode
  var shape: Shape
  /// Exactly the elements.
  var bytes: UnsafeRawBufferPointer
  var isBigEndian = false
  /// The first axis runs fastest.
  var isFortran = false

  /// The bytes that elements of this kind and shape take; nil if that is beyond what memory can hold (sizes of empty
  /// arrays included, as their strides are computed too).
  static func byteCount(_ code: ElementCode, _ sizes: [Int]) -> Int? {
    var product = 1
    for size in sizes {
      let (next, overflow) = product.multipliedReportingOverflow(by: max(size, 1))
      guard size >= 0, !overflow, next < 1 << 56 else { return nil }
      product = next
    }
    return sizes.contains(0) ? 0 : product * code.byteCount
  }

  /// The tensor. It lies in `contents` itself, if those are mapped and the elements need no change; else a copy.
  ///
  /// - Throws: E0702; `unfit` for an unsigned number beyond 2⁶³ − 1.
  func tensor(in contents: FileContents?, unfit: (UInt64) -> NumericsError) throws -> Tensor {
    if let storage = borrowed(from: contents) {
      return Tensor(storage: storage, shape: shape, dtype: code.dtype)
    }
    switch code {
    case .bool: return try decoded(UInt8.self) { $0 != 0 }
    case .i8: return try decoded(Int8.self) { Int($0) }
    case .i16: return try decoded(Int16.self) { Int($0) }
    case .i32: return try decoded(Int32.self) { Int($0) }
    case .i64: return try decoded(Int64.self) { Int($0) }
    case .u8: return try decoded(UInt8.self) { Int($0) }
    case .u16: return try decoded(UInt16.self) { Int($0) }
    case .u32: return try decoded(UInt32.self) { Int($0) }
    case .u64:
      return try decoded(UInt64.self) {
        guard let value = Int(exactly: $0) else { throw unfit($0) }
        return value
      }
    case .f16: return try decoded(UInt16.self) { Float(Float16(bitPattern: $0)) }
    case .bf16: return try decoded(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
    case .f32: return try decoded(UInt32.self) { Float(bitPattern: $0) }
    case .f64: return try decoded(UInt64.self) { Double(bitPattern: $0) }
    }
  }

  /// Only where the bytes start at a cache line, as storage promises.
  private func borrowed(from contents: FileContents?) -> Storage? {
    guard let contents, code.isNative, !isBigEndian, !isFortran || shape.rank < 2,
      bytes.count >= FileContents.mappingThreshold, let start = bytes.baseAddress,
      let base = contents.bytes.baseAddress, Int(bitPattern: start) % 64 == 0
    else { return nil }
    return contents.storage(at: start - base, count: bytes.count)
  }

  @inline(__always)
  private func decoded<Raw: FixedWidthInteger, Element: TensorElement>(
    _ raw: Raw.Type, _ decode: (Raw) throws -> Element
  ) throws -> Tensor {
    let size = MemoryLayout<Raw>.size
    let (bytes, isBigEndian) = (bytes, isBigEndian)
    return try Tensor(shape: shape, of: Element.self) { buffer in
      if isFortran && shape.rank > 1 {
        try forEachFortranPosition { index, position in
          let number = bytes.loadUnaligned(fromByteOffset: position * size, as: Raw.self)
          buffer[index] = try decode(isBigEndian ? number.byteSwapped : number)
        }
      } else {
        for index in buffer.indices {
          let number = bytes.loadUnaligned(fromByteOffset: index * size, as: Raw.self)
          buffer[index] = try decode(isBigEndian ? number.byteSwapped : number)
        }
      }
    }
  }

  /// Calls `body` with each row-major index and the element's position in column-major order.
  @inline(__always)
  private func forEachFortranPosition(_ body: (Int, Int) throws -> Void) rethrows {
    let count = shape.elementCount
    var strides = [Int](repeating: 1, count: shape.rank)
    for axis in 1..<shape.rank { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    var coordinates = [Int](repeating: 0, count: shape.rank)
    var position = 0
    for index in 0..<count {
      try body(index, position)
      var axis = shape.rank - 1
      while axis >= 0 {
        coordinates[axis] += 1
        position += strides[axis]
        if coordinates[axis] < shape[axis] { break }
        position -= strides[axis] * shape[axis]
        coordinates[axis] = 0
        axis -= 1
      }
    }
  }
}

extension Tensor {
  /// The elements as bytes in memory order.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    switch dtype {
    case .bool: try withElements(of: Bool.self) { try body(UnsafeRawBufferPointer($0)) }
    case .i64: try withElements(of: Int.self) { try body(UnsafeRawBufferPointer($0)) }
    case .f32: try withElements(of: Float.self) { try body(UnsafeRawBufferPointer($0)) }
    case .f64: try withElements(of: Double.self) { try body(UnsafeRawBufferPointer($0)) }
    }
  }
}
