import Glibc

/// Bytes from the keyboard, decoded to characters, with signals in between.
final class KeyInput {
  enum Key: Equatable {
    case character(Unicode.Scalar)
    case signal(Signals.Event)
    case end
  }

  private var bytes: [UInt8] = []
  private var start = 0
  private let descriptor: Int32
  /// Milliseconds that a paste may stall on its way.
  private static let patience: Int32 = 5000

  init(descriptor: Int32 = 0) { self.descriptor = descriptor }

  /// Whether the next key needs no waiting.
  var hasPending: Bool {
    if start < bytes.count { return true }
    var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&watched, 1, 0) > 0
  }

  /// Waits for a key or a signal.
  func next() -> Key {
    while true {
      if let scalar = decode() { return .character(scalar) }
      if let event = Signals.wait(forInputOn: descriptor) { return .signal(event) }
      guard fill() else { return .end }
    }
  }

  /// The bytes up to `terminator`, which is taken as well: a pasted text. Gives up at the end of input, or when
  /// nothing has come for so long that it was lost.
  func text(until terminator: [UInt8]) -> [UInt8] {
    var searched = 0
    while true {
      if let found = position(of: terminator, from: start + searched) {
        defer { start = found + terminator.count }
        return Array(bytes[start..<found])
      }
      searched = max(0, bytes.count - start - terminator.count + 1)
      var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&watched, 1, KeyInput.patience)
      if ready < 0 && errno == EINTR { continue }
      if ready > 0 && fill() { continue }
      defer { start = bytes.count }
      return Array(bytes[start...])
    }
  }

  private func position(of pattern: [UInt8], from first: Int) -> Int? {
    guard bytes.count >= pattern.count else { return nil }
    var candidate = first
    while candidate + pattern.count <= bytes.count {
      if bytes[candidate] == pattern[0], bytes[candidate..<(candidate + pattern.count)].elementsEqual(pattern)
      {
        return candidate
      }
      candidate += 1
    }
    return nil
  }

  private func fill() -> Bool {
    // A pasted text is searched by offset, so it stays whole until it has been taken.
    if start == bytes.count {
      bytes.removeAll(keepingCapacity: true)
      start = 0
    }
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count > 0 {
        bytes += buffer[..<count]
        return true
      }
      if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
      return false
    }
  }

  /// The first whole character or known key; what is not UTF-8 becomes a replacement character.
  private func decode() -> Unicode.Scalar? {
    guard start < bytes.count else { return nil }
    if bytes[start] == 0x1b, let special = takeSpecialKey() { return special }
    let first = bytes[start]
    let length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    guard start + length <= bytes.count else { return nil }
    guard
      let scalar = String(validating: bytes[start..<(start + length)], as: UTF8.self)?.unicodeScalars.first
    else {
      start += 1
      return "\u{fffd}"
    }
    start += length
    return scalar
  }

  /// The key that an escape sequence stands for, if it is one of `SpecialKey`. A lone Escape stays what it is.
  private func takeSpecialKey() -> Unicode.Scalar? {
    // What is split on its way is awaited: nobody types the rest that fast.
    while SpecialKey.mayContinue(bytes[start...]) {
      var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&watched, 1, 30) > 0, fill() else { break }
    }
    guard let (key, length) = SpecialKey.find(bytes[start...]) else { return nil }
    start += length
    return key.character
  }
}
