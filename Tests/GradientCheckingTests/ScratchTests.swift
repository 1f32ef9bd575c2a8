import Diagnostics
import ExpressionLanguage
import Foundation
import TensorExpressions
import Testing

@testable import GradientChecking

func dump(_ e: TensorExpression) -> String {
  func go(_ e: TensorExpression, _ top: Bool) -> String {
    switch e.kind {
    case .symbol(let s): return s.name + "~" + s.role.rawValue
    case .named(let n, let v): return top ? n + "=" + go(v, false) : n
    case .sum(let t): return "(" + t.map { go($0, false) }.joined(separator: " + ") + ")"
    case .contraction(let c):
      func aff(_ a: Affine) -> String {
        a.terms.map { "\($0.coefficient)i\($0.index)" }.joined(separator: "+")
          + (a.constant.isZero ? "" : "+\(a.constant)")
      }
      return "{" + (c.coefficient.asRational?.description ?? "coef") + " ["
        + c.output.map(aff).joined(separator: ",") + "] "
        + c.operands.map {
          go($0.value, false) + "[" + $0.access.map(aff).joined(separator: ",") + "]"
        }.joined(separator: " ") + "}"
    case .elementwise(let f, let o):
      return f.name + "(" + o.map { go($0, false) }.joined(separator: ", ") + ")"
    case .extremum: return "ext"
    case .selector: return "sel"
    case .inverse(let x): return "inv(" + go(x, false) + ")"
    case .determinant(let x): return "det(" + go(x, false) + ")"
    }
  }
  return go(e, true)
}
@Suite struct Scratch {
  @Test func folder() throws {
    guard let folder = ProcessInfo.processInfo.environment["SCRATCH"] else { return }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      $0.hasSuffix(".expr")
    }.sorted()
    let only = ProcessInfo.processInfo.environment["ONLY"] ?? ""
    for file in files where only.isEmpty || file.contains(only) {
      let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
      let source = SourceText(name: file, text: text)
      var list = DiagnosticList(source: source)
      let syntax = SyntaxFile.parse(source, into: &list)
      let program = Elaborator.elaborate(syntax, loading: { _ in "" }, into: &list)
      if list.hasErrors { print("SCR \(file) DIAG \(list.rendered(style: .plain))"); continue }
      let start = Date()
      do {
        let report = try Checker().check(program)
        if !only.isEmpty {
          for line in report.backward?.lines ?? [] {
            print("SCR LINE", line.name, dump(line.cotangent))
          }
          for side in program.claimExpressions(report.backward?.cotangents ?? [:]) {
            print(
              "SCR CLAIM", side.claim.name, dump(side.exact), "VS", side.claimed.map(dump) ?? "")
          }
        }
        let claims = report.claims.map { claim -> String in
          var s = "\(claim.name):\(claim.verdict.word)"
          if case .wrong(let r) = claim.verdict {
            if !only.isEmpty { print("SCR DIFF", r.difference as Any) };
            s += "<\(r.cause?.sentence ?? "-")>"
          }
          if case .undecided(let w) = claim.verdict { s += "<\(w)>" }
          return s
        }
        print(
          "SCR \(file) \(Int(Date().timeIntervalSince(start)*1000))ms \(claims.joined(separator: " ")) self=\(report.selfCheck.map { "\($0.duals)" } ?? "") fd=\(report.selfCheck?.finiteDifferenceError ?? -1)"
        )
      } catch { print("SCR \(file) FAIL \(error)") }
    }
  }
}
