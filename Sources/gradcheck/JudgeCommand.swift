import ArgumentParser
import Diagnostics
import Evaluation
import ExpressionLanguage
import Judging
import KernelJudging
import Reporting
import Scalars

extension ProductFormat: ExpressibleByArgument {}
extension KernelAlgorithm: ExpressibleByArgument {}

/// `gradcheck judge FILE --at P GRADS`: the numbers that a kernel computed, against the exact ones.
struct JudgeCommand: GradcheckTask {
  static let configuration = CommandConfiguration(
    commandName: "judge",
    abstract:
      "Judge gradients that a kernel computed in floating point, by a bound that is derived.",
    discussion: """
      What is computed along the lines of the backward pass may be off by so much and no more, entry by entry; \
      there is no tolerance to choose. `gradcheck probe` writes points to run the kernel at. Several probes are \
      given by repeating --at, each with its file of results in the same order.
      """)

  @ArgumentParser.Argument(
    help: ArgumentHelp(
      "The layer, and the files with what the kernel computed.", valueName: "file"),
    completion: .file())
  var files: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "The probe that the kernel ran on; repeated for several.", valueName: "probe"),
    completion: .file())
  var at: [String] = []

  @Option(
    name: .customLong("dim"),
    help: ArgumentHelp("The number that a size has, such as B=4.", valueName: "name=n"))
  var dims: [SizeOverride] = []

  @Option(help: "What sums are formed in. (default: fp64 for what is stored in fp64, else fp32)")
  var accumulate: BinaryFormat?

  @Option(help: "What values between the lines are stored in. (default: the format of sums)")
  var intermediate: BinaryFormat?

  @Option(
    help: "What products are formed of; tf32 and bf16 shorten their factors first. (default: exact)"
  )
  var multiply: ProductFormat?

  @Option(help: "How sums of products are computed; fft and winograd are bounded by their norms.")
  var algorithm: KernelAlgorithm?

  @Option(
    name: .customLong("map"), parsing: .singleValue,
    help: ArgumentHelp(
      "The layer's name of a tensor that has another in the file, such as dx=grad_input.",
      valueName: "name=other"))
  var renamed: [TensorRenaming] = []

  @OptionGroup var limits: LimitOptions
  @OptionGroup var output: OutputOptions

  /// The multiply-adds of one run: numbers that were computed elsewhere are judged however large the layer is.
  private static let defaultWork = 40_000_000_000

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "Draw probes, and run this command on each: './my_kernel {probe} {grads}'.",
      valueName: "command"))
  var command: String?

  @Option(help: "With --run: what the kernel stores its tensors in, or exact.")
  var dtype = ProbeNumbers.floating(.binary32)

  @Flag(help: "With --run: files are those of NumPy, not safetensors.")
  var npz = false

  @Option(help: "With --run: how many probes are drawn, of all kinds in turn.")
  var count = 3

  @Option(help: "With --run: the seed of the first probe.")
  var seed: UInt64 = 1

  func validate() throws {
    if command == nil, at.isEmpty {
      throw ValidationError("Missing expected option '--at <probe>' or '--run <command>'.")
    }
    if command != nil, !at.isEmpty {
      throw ValidationError("--run draws its own probes; --at names those that there are.")
    }
    if files.count != at.count + 1 {
      throw ValidationError(
        command == nil
          ? "A layer and a file of results for each of the \(at.count) probes are expected."
          : "--run takes one layer, and no files of results.")
    }
    if let command, !command.contains("{probe}") || !command.contains("{grads}") {
      throw ValidationError("--run needs {probe} and {grads} in its command.")
    }
    if !(1...1000).contains(count) { throw ValidationError("--count is between 1 and 1000.") }
  }

  func perform(_ result: inout ResultWriter) throws -> Outcome {
    let options = limits.limiting(
      CheckOptions(sizes: Dictionary(dims.map { ($0.name, $0.extent) }) { _, last in last }))
    let kernel: KernelInput
    switch try KernelInput.load(path: files[0], dims: dims, options: options) {
    case .success(let loaded): kernel = loaded
    case .failure(let failure): return try failure.report(to: &result, output)
    }
    var bounding = options
    bounding.workLimit = limits.budget?.count ?? Self.defaultWork
    let session = JudgeSession(
      kernel: kernel, limits: EvaluationLimits(for: kernel.layer.program, bounding),
      sizes: options.sizes,
      declaration: KernelDeclaration(
        accumulation: accumulate, intermediate: intermediate, multiplication: multiply,
        algorithm: algorithm ?? .direct),
      renamed: Dictionary(renamed.map { ($0.other, $0.name) }) { first, _ in first })
    let outcome: JudgeSession.Found
    do throws(KernelFailure) {
      outcome = try session.judged(try runs(of: session))
    } catch {
      return try error.report(to: &result, output)
    }
    switch outcome {
    case .floating(let reports):
      if output.format == .json {
        try result.write(KernelReport.json(reports))
      } else {
        let style = output.style(for: .output)
        try result.write(
          reports.map { $0.text(layer: files[0], style: style) }.joined(separator: "\n"))
      }
      return reports.map(\.outcome).max() ?? .holds
    case .exact(let report):
      if output.format == .json {
        try result.write(report.json)
      } else {
        try result.write(report.text(layer: files[0], style: output.style(for: .output)))
      }
      return report.outcome
    }
  }

  /// What there is to judge: the files that are named, or what a command makes of probes that are drawn for it.
  private func runs(of session: JudgeSession) throws(KernelFailure) -> [KernelRun] {
    if let command {
      let running = KernelRunning(
        command: command, session: session, dtype: dtype, seed: seed, count: count,
        format: npz ? .npz : .safetensors)
      return try running.runs()
    }
    var runs: [KernelRun] = []
    for (probe, results) in zip(at, files.dropFirst()) {
      runs.append(try KernelRun(probe: probe, results: results))
    }
    return runs
  }
}

/// `dx=grad_input`: a tensor of the layer under its name in a file.
struct TensorRenaming: ExpressibleByArgument, Hashable, Sendable {
  let name: String
  let other: String

  init?(argument: String) {
    let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    name = String(parts[0])
    other = String(parts[1])
  }
}
