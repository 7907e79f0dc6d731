import Glibc
import TLXBuiltins
import TLXRuntime

/// A session's output on standard output, with progress on standard error where that is a terminal.
final class ConsoleOutput: Output {
  var hidesValues: Bool
  private let showsProgress: Bool
  private let isTerminal = Terminal.isTerminal(1)
  private let figures: FigureScreen
  private var buffer: [UInt8] = []
  private var lastFlush = 0.0
  private var lastProgress = 0.0
  private var isProgressShown = false

  /// - Parameter isInteractive: Whether the terminal may be asked what it can show.
  init(quiet: Bool, isInteractive: Bool = false) {
    figures = FigureScreen(isInteractive: isInteractive)
    hidesValues = quiet
    showsProgress = !quiet && Terminal.isTerminal(2) && Terminal.isCapable
  }

  var width: Int { Terminal.size().columns }

  func write(_ text: String) {
    hideProgress()
    buffer += Array(text.utf8)
    // A pipe gets what comes in quick succession together; a terminal sees everything at once.
    let now = ConsoleOutput.seconds()
    if isTerminal || buffer.count > 32_768 || now - lastFlush > 0.02 {
      lastFlush = now
      flush()
    }
  }

  func show(_ value: Value, digits: Int?) {
    guard !hidesValues else { return }
    if isTerminal, case .object(let object as FigureObject) = value {
      hideProgress()
      if let text = figures.text(of: object.figure, width: width) { return write(text) }
    }
    write(Display.show(value, width: width, digits: digits) + "\n")
  }

  func progress(_ line: String?) {
    guard showsProgress else { return }
    guard let line else { return hideProgress() }
    let now = ConsoleOutput.seconds()
    guard now - lastProgress > 0.04 else { return }
    lastProgress = now
    flush()
    isProgressShown = true
    Terminal.write("\r" + TextWidth.cut(line, to: Terminal.size(2).columns - 1) + "\u{1b}[K", to: 2)
  }

  func flush() {
    guard !buffer.isEmpty else { return }
    let isGone = buffer.withUnsafeBufferPointer { !Terminal.write(UnsafeRawBufferPointer($0), to: 1) }
    buffer.removeAll(keepingCapacity: true)
    // The reader has closed the pipe: nobody is left to tell anything.
    if isGone { _exit(0) }
  }

  /// Ends progress and writes what is left.
  func finish() {
    hideProgress()
    flush()
  }

  private func hideProgress() {
    guard isProgressShown else { return }
    isProgressShown = false
    Terminal.write("\r\u{1b}[K", to: 2)
  }

  static func seconds() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
  }
}
