import Derivation
import Diagnostics
import ExpressionLanguage
import ProgramTestSupport
import TensorExpressions

@testable import Explaining
@testable import Judging
@testable import Reporting

/// A file with its derived backward pass as claims: what `derive` prints, put behind what the file declares.
struct PrintedProgram {
  let text: String
  let program: Program

  /// What became of each printed line that claims a gradient.
  enum Outcome: Equatable {
    case proved
    /// Not proved, and judged by numbers.
    case judged(String)
  }

  struct Unreadable: Error, CustomStringConvertible {
    let text: String
    let diagnostics: String
    var description: String { text + "\n" + diagnostics }
  }

  /// Nil for a file that is wrong, or that differentiates nothing.
  init?(of source: SourceText) throws {
    var diagnostics = DiagnosticList(source: source)
    let loading = FileCheck(loading: { _ in "{}" })
    guard let original = loading.program(of: source, into: &diagnostics),
      let output = original.output?.results.first, let backward = try Checker.derive(original)
    else { return nil }
    text = Self.text(of: source, original, output, backward)
    let printed = SourceText(name: source.name + " as printed", text: text)
    var remarks = DiagnosticList(source: printed)
    let file = SyntaxFile.parse(printed, into: &remarks)
    program = Elaborator.elaborate(
      file, space: original.space, loading: { _ in "{}" }, into: &remarks)
    guard !remarks.hasErrors else {
      throw Unreadable(text: text, diagnostics: remarks.rendered(style: .plain))
    }
  }

  private static func text(
    of source: SourceText, _ original: Program, _ output: Program.Output.Result,
    _ backward: BackwardPass
  ) -> String {
    let passes = PrintedPasses(program: original, backward: backward)
    let name = output.value.name ?? ""
    var lines = declarations(of: source, beforeForward: passes.namesParts)
    if passes.namesParts {
      for line in passes.forward {
        lines += line.statements.dropLast().map(\.text)
        let isLoss = line.name == name && output.upstream == nil
        lines.append((isLoss ? "loss " : "") + (line.statements.last?.text ?? ""))
      }
    }
    if output.upstream != nil { lines.append("output \(name)") }
    // A block has lines that are no line of the pass; an output that its block reads is one value under two names.
    let names = Set(
      original.declarations.compactMap(\.symbol.name)
        + passes.forward.map(\.name) + original.values.map(\.name))
    let claimed = Set(
      backward.lines.filter { $0.primal?.name.map(names.contains) ?? false }.map(\.name))
    for printed in passes.backward {
      lines += printed.statements.dropLast().map(\.text)
      guard let last = printed.statements.last?.text else { continue }
      let indentation = last.prefix { $0 == " " }
      let check = claimed.contains(printed.name) ? "check " : ""
      lines.append(indentation + check + last.dropFirst(indentation.count))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The statements of the file up to its first claim; only its declarations where the forward pass is printed anew.
  private static func declarations(
    of source: SourceText, beforeForward isForwardPrinted: Bool
  ) -> [String] {
    var diagnostics = DiagnosticList(source: source)
    let statements = SyntaxFile.parse(source, into: &diagnostics).statements
    var lines: [String] = []
    for statement in statements {
      switch statement.kind {
      case .dims, .budget, .declaration, .function: break
      case .check, .assertion: return lines
      case .output: continue
      case .unpacking, .block, .step, .loss, .shape, .assignment, .index:
        if isForwardPrinted { continue }
      }
      lines.append(source[statement.range])
    }
    return lines
  }

  /// Every claim's outcome: by normal forms, and where these do not decide, by numbers at small sizes.
  func outcomes() throws -> [(name: String, outcome: Outcome)] {
    guard let backward = try Checker.derive(program) else { return [] }
    let normalizer = Normalizer(facts: program.facts, expandsNames: false)
    let parts = Set(backward.lines.filter { $0.primal == nil }.map(\.name))
      .union(program.values.filter(\.isBackward).map(\.name))
    let sides = program.claimExpressions(backward.cotangents)
    let proved = sides.map { side in
      side.claimed.map { claimed in
        let both = [side.exact.unnamed, claimed.unnamed].map { $0.expanding(parts) }
        return normalizer.provesEqual(both[0], both[1])
      } ?? false
    }
    if proved.allSatisfy({ $0 }) { return sides.map { ($0.claim.name, .proved) } }
    guard elementCount <= Self.largestCount else {
      return zip(sides, proved).map { ($0.claim.name, $1 ? .proved : .judged("too large")) }
    }
    var options = CheckOptions(trials: 1, searchesCauses: false)
    for size in program.sizes { options.sizes[size.name] = 2 }
    let report = try Checker(options).check(program)
    return zip(proved, report.claims).map { proved, claim in
      (claim.name, proved ? .proved : .judged(claim.verdict.word))
    }
  }

  /// Numbers are drawn only where no tensor is large at the small sizes.
  private static let largestCount = 2_000

  private var elementCount: Int {
    let sizes = Dictionary(uniqueKeysWithValues: program.sizes.map { ($0.name, 2) })
    let shapes = program.declarations.map(\.symbol.shape) + program.values.map(\.value.shape)
    return shapes.map { shape in
      shape.reduce(1) { count, size in
        min(count, 1 << 20) * min((try? size.evaluated(sizes)) ?? 1 << 20, 1 << 20)
      }
    }.max() ?? 0
  }
}

extension TensorExpression {
  /// The expression with some names replaced by what they stand for; other names are left as they are.
  fileprivate func expanding(_ names: Set<String>) -> TensorExpression {
    var memo: [TensorExpression: TensorExpression] = [:]
    func visit(_ node: TensorExpression) -> TensorExpression {
      if let known = memo[node] { return known }
      let result: TensorExpression
      if case .named(let name, let value) = node.kind {
        result = names.contains(name) ? visit(value) : node
      } else {
        result = node.replacingOperands(node.operands.map(visit))
      }
      memo[node] = result
      return result
    }
    return visit(self)
  }
}
