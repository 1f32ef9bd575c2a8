import ArgumentParser
import Diagnostics
import Evaluation
import ExpressionLanguage
import Judging
import KernelJudging
import Reporting
import Scalars
import TensorFiles

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
    name: .customLong("map"), parsing: .singleValue,
    help: ArgumentHelp(
      "The layer's name of a tensor that has another in the file, such as dx=grad_input.",
      valueName: "name=other"))
  var renamed: [TensorRenaming] = []

  @OptionGroup var limits: LimitOptions
  @OptionGroup var output: OutputOptions

  /// The multiply-adds of one run: numbers that were computed elsewhere are judged however large the layer is.
  private static let defaultWork = 40_000_000_000

  func validate() throws {
    if at.isEmpty { throw ValidationError("Missing expected option '--at <probe>'.") }
    if files.count != at.count + 1 {
      throw ValidationError(
        "A layer and a file of results for each of the \(at.count) probes are expected.")
    }
  }

  func perform(_ result: inout ResultWriter) throws -> Outcome {
    let options = limits.limiting(
      CheckOptions(sizes: Dictionary(dims.map { ($0.name, $0.extent) }) { _, last in last }))
    let kernel: KernelInput
    switch try KernelInput.load(path: files[0], dims: dims, options: options) {
    case .success(let loaded): kernel = loaded
    case .failure(let failure): return try failure.report(to: &result, output)
    }
    var reports: [KernelReport] = []
    var bounding = options
    bounding.workLimit = limits.budget?.count ?? Self.defaultWork
    let bounds = EvaluationLimits(for: kernel.layer.program, bounding)
    for (probe, results) in zip(at, files.dropFirst()) {
      do throws(KernelFailure) {
        let report = try bounds.scope { () throws(KernelFailure) in
          try judge(kernel, probe, results, options.sizes)
        }.get()
        reports.append(report)
      } catch {
        return try error.report(to: &result, output)
      }
    }
    if output.format == .json {
      try result.write(KernelReport.json(reports))
    } else {
      let style = output.style(for: .output)
      try result.write(
        reports.map { $0.text(layer: files[0], style: style) }.joined(separator: "\n"))
    }
    return reports.map(\.outcome).max() ?? .holds
  }

  private func judge(
    _ kernel: KernelInput, _ probePath: String, _ resultPath: String, _ sizes: [String: Int]
  ) throws(KernelFailure) -> KernelReport {
    let probe = try TensorFileReading.tensors(at: probePath)
    let results = try TensorFileReading.tensors(at: resultPath)
    let judge = KernelJudge(
      kernel.layer, KernelDeclaration(accumulation: accumulate, intermediate: intermediate))
    do throws(KernelJudge.Failure) {
      let point: KernelPoint
      do throws(KernelPointError) {
        point = try KernelPoint(kernel.layer, probe, sizes: sizes)
      } catch {
        throw .point(error)
      }
      let names = Dictionary(renamed.map { ($0.other, $0.name) }) { first, _ in first }
      let program = kernel.layer.program
      return KernelReport(
        fileName: resultPath,
        sizes: program.sizes.compactMap { size in point.sizes[size.name].map { (size.name, $0) } },
        tensors: try judge.judge(results, at: point, renamed: names))
    } catch {
      throw failure(error, kernel, probePath, resultPath)
    }
  }

  private func failure(
    _ error: KernelJudge.Failure, _ kernel: KernelInput, _ probePath: String, _ resultPath: String
  ) -> KernelFailure {
    let program = kernel.layer.program
    switch error {
    case .point(let error):
      let path = error.isAboutResults ? resultPath : probePath
      return KernelFailure(SourceText(name: path, text: ""), [error.diagnostic])
    case .evaluation(let error):
      return KernelFailure(program.source, [error.diagnostic(in: program)])
    case .check(let error): return KernelFailure(program.source, error.diagnostics)
    }
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

/// Reads files of tensors, and points in JSON.
enum TensorFileReading {
  static func tensors(at path: String) throws(KernelFailure) -> TensorFile {
    if path.hasSuffix(".json") { return try point(at: path) }
    let bytes: [UInt8]
    do throws(FileReadingError) {
      bytes = try FileReading.bytes(ofFile: path, limit: TensorFile.sizeLimit)
    } catch {
      throw KernelFailure(UnreadableFile(name: path, reason: error).report)
    }
    do throws(TensorFileError) {
      return try TensorFile(bytes, fileName: path)
    } catch {
      throw KernelFailure(SourceText(name: path, text: ""), [error.diagnostic])
    }
  }
  /// A point in JSON, whose numbers have to be exact as `Double`s: a kernel cannot have run at others.
  private static func point(at path: String) throws(KernelFailure) -> TensorFile {
    switch PointReading.point(at: path) {
    case .failure(let failure): throw KernelFailure(failure.report)
    case .success(let read):
      var tensors: [StoredTensor] = []
      for (name, tensor) in read.point.values.sorted(by: { $0.key < $1.key }) {
        let values = tensor.elements.map(\.doubleValue)
        for (value, exact) in zip(values, tensor.elements) where Rational(exactly: value) != exact {
          throw KernelFailure(
            read.source,
            [
              Diagnostic(
                code: "kernel-point",
                "\(exact) in `\(name)` is no number of any floating-point format")
            ])
        }
        tensors.append(
          StoredTensor(name: name, format: .binary64, extents: tensor.extents, values: values))
      }
      return TensorFile(tensors)
    }
  }
}
