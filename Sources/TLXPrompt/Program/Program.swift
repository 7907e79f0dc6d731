import ArgumentParser
import Glibc
import TLXNumerics
import TLXRuntime
import TLXSource

/// The program: reads the command line, does what it says, and leaves with the right status.
public enum Program {
  public static let version = "0.1.0"

  public static func main(_ arguments: [String]) -> Never {
    Terminal.setCharacterHandling()
    tracePlans()
    let status = run(arguments)
    exit((ExitStatus.ofSignal ?? status).rawValue)
  }

  /// With TLX_TRACE=1 every plan is shown before it runs.
  private static func tracePlans() {
    guard let choice = getenv("TLX_TRACE"), !["", "0"].contains(String(cString: choice)) else { return }
    PlanTrace.sink = { Terminal.write("plan\n\($0)\n", to: 2) }
  }

  static func run(_ arguments: [String]) -> ExitStatus {
    do {
      try EnvironmentSettings.check()
      if let task = RunTask(plain: arguments) { return try task.perform(RunOptions()) }
      var command = try TLXCommand.parseAsRoot(arguments)
      if let command = command as? any ProgramCommand { return try command.perform() }
      try command.run()
      return .success
    } catch let error where error is Diagnostic || error is Failure || error is NumericsError {
      return Failures.report(error)
    } catch {
      return explainUsage(error)
    }
  }

  /// Help and version are answers, everything else is a usage error.
  private static func explainUsage(_ error: any Error) -> ExitStatus {
    let message = TLXCommand.fullMessage(for: error)
    if TLXCommand.exitCode(for: error) == .success {
      Terminal.write(message.hasSuffix("\n") ? message : message + "\n")
      return .success
    }
    Terminal.write(message.hasSuffix("\n") ? message : message + "\n", to: 2)
    return .usage
  }
}
