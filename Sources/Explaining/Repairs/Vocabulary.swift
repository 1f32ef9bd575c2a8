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
    let value: LineValue
    /// How many tokens it has, and more for what stands nowhere near.
    let cost: Int
    /// Whether it reads a gradient that no line above claims. As a term that was left out it names the path
    /// that is missing; anywhere else it would be an answer.
    var isPath = false

    var isNumber: Bool { value.whole.asConstant != nil && value.rank == 0 }
  }

  private(set) var words: [Word] = []
  private var seen: Set<String> = []
  let source: SourceText
  /// The gradients that nothing above the line claims: answers, not words.
  private let foreign: Set<String>

  /// The most words, the shortest of them.
  private static let limit = 160
  /// The longest word, in tokens.
  private static let longest = 24
  private static let longestPath = 48

  init(
    for line: ClaimLine, claim: Program.Claim, derived: DerivedFormulas, program: Program,
    _ trials: inout LineTrials
  ) {
    source = program.source
    foreign = DerivedFormulas.foreignGradients(line, claim, program, trials)
    addNames(line, claim, program, &trials)
    for number in ["2", "3", "4", "1"] { add(Fragment(number, .postfix), at: line, 1, &trials) }
    for statement in trials.lines[..<(line.order + 1)] where statement.isRead {
      for expression in statement.expressions {
        add(partsOf: expression, in: source, at: line, extra: 0, claim, &trials)
      }
    }
    addReads(at: line, claim, &trials)
    for formula in derived.formulas(for: line, &trials) {
      addDerived(derived.text(formula), line, claim, &trials)
    }
    addSizeProducts(program, line, &trials)
    addRelatives(of: program, line, claim, &trials)
    words.sort { $0.cost < $1.cost }
    words = Array(words.prefix(Self.limit))
    addPaths(derived.pathTerms.prefix(Self.pathLimit).map(derived.text), line, claim, &trials)
  }

  /// Whether it reads no gradient that would be an answer.
  func isAnswerless(_ expression: SyntaxExpression) -> Bool {
    expression.namesUsed.isDisjoint(with: foreign)
  }

  mutating func add(
    _ fragment: Fragment, at line: ClaimLine, _ cost: Int, isPath: Bool = false,
    _ trials: inout LineTrials
  ) {
    guard cost <= (isPath ? Self.longestPath : Self.longest), seen.insert(fragment.text).inserted,
      let value = trials.value(of: fragment.text, at: line.order)
    else { return }
    words.append(Word(fragment: fragment, value: value, cost: cost, isPath: isPath))
  }

  private mutating func addNames(
    _ line: ClaimLine, _ claim: Program.Claim, _ program: Program, _ trials: inout LineTrials
  ) {
    var names = program.declarations.compactMap(\.symbol.name) + program.values.map(\.name)
    names += program.sizes.map(\.name)
    names += (program.output?.upstreams ?? []).compactMap(\.name)
    for statement in trials.lines[..<line.order] {
      names += statement.valueNames + (statement.claimedName.map { [$0] } ?? [])
    }
    for name in names.removingRepetitions() where name != claim.name {
      add(Fragment(name, .postfix), at: line, 1, &trials)
    }
    addSteps(of: names, line, claim, &trials)
  }

  /// What a line of a block may read: names at its step and at those beside it.
  private mutating func addSteps(
    of names: [String], _ line: ClaimLine, _ claim: Program.Claim, _ trials: inout LineTrials
  ) {
    guard let steps = trials.steps(at: line.order) else { return }
    let all = names + steps.claims.sorted()
    for name in all.removingRepetitions() {
      guard let axis = trials.stepAxis(of: name, at: line.order) else { continue }
      for (offset, cost) in [(0, 1), (-1, 2), (1, 2)] where offset != 0 || name != claim.name {
        let text = StepFormula.read(name, axis: axis, step: steps.index, offset: Size(offset))
        add(Fragment(text, .postfix), at: line, cost, &trials)
      }
    }
  }

  private mutating func add(
    partsOf expression: SyntaxExpression, in source: SourceText, at line: ClaimLine, extra: Int,
    _ claim: Program.Claim, _ trials: inout LineTrials
  ) {
    for place in SiteWalk(expression, in: source).places {
      let fragment = Fragment(place.expression, in: source)
      guard isAnswerless(place.expression), fragment.length <= Self.longest,
        !fragment.text.contains("\n")
      else { continue }
      if case .number(let literal) = place.expression.kind, literal.integerValue != nil { continue }
      add(fragment, at: line, fragment.length + extra, &trials)
    }
  }

  /// The parts of the derived formula's text, where it is one line of names that the file has.
  private mutating func addDerived(
    _ text: String?, _ line: ClaimLine, _ claim: Program.Claim, _ trials: inout LineTrials
  ) {
    guard let text, text.utf8.count <= 400 else { return }
    let source = SourceText(name: "", text: text)
    var diagnostics = DiagnosticList(source: source)
    guard let formula = SyntaxFile.parseExpression(source, into: &diagnostics) else { return }
    add(partsOf: formula, in: source, at: line, extra: 1, claim, &trials)
  }

  /// The texts of the derived formula's terms that read gradients by other values: what one path through the layer
  /// brings.
  private mutating func addPaths(
    _ terms: [String?], _ line: ClaimLine, _ claim: Program.Claim, _ trials: inout LineTrials
  ) {
    for term in terms {
      // The sign belongs to the line that it is put into.
      guard var text = term else { continue }
      if text.hasPrefix("-") { text.removeFirst() }
      let source = SourceText(name: "", text: text)
      var diagnostics = DiagnosticList(source: source)
      guard let formula = SyntaxFile.parseExpression(source, into: &diagnostics),
        !formula.namesUsed.contains(claim.name)
      else { continue }
      let fragment = Fragment(formula, in: source)
      add(fragment, at: line, fragment.length + Self.pathCost, isPath: true, &trials)
    }
  }

  /// The most terms that are read.
  private static let pathLimit = 8
  /// What is said without the gradients of other values is the smaller change.
  private static let pathCost = 8

  /// Products of sizes, for counts, and what makes a mean unbiased.
  private mutating func addSizeProducts(
    _ program: Program, _ line: ClaimLine, _ trials: inout LineTrials
  ) {
    let sizes = program.sizes.map(\.name).prefix(6)
    for (i, a) in sizes.enumerated() {
      add(Fragment("\(a) / (\(a) - 1)", .product), at: line, 6, &trials)
      for (j, b) in sizes.enumerated() where j > i {
        // How many entries there are is one thought, of two axes as of three.
        add(Fragment("\(a) * \(b)", .product), at: line, 3, &trials)
        for c in sizes.dropFirst(j + 1) {
          add(Fragment("\(a) * \(b) * \(c)", .product), at: line, 3, &trials)
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
