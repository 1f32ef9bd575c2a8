import ArgumentParser
import Evaluation
import Judging
import Reporting

/// The command: parses its line, runs a subcommand, and gives the exit status.
struct GradcheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradcheck",
    abstract: "Derive the backward pass of tensor expressions, and check one written by hand.",
    discussion: """
      gradcheck layer.expr        derive the backward pass, judge every claim, report
      gradcheck derive layer.expr print the backward pass alone

      Exit status: 0 all claims hold, 1 a claim is wrong, 2 a file is wrong, 3 undecided or on a \
      kink, 64 the command line is wrong, 70 an error of this program.
      """,
    version: ProgramVersion.text,
    subcommands: [
      CheckCommand.self, DeriveCommand.self, EvalCommand.self, ShapesCommand.self,
      PropertyCommand.self, FiniteDifferenceCommand.self, LibraryCommand.self, ProbeCommand.self,
      JudgeCommand.self,
    ],
    defaultSubcommand: CheckCommand.self)

  /// Runs the command line and gives the exit status; nothing that is thrown leaves it.
  static func status(of arguments: [String]) -> Int32 {
    if let hint = CommandLineHint.on(arguments) {
      Console.error.write("error: \(hint.message)\nhelp: did you mean `\(hint.suggestion)`?\n")
      return UsageError.exitStatus
    }
    var command: ParsableCommand
    do {
      command = try parseAsRoot(arguments)
    } catch {
      exit(withError: error)
    }
    guard let task = command as? any GradcheckTask else {
      do {
        try command.run()
        return 0
      } catch {
        exit(withError: error)
      }
    }
    let box = LargeStack.run { () -> Int32 in
      do {
        try confirmKernel()
        return try task.perform().rawValue
      } catch let failure as UsageError {
        Console.error.write("error: \(failure.message)\n")
        return UsageError.exitStatus
      } catch {
        Console.error.write("internal error: \(error)\n")
        return Outcome.internalError.rawValue
      }
    }
    return box
  }
}

extension GradcheckCommand {
  /// - Throws: ``UsageError`` when the environment asks for a kernel that there is not, or not on this machine.
  private static func confirmKernel() throws {
    do throws(ExactEngineError) {
      _ = try ExactKernelFamily.fromEnvironment()
    } catch {
      let names = ExactKernelFamily.allCases.filter(\.isAvailable).map { "`\($0.rawValue)`" }
      let known = "; this machine has " + names.joined(separator: ", ")
      switch error {
      case .unknownKernel(let name):
        throw UsageError(message: "GRADCHECK_KERNEL: no kernel is called `\(name)`\(known)")
      case .kernelUnavailable(let family):
        throw UsageError(
          message: "GRADCHECK_KERNEL: this processor cannot run `\(family.rawValue)`\(known)")
      default: throw UsageError(message: "GRADCHECK_KERNEL: \(error)")
      }
    }
  }
}

/// A subcommand that does work and comes to an outcome.
protocol GradcheckTask: ParsableCommand, Sendable {
  func perform() throws -> Outcome
}

/// A command line that parses but asks for something that is not there, such as an unknown size.
struct UsageError: Error, Hashable {
  static let exitStatus: Int32 = 64
  let message: String
}
