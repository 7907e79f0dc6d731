#if canImport(Glibc)
  import Glibc
#endif

/// A program that is given text and asked for text, by its arguments and without a shell.
enum Subprocess {
  /// What `program` writes for `input`, or nil if it is not installed, fails, or takes longer than `seconds`.
  static func output(of program: String, _ arguments: [String], input: String, seconds: Int = 10) -> String? {
    bytes(of: program, arguments, input: input, seconds: seconds).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The same for a program that writes no text.
  static func bytes(of program: String, _ arguments: [String], input: String, seconds: Int = 10) -> [UInt8]? {
    var ends: [Int32] = [0, 0]
    // A socket, not a pipe: writing to a program that has ended is then an error and no signal.
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0
    else { return nil }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child = pid_t()
    let status = posix_spawnp(&child, program, &actions, nil, &words, environ)
    close(ends[1])
    defer { close(ends[0]) }
    guard status == 0 else { return nil }
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let answer = send(input, to: ends[0]) ? receive(from: ends[0]) : nil
    if answer == nil { kill(child, SIGKILL) }
    var exit: Int32 = 0
    while waitpid(child, &exit, 0) < 0 && errno == EINTR {}
    return exit == 0 ? answer : nil
  }

  private static func send(_ text: String, to socket: Int32) -> Bool {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      sent += count
    }
    return shutdown(socket, Int32(SHUT_WR)) == 0
  }

  private static func receive(from socket: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = recv(socket, &buffer, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count >= 0, bytes.count < 1 << 26 else { return nil }
      if count == 0 { return bytes }
      bytes += buffer[0..<count]
    }
  }
}
