import Diagnostics
import Evaluation
import Judging
import KernelJudging
import TensorFiles

/// A probe, and what a kernel computed at it.
struct KernelRun {
  let probePath: String
  let resultPath: String
  let probe: TensorFile
  let results: TensorFile

  init(probe: String, results: String) throws(KernelFailure) {
    probePath = probe
    resultPath = results
    self.probe = try TensorFileReading.tensors(at: probe)
    self.results = try TensorFileReading.tensors(at: results)
  }

  init(path: String, probe: TensorFile, results: TensorFile) {
    probePath = path
    resultPath = path
    self.probe = probe
    self.results = results
  }

  var isExact: Bool { probe[ExactField.headerName] != nil }
}

/// What a kernel is judged by, whatever it computed.
struct JudgeSession {
  let kernel: KernelInput
  let limits: EvaluationLimits
  let sizes: [String: Int]
  let declaration: KernelDeclaration
  /// The layer's names of tensors by those in the files.
  let renamed: [String: String]

  enum Found {
    case floating([KernelReport])
    case exact(ExactReport)
  }

  /// Exact runs are judged together, since each makes a false accept less likely; others each by itself.
  func judged(_ runs: [KernelRun]) throws(KernelFailure) -> Found {
    guard runs.contains(where: \.isExact) else {
      var reports: [KernelReport] = []
      for run in runs {
        reports.append(
          try limits.scope { () throws(KernelFailure) in try report(run) }.get())
      }
      return .floating(reports)
    }
    var judged: [(file: String, tensors: [ExactJudgement], point: ExactPoint)] = []
    for run in runs {
      let wrong = judged.flatMap(\.tensors).filter { $0.verdict == .wrong }.map(\.name)
      judged.append(
        try limits.scope { () throws(KernelFailure) in
          try exactly(run, explained: Set(wrong))
        }.get())
    }
    return .exact(ExactReport(judged))
  }

  private func report(_ run: KernelRun) throws(KernelFailure) -> KernelReport {
    do throws(KernelJudge.Failure) {
      let point: KernelPoint
      do throws(KernelPointError) {
        point = try KernelPoint(kernel.layer, run.probe, sizes: sizes)
      } catch {
        throw .point(error)
      }
      return KernelReport(
        fileName: run.resultPath,
        sizes: kernel.layer.program.sizes.compactMap { size in
          point.sizes[size.name].map { (size.name, $0) }
        },
        tensors: try KernelJudge(kernel.layer, declaration).judge(
          run.results, at: point, renamed: renamed))
    } catch {
      throw failure(error, run)
    }
  }

  private func exactly(
    _ run: KernelRun, explained: Set<String>
  ) throws(KernelFailure) -> (file: String, tensors: [ExactJudgement], point: ExactPoint) {
    do throws(KernelJudge.Failure) {
      let point = try ExactPoint(kernel.layer, run.probe, sizes: sizes)
      let judge = ExactJudge(point, renamed: renamed, explained: explained)
      return (run.resultPath, try judge.judge(run.results), point)
    } catch {
      throw failure(error, run)
    }
  }

  private func failure(_ error: KernelJudge.Failure, _ run: KernelRun) -> KernelFailure {
    let program = kernel.layer.program
    switch error {
    case .point(let error):
      let path = error.isAboutResults ? run.resultPath : run.probePath
      return KernelFailure(SourceText(name: path, text: ""), [error.diagnostic])
    case .evaluation(let error):
      return KernelFailure(program.source, [error.diagnostic(in: program)])
    case .check(let error): return KernelFailure(program.source, error.diagnostics)
    }
  }
}
