import Derivation
import Diagnostics
import ExpressionLanguage
import Notation
import TensorExpressions

/// What may have been left out of a line, or stand in place of a part of it: the names that are known there,
/// numbers, and what the file and the derived formula are made of.
struct Vocabulary {
  /// A word of it.
  struct Word {
    let fragment: Fragment
    let value: TensorExpression
    /// How many tokens it has, and more for what stands nowhere near.
    let cost: Int

    var isNumber: Bool { value.asConstant != nil && value.rank == 0 }
  }

  private(set) var words: [Word] = []
  private var seen: Set<String> = []
  /// The gradients that nothing above the line claims: answers, not words.
  private let foreign: Set<String>

  /// The most words, the shortest of them.
  private static let limit = 160
  /// The longest word, in tokens.
  private static let longest = 24

  init(
    for line: ClaimLine, claim: Program.Claim, exact: TensorExpression, program: Program,
    _ trials: inout LineTrials
  ) {
    let source = program.source
    foreign = Self.foreignGradients(line, claim, program, trials.statements)
    addNames(line, claim, program, &trials)
    for number in ["2", "3", "4", "1"] { add(Fragment(number, .postfix), at: line, 1, &trials) }
    for statement in trials.statements[..<(line.order + 1)] where statement.isRead {
      for expression in statement.expressions {
        add(partsOf: expression, in: source, at: line, extra: 0, claim, &trials)
      }
    }
    for formula in Self.derivedFormulas(exact, line, claim, program, trials.statements) {
      addDerived(formula, line, claim, &trials)
    }
    addSizeProducts(program, line, &trials)
    words.sort { $0.cost < $1.cost }
    words = Array(words.prefix(Self.limit))
  }

  private mutating func add(
    _ fragment: Fragment, at line: ClaimLine, _ cost: Int, _ trials: inout LineTrials
  ) {
    guard cost <= Self.longest, seen.insert(fragment.text).inserted,
      let value = trials.value(of: fragment.text, at: line.order)
    else { return }
    words.append(Word(fragment: fragment, value: value, cost: cost))
  }

  private mutating func addNames(
    _ line: ClaimLine, _ claim: Program.Claim, _ program: Program, _ trials: inout LineTrials
  ) {
    var names = program.declarations.compactMap(\.symbol.name) + program.values.map(\.name)
    names += program.sizes.map(\.name)
    names += (program.output?.upstreams ?? []).compactMap(\.name)
    for statement in trials.statements[..<line.order] {
      names += statement.valueNames + (statement.claimedName.map { [$0] } ?? [])
    }
    for name in names.removingRepetitions() where name != claim.name {
      add(Fragment(name, .postfix), at: line, 1, &trials)
    }
  }

  private mutating func add(
    partsOf expression: SyntaxExpression, in source: SourceText, at line: ClaimLine, extra: Int,
    _ claim: Program.Claim, _ trials: inout LineTrials
  ) {
    for place in SiteWalk(expression, in: source).places {
      let fragment = Fragment(place.expression, in: source)
      guard place.expression.namesUsed.isDisjoint(with: foreign), fragment.length <= Self.longest,
        !fragment.text.contains("\n")
      else { continue }
      if case .number(let literal) = place.expression.kind, literal.integerValue != nil { continue }
      add(fragment, at: line, fragment.length + extra, &trials)
    }
  }

  private static func foreignGradients(
    _ line: ClaimLine, _ claim: Program.Claim, _ program: Program, _ statements: [Statement]
  ) -> Set<String> {
    let values = program.declarations.compactMap(\.symbol.name) + program.values.map(\.name)
    var foreign = Set(values.map { "d" + $0 }).subtracting(values)
    foreign.subtract(statements[..<line.order].compactMap(\.claimedName))
    foreign.subtract((program.output?.upstreams ?? []).compactMap(\.name))
    for expression in line.statement.expressions { foreign.subtract(expression.namesUsed) }
    return foreign.union([claim.name])
  }

  /// The derived formula, and the same in names that the line may use.
  static func derivedFormulas(
    _ exact: TensorExpression, _ line: ClaimLine, _ claim: Program.Claim, _ program: Program,
    _ statements: [Statement]
  ) -> [TensorExpression] {
    let foreign = foreignGradients(line, claim, program, statements)
    let whole = spelledOut(exact, without: foreign, program)
    return whole === exact.unnamed ? [whole] : [exact.unnamed, whole]
  }

  /// A formula without the names that are no words.
  private static func spelledOut(
    _ formula: TensorExpression, without foreign: Set<String>, _ program: Program
  ) -> TensorExpression {
    let known = Set(program.declarations.compactMap(\.symbol.name) + program.values.map(\.name))
    let whole = TensorExpression.rebuilding([formula.unnamed]) { node in
      guard let name = node.name, node.unnamed !== node else { return node }
      return foreign.contains(name) || !known.contains(name) && !name.hasPrefix("d")
        ? node.unnamed : node
    }[0]
    return Simplifier(facts: program.facts).simplified(whole)
  }

  /// The parts of the derived formula, where it is one line of names that the file has.
  private mutating func addDerived(
    _ exact: TensorExpression, _ line: ClaimLine, _ claim: Program.Claim,
    _ trials: inout LineTrials
  ) {
    guard let text = TextNotation().text(exact), text.utf8.count <= 400 else { return }
    let source = SourceText(name: "", text: text)
    var diagnostics = DiagnosticList(source: source)
    guard let formula = SyntaxFile.parseExpression(source, into: &diagnostics) else { return }
    add(partsOf: formula, in: source, at: line, extra: 1, claim, &trials)
  }

  /// Products of sizes, for counts.
  private mutating func addSizeProducts(
    _ program: Program, _ line: ClaimLine, _ trials: inout LineTrials
  ) {
    let sizes = program.sizes.map(\.name).prefix(6)
    for (i, a) in sizes.enumerated() {
      for (j, b) in sizes.enumerated() where j > i {
        add(Fragment("\(a) * \(b)", .product), at: line, 3, &trials)
        for c in sizes.dropFirst(j + 1) {
          add(Fragment("\(a) * \(b) * \(c)", .product), at: line, 5, &trials)
        }
      }
    }
  }
}

extension Statement {
  /// Whether its parts mean something outside of it.
  fileprivate var isRead: Bool {
    switch kind {
    case .assignment, .unpacking, .loss, .output, .check(.value), .assertion: true
    case .dims, .budget, .declaration, .shape, .index, .function, .check(.index), .check(.file),
      .block, .step, .check(.step):
      false
    }
  }
}
