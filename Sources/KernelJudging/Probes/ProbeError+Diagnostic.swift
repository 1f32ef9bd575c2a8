import Diagnostics
import ExpressionLanguage
import Judging
import Reporting

extension ProbeError {
  /// What is wrong, at its place in the program where it has one.
  public func diagnostic(in program: Program) -> Diagnostic {
    switch self {
    case .point(let error): error.diagnostic
    case .evaluation(let error): error.diagnostic(in: program)
    case .sumsTooLarge(let format):
      Diagnostic(
        code: .noProbe,
        """
        no whole numbers other than 0 keep every sum of |terms| below 2^\(format.precision), \
        up to which \(format.rawValue) is exact
        """,
        help: "`--kind normal` draws other numbers")
    case .exact(let error): Diagnostic(code: .noProbe, error.message)
    case .kinks:
      Diagnostic(code: .noProbe, "every point that was drawn lies on a kink of the layer")
    }
  }
}

extension DiagnosticCode {
  static let noProbe: DiagnosticCode = "no-probe"
}
