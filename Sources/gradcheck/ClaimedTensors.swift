import Evaluation
import ExpressionLanguage
import Judging
import KernelJudging
import TensorFiles

/// `check from "grads.npz"`: a file of tensors beside a layer, which holds the point and what a kernel computed there.
struct ClaimedTensors {
  private let item: LoadedInput.Item
  private let options: CheckOptions

  init(_ item: LoadedInput.Item, options: CheckOptions) {
    self.item = item
    self.options = options
  }

  /// Whether a name is one of a file of tensors.
  static func isFile(_ name: String) -> Bool {
    switch TensorFileFormat(ofFile: name) {
    case .safetensors, .npz: true
    case .npy, nil: false
    }
  }

  /// A report on each file of tensors that the layer names.
  func judged() throws(KernelFailure) -> [KernelReport] {
    guard case .program(let program, _) = item else { return [] }
    let files = program.claimFiles.filter { Self.isFile($0.path) }
    if files.isEmpty { return [] }
    let kernel: KernelInput
    switch KernelInput.layer(of: item) {
    case .success(let loaded): kernel = loaded
    case .failure(let failure): throw failure
    }
    let session = JudgeSession(
      kernel: kernel, limits: EvaluationLimits(for: program, options), sizes: options.sizes,
      declaration: KernelDeclaration(), renamed: [:])
    var runs: [KernelRun] = []
    for file in files {
      let path = NeighbourFiles(of: program.source).path(of: file.path)
      runs.append(
        KernelRun(of: try TensorFileReading.tensors(at: path), at: path, for: kernel.layer))
    }
    switch try session.judged(runs) {
    case .floating(let reports): return reports
    case .exact: return []
    }
  }
}

extension KernelRun {
  /// A file that holds both the point and the results.
  init(of file: TensorFile, at path: String, for layer: KernelLayer) {
    let declared = Set(layer.inputs.compactMap(\.name))
    self.init(
      path: path, probe: TensorFile(file.tensors.filter { declared.contains($0.name) }),
      results: TensorFile(file.tensors.filter { !declared.contains($0.name) }))
  }
}
