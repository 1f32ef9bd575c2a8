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
      gradcheck help softmax      what a function, a diagnostic or a rule means

      Exit status: 0 all claims hold, 1 a claim is wrong, 2 a file is wrong, 3 undecided or on a \
      kink, 64 the command line is wrong, 70 an error of this program, 74 the result cannot be written.
      """,
    version: ProgramVersion.text,
    subcommands: [
      CheckCommand.self, DeriveCommand.self, EvalCommand.self, ShapesCommand.self,
      PropertyCommand.self, FiniteDifferenceCommand.self, LibraryCommand.self, ProbeCommand.self,
      JudgeCommand.self, LanguageServerCommand.self, HelpTopicCommand.self,
    ],
    defaultSubcommand: CheckCommand.self)

  /// Runs the command line and gives the exit status; nothing that is thrown leaves it.
  static func status(of arguments: [String]) -> Int32 {
    if let hint = CommandLineHint.on(arguments) {
      Console.error.say("error: \(hint.message)\nhelp: did you mean `\(hint.suggestion)`?\n")
      return UsageError.exitStatus
    }
    var command: ParsableCommand
    do {
      command =
        try alone(arguments) ?? parseAsRoot(HelpTopic.command(for: arguments))
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
    if !type(of: task).isLasting { FreedMemory.keep() }
    let box = LargeStack.run { () -> Int32 in
      do {
        try confirmKernel()
        try confirmFormat(of: task)
        var result = ResultWriter(path: task.output.path)
        let outcome = try task.perform(&result)
        try result.finish()
        return outcome.rawValue
      } catch let failure as UsageError {
        Console.error.say("error: \(failure.message)\n")
        return UsageError.exitStatus
      } catch let failure as OutputError {
        Console.error.say("error: the result cannot be written: \(failure.reason)\n")
        return OutputError.exitStatus
      } catch {
        Console.error.say("internal error: \(error)\n")
        return Outcome.internalError.rawValue
      }
    }
    return box
  }
}

extension GradcheckCommand {
  /// The task of a line that begins with a command's name or with a file, read without the tree of all commands, which
  /// takes as long to build as a small file to derive.
  ///
  /// - Returns: nil for every other line, for what asks for help and for what is wrong, which the tree words.
  private static func alone(_ arguments: [String]) -> ParsableCommand? {
    guard let first = arguments.first, !first.hasPrefix("-") else { return nil }
    let commands = configuration.subcommands
    func named(_ name: String) -> ParsableCommand.Type? {
      commands.first { $0.configuration.commandName == name }
    }
    if let command = named(first) {
      return (try? command.parseAsRoot(Array(arguments.dropFirst()))) as? any GradcheckTask
    }
    if arguments.contains(where: { $0 == "help" || named($0) != nil }) { return nil }
    return (try? CheckCommand.parseAsRoot(arguments)) as? any GradcheckTask
  }

  /// - Throws: ``UsageError`` when a command has no such format.
  private static func confirmFormat(of task: any GradcheckTask) throws {
    let formats = type(of: task).formats
    if formats.contains(task.output.format) { return }
    let known = formats.map(\.rawValue).joined(separator: ", ")
    throw UsageError(
      message: "--format \(task.output.format.rawValue): this command writes \(known)")
  }

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
  /// The formats that its result may have.
  static var formats: [OutputOptions.Format] { get }
  /// Whether it waits for more work, so that memory goes back in between.
  static var isLasting: Bool { get }
  var output: OutputOptions { get }
  func perform(_ result: inout ResultWriter) throws -> Outcome
}

extension GradcheckTask {
  static var formats: [OutputOptions.Format] { [.text, .json] }
  static var isLasting: Bool { false }
}

/// A command line that parses but asks for something that is not there, such as an unknown size.
struct UsageError: Error, Hashable {
  static let exitStatus: Int32 = 64
  let message: String
}
