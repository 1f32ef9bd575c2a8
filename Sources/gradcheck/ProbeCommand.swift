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

  @Option(help: "What the kernel stores its tensors in.")
  var dtype = BinaryFormat.binary32

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
    var written: [(path: String, probe: Probe)] = []
    var failed: KernelFailure?
    for number in 0..<count where failed == nil {
      let path = count == 1 ? path : Self.numbered(path, number + 1)
      do throws(KernelFailure) {
        let probe = try limits.scope { () throws(KernelFailure) in
          try draw(number, kernel)
        }.get()
        try ProbeWriting(probe).write(to: path)
        written.append((path, probe))
      } catch {
        failed = error
      }
    }
    if let failed { return try failed.report(to: &result, output) }
    if output.format == .json {
      try result.write(.object(["probes": .array(written.map { $1.json(path: $0) })]))
    } else {
      try result.write(written.map { $1.line(path: $0) }.joined())
    }
    return .holds
  }

  private func draw(_ number: Int, _ kernel: KernelInput) throws(KernelFailure) -> Probe {
    let kinds = ProbeKind.allCases
    let request = ProbeRequest(
      format: dtype, kind: count == 1 ? kind : kind ?? kinds[number % kinds.count],
      seed: seed &+ UInt64(number))
    do throws(ProbeError) {
      return try ProbeDrawing(kernel.layer, sizes: input.overrides).probe(request)
    } catch {
      let program = kernel.layer.program
      throw KernelFailure(program.source, [error.diagnostic(in: program)])
    }
  }

  /// `probe.npz` as `probe-2.npz`.
  private static func numbered(_ path: String, _ number: Int) -> String {
    let folderEnd = path.lastIndex(of: "/") ?? path.startIndex
    guard let dot = path[folderEnd...].lastIndex(of: ".") else { return "\(path)-\(number)" }
    return "\(path[..<dot])-\(number)\(path[dot...])"
  }
}

extension Probe {
  /// `probe.safetensors   x [16, 64]  dy [16, 64]   bf16, normal, seed 1`
  fileprivate func line(path: String) -> String {
    let shapes = tensors.map { "\($0.name) \($0.extents)" }.joined(separator: "  ")
    let line = "\(path)   \(shapes)   \(format.rawValue), \(kind.rawValue), seed \(seed)\n"
    return line + (remark.map { "  \($0)\n" } ?? "")
  }

  fileprivate func json(path: String) -> JSONValue {
    var object = JSONObject()
    object["file"] = .string(path)
    object["dtype"] = .string(format.rawValue)
    object["kind"] = .string(kind.rawValue)
    object["seed"] = .number(String(seed))
    var shapes = JSONObject()
    for tensor in tensors { shapes[tensor.name] = .array(tensor.extents.map(JSONValue.integer)) }
    object["tensors"] = .object(shapes)
    if let remark { object["remark"] = .string(remark) }
    return .object(object)
  }
}

/// Writes a probe in the format that a name says.
struct ProbeWriting {
  private let probe: Probe

  init(_ probe: Probe) { self.probe = probe }

  func write(to path: String) throws(KernelFailure) {
    do throws(TensorFileError) {
      let file = TensorFile(probe.tensors)
      if let format = TensorFileFormat(ofFile: path), format != .npy {
        let metadata = [
          ("kind", probe.kind.rawValue), ("seed", String(probe.seed)),
          ("dtype", probe.format.rawValue),
        ]
        return try put(try file.bytes(as: format, metadata: metadata), path)
      }
      if path.hasSuffix(".json") { return try put(Array((probe.json.text() + "\n").utf8), path) }
      if let dot = path.split(separator: "/").last?.lastIndex(of: "."), dot > path.startIndex {
        throw .unknownFormat(path)
      }
      try writeFolder(path)
    } catch {
      throw KernelFailure(SourceText(name: path, text: ""), [error.diagnostic])
    }
  }

  private func writeFolder(_ path: String) throws(TensorFileError) {
    // All arrays are made before the first is written.
    var arrays: [(String, [UInt8])] = []
    for tensor in probe.tensors {
      arrays.append((tensor.name, try TensorFile([tensor]).bytes(as: .npy)))
    }
    do throws(FileWritingError) {
      try FileWriting.makeFolder(path)
      for (name, bytes) in arrays { try FileWriting.writeFile(bytes, to: "\(path)/\(name).npy") }
    } catch {
      throw .unwritable(error.sentence)
    }
  }

  private func put(_ bytes: [UInt8], _ path: String) throws(TensorFileError) {
    do throws(FileWritingError) {
      try FileWriting.writeFile(bytes, to: path)
    } catch {
      throw .unwritable(error.sentence)
    }
  }
}
