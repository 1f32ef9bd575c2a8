import ArgumentParser
import Diagnostics
import Evaluation
import ExpressionLanguage
import Judging
import KernelJudging
import Reporting
import Scalars
import TensorFiles

extension BinaryFormat: ExpressibleByArgument {}
extension ProbeKind: ExpressibleByArgument {}

/// What the numbers of a probe are stored as: a format of floating-point numbers, or residues in finite fields.
enum ProbeNumbers: ExpressibleByArgument, Hashable, Sendable {
  case floating(BinaryFormat)
  case exact

  init?(argument: String) {
    if argument == "exact" {
      self = .exact
    } else if let format = BinaryFormat(rawValue: argument) {
      self = .floating(format)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String {
    Self.allValueStrings.first { Self(argument: $0) == self } ?? ""
  }

  static var allValueStrings: [String] { BinaryFormat.allCases.map(\.rawValue) + ["exact"] }
}

/// `gradcheck probe FILE -o P`: numbers for a kernel to compute gradients at.
struct ProbeCommand: GradcheckTask {
  static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract:
      "Write values of every declared tensor and the upstream gradient, for a kernel to run on.",
    discussion: """
      The name says the format: .safetensors, .npz, .json, or else a folder of .npy files. Every number is \
      exact in the type asked for. Whole numbers are drawn so that a correct kernel of a polynomial layer \
      rounds nothing; `gradcheck judge` holds what the kernel computed against the exact gradients.
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var limits: LimitOptions
  @OptionGroup var output: OutputOptions

  @Option(
    name: [.customShort("o"), .customLong("probe")],
    help: ArgumentHelp("The file to write.", valueName: "probe"))
  var path: String

  @Option(
    help:
      "What the kernel stores its tensors in; exact for the numbers of gradcheck_exact.hpp and gradcheck.Exact."
  )
  var dtype = ProbeNumbers.floating(.binary32)

  @Option(
    help: "What the numbers are like. (default: integer where the layer is polynomial, else normal)"
  )
  var kind: ProbeKind?

  @Option(help: "The seed of the values that are drawn.")
  var seed: UInt64 = 1

  @Option(
    help:
      "How many probes to write; several have numbers before the name's ending, and all kinds in turn."
  )
  var count = 1

  func validate() throws {
    if !(1...1000).contains(count) { throw ValidationError("--count is between 1 and 1000.") }
    if dtype == .exact, kind != nil {
      throw ValidationError("--kind is for floating-point numbers; --dtype exact has none.")
    }
    if input.files.count + (input.statements.isEmpty ? 0 : 1) > 1 {
      throw ValidationError("Probes are drawn for one file at a time.")
    }
  }

  func perform(_ result: inout ResultWriter) throws -> Outcome {
    let options = limits.limiting(CheckOptions(sizes: input.overrides))
    let kernel: KernelInput
    switch try KernelInput.load(input, options: options) {
    case .success(let loaded): kernel = loaded
    case .failure(let failure): return try failure.report(to: &result, output)
    }
    let limits = EvaluationLimits(for: kernel.layer.program, options)
    var written: [WrittenProbe] = []
    var failed: KernelFailure?
    for number in 0..<count where failed == nil {
      let path = count == 1 ? path : Self.numbered(path, number + 1)
      do throws(KernelFailure) {
        written.append(
          try limits.scope { () throws(KernelFailure) in
            try write(number, kernel, to: path)
          }.get())
      } catch {
        failed = error
      }
    }
    if let failed { return try failed.report(to: &result, output) }
    if output.format == .json {
      try result.write(.object(["probes": .array(written.map(\.json))]))
    } else {
      try result.write(written.map(\.line).joined())
    }
    return .holds
  }

  private func write(
    _ number: Int, _ kernel: KernelInput, to path: String
  ) throws(KernelFailure) -> WrittenProbe {
    let drawing = ProbeDrawing(kernel.layer, sizes: input.overrides)
    let seed = seed &+ UInt64(number)
    let kinds = ProbeKind.allCases
    return try DrawnProbe(
      drawing, of: kernel, dtype, kind: count == 1 ? kind : kind ?? kinds[number % kinds.count],
      seed: seed
    ).write(to: path)
  }

  /// `probe.npz` as `probe-2.npz`.
  private static func numbered(_ path: String, _ number: Int) -> String {
    let folderEnd = path.lastIndex(of: "/") ?? path.startIndex
    guard let dot = path[folderEnd...].lastIndex(of: ".") else { return "\(path)-\(number)" }
    return "\(path[..<dot])-\(number)\(path[dot...])"
  }
}
