import Diagnostics
import ExpressionLanguage
import Judging
import Reporting

/// Reads a point's file and evaluates a program there; what goes wrong is a report on the file at fault.
struct PointCommandEvaluation {
  let options: CheckOptions
  let digits: Int

  struct Failure: Error {
    let report: FileReport
  }

  func evaluate(_ program: Program, at path: String?) -> Result<PointReport, Failure> {
    var point = PointFile()
    var pointSource = SourceText(name: "", text: "{}")
    if let path {
      switch PointReading.point(at: path) {
      case .success(let read): (point, pointSource) = read
      case .failure(let failure): return .failure(Failure(report: failure.report))
      }
    }
    do throws(PointEvaluation.Failure) {
      return .success(
        try PointEvaluation(at: point, options: options, digits: digits).evaluate(program))
    } catch {
      switch error {
      case .point(.noSizes): return failure(PointError.noSizes.diagnostic, in: program.source)
      case .point(let error): return failure(error.diagnostic, in: pointSource)
      case .evaluation(let error): return failure(error.diagnostic(in: program), in: program.source)
      case .check(let error):
        let report = FileReport(
          source: program.source, diagnostics: error.diagnostics, check: nil,
          internalError: error.internalError)
        return .failure(Failure(report: report))
      }
    }
  }

  private func failure(
    _ diagnostic: Diagnostic, in source: SourceText
  ) -> Result<PointReport, Failure> {
    .failure(Failure(report: FileReport(source: source, diagnostics: [diagnostic], check: nil)))
  }
}
