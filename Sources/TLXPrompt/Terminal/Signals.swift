import Glibc
import TLXNumerics

/// Signals as bytes in a pipe, so that a reader can wait for keys and signals at once, and Ctrl-C as the request to
/// stop that computations poll.
enum Signals {
  enum Event: UInt8 {
    case interrupt = 1
    case resized
    case stop
    /// The process was asked to end, or its terminal closed.
    case end
  }

  // Written once before the handlers are installed, then only read, by handlers too.
  nonisolated(unsafe) private static var writeEnd: Int32 = -1
  nonisolated(unsafe) private(set) static var readEnd: Int32 = -1
  nonisolated(unsafe) private static var leavesOnSecondInterrupt = false
  nonisolated(unsafe) private(set) static var isInterrupted = false
  /// The signal that asked the process to end; 0 as long as none did.
  nonisolated(unsafe) private(set) static var ending: Int32 = 0
  /// Seconds that a computation has to end in order.
  private static let patience: UInt32 = 5

  /// Ctrl-C stops the computation. In a script a second one ends the process, should the first not be heard.
  static func install(leavingOnSecondInterrupt leaves: Bool) {
    leavesOnSecondInterrupt = leaves
    Interrupt.reset()
    handle(SIGINT) { _ in
      if Signals.leavesOnSecondInterrupt && Signals.isInterrupted { _exit(130) }
      Signals.isInterrupted = true
      Interrupt.request()
      Signals.send(.interrupt)
    }
    for number in [SIGTERM, SIGHUP] { handleEnd(number) }
  }

  /// A computation ends as with Ctrl-C, so that no file is left half-written; what does not hear that is ended.
  private static func handleEnd(_ number: Int32) {
    handle(number) { number in
      if Signals.ending != 0 { _exit(128 + number) }
      Signals.ending = number
      Interrupt.request(.termination)
      Signals.send(.end)
      signal(SIGALRM) { _ in _exit(128 + Signals.ending) }
      alarm(Signals.patience)
    }
  }

  /// Also turns resizing and Ctrl-Z into events, for an editor that has drawn on the screen.
  static func openPipe() {
    guard readEnd < 0 else { return }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    readEnd = ends[0]
    writeEnd = ends[1]
  }

  static func watchScreen() {
    handle(SIGWINCH) { _ in Signals.send(.resized) }
    handle(SIGTSTP) { _ in Signals.send(.stop) }
  }

  static func ignoreScreen() {
    signal(SIGWINCH, SIG_DFL)
    signal(SIGTSTP, SIG_DFL)
  }

  /// Forgets interrupts that came before now.
  static func clear() {
    isInterrupted = false
    guard ending == 0 else { return }
    Interrupt.reset()
    while let event = next() {
      if event == .end { send(.end) }
      if ending != 0 { return }
    }
  }

  /// The oldest event not yet taken.
  static func next() -> Event? {
    guard readEnd >= 0 else { return nil }
    var byte: UInt8 = 0
    while true {
      let count = read(readEnd, &byte, 1)
      if count == 1 { return Event(rawValue: byte) }
      if count < 0 && errno == EINTR { continue }
      return nil
    }
  }

  /// Waits for input or a signal, whichever comes first. Nil when there is input.
  static func wait(forInputOn descriptor: Int32) -> Event? {
    while true {
      if let event = next() { return event }
      var watched = [
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0),
      ]
      if poll(&watched, 2, -1) > 0, watched[1].revents == 0 { return nil }
    }
  }

  /// Runs `body` so that the threads it starts take no signals: those are for the main thread.
  static func deferred<Result>(_ body: () -> Result) -> Result {
    var (all, own) = (sigset_t(), sigset_t())
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, &own)
    defer { pthread_sigmask(SIG_SETMASK, &own, nil) }
    return body()
  }

  private static func send(_ event: Event) {
    guard writeEnd >= 0 else { return }
    let saved = errno
    var byte = event.rawValue
    _ = write(writeEnd, &byte, 1)
    errno = saved
  }

  private static func handle(_ number: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = handler
    // Without SA_RESTART: a read that waits for keys has to notice.
    sigaction(number, &action, nil)
  }
}
