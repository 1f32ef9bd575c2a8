import Diagnostics
import ExpressionLanguage
import Judging
import TensorExpressions

/// Finds whether wrong claims are right but for literals that were rounded: every literal of at least six significant
/// digits may be another number within one unit of its last digit.
struct RoundedLiterals {
  let program: Program
  let options: CheckOptions
  /// Where sides are compared before other numbers are looked for; nil where there is no such point.
  let draw: Draw?

  static let leastDigits = 6
  /// How far apart sides are, as a share of them, that no digit beyond the sixth brings together: not but by a
  /// cancellation of four digits.
  private static let farApart = 0.01
  /// The most sets of numbers that are tried.
  private static let trialLimit = 12

  /// The digits of a number from its first one that is not 0.
  static func digits(of literal: String) -> Int {
    literal.prefix { $0 != "e" && $0 != "E" }.filter(\.isNumber).drop { $0 == "0" }.count
  }

  /// For each claim that is right with other numbers, what was rounded.
  ///
  /// - Parameter wrong: the places of wrong claims.
  func evidence(
    for wrong: [Int], sides: [ClaimExpressions], _ trials: inout LineTrials
  ) -> [Int: RoundedEvidence] {
    let numbers = self.numbers(trials.lines)
    let long = numbers.filter { Self.digits(of: $0.literal.text) >= Self.leastDigits }
    if long.isEmpty { return [:] }
    let wrong = near(wrong, sides)
    if wrong.isEmpty { return [:] }
    let forms = ClosedForms(
      numbers.map(\.literal.text), exact: wrong.map { sides[$0].exact },
      at: trials.lines.count, &trials)
    let texts = long.map(\.literal.text).removingRepetitions()
    let choices = texts.map { text in
      DecimalLiteral(text).map { Array(forms.near($0).prefix(3)) } ?? []
    }
    let possible = combinations(texts, choices).filter(forms.keepsApart)
    for replacements in possible.prefix(Self.trialLimit) {
      let verdicts = self.verdicts(with: replacements, long)
      let found = wrong.filter { place in verdicts.indices.contains(place) && verdicts[place].holds
      }
      guard !found.isEmpty else { continue }
      let literals = texts.compactMap { text in
        replacements[text].map {
          RoundedEvidence.Literal(text: text, number: $0.text, digits: Self.digits(of: text))
        }
      }
      return Dictionary(
        uniqueKeysWithValues: found.map { place in
          (
            place,
            RoundedEvidence(
              literals: literals, verdict: verdicts[place].word, isAllowed: options.allowsRounded)
          )
        })
    }
    return [:]
  }

  /// Those places whose sides are not far apart.
  private func near(_ wrong: [Int], _ sides: [ClaimExpressions]) -> [Int] {
    let roots = wrong.flatMap { [sides[$0].exact] + (sides[$0].claimed.map { [$0] } ?? []) }
    guard let draw, let snapshot = FloatingSnapshot(roots.removingRepetitions(), at: draw) else {
      return wrong
    }
    return wrong.filter { place in
      !(sides[place].claimed.map {
        snapshot.isFar($0, from: sides[place].exact, share: Self.farApart)
      } ?? false)
    }
  }

  private func numbers(
    _ statements: [Statement]
  ) -> [(literal: DecimalLiteral, range: SourceRange)] {
    var result: [(literal: DecimalLiteral, range: SourceRange)] = []
    var stack = statements.flatMap(\.expressions)
    while let expression = stack.popLast() {
      if case .number(let literal) = expression.kind { result.append((literal, expression.range)) }
      stack += expression.kind.children
    }
    return result
  }

  /// Numbers for the literals that have one, those with the first choice of each first.
  private func combinations(
    _ texts: [String], _ choices: [[ClosedForms.Form]]
  ) -> [[String: ClosedForms.Form]] {
    var result: [[String: ClosedForms.Form]] = [[:]]
    for (text, numbers) in zip(texts, choices) where !numbers.isEmpty {
      result = numbers.flatMap { number in
        result.map { $0.merging([text: number]) { first, _ in first } }
      }
      if result.count > 64 { break }
    }
    return result.filter { !$0.isEmpty }
  }

  /// The verdicts on the file with other numbers in place of literals.
  private func verdicts(
    with replacements: [String: ClosedForms.Form],
    _ numbers: [(literal: DecimalLiteral, range: SourceRange)]
  ) -> [Verdict] {
    var text = program.source.utf8
    for number in numbers.sorted(by: { $0.range.start > $1.range.start }) {
      guard let replacement = replacements[number.literal.text] else { continue }
      text.replaceSubrange(
        number.range.start..<number.range.end, with: Array("(\(replacement.text))".utf8))
    }
    let source = SourceText(name: program.source.name, bytes: text)
    var diagnostics = DiagnosticList(source: source)
    let file = SyntaxFile.parse(source, into: &diagnostics)
    let changed = Elaborator.elaborate(
      file, sizes: options.sizes, space: program.space, loading: { _ in "" }, into: &diagnostics)
    guard !diagnostics.hasErrors, changed.claims.count == program.claims.count else { return [] }
    var own = options
    own.searchesCauses = false
    return (try? Checker(own).check(changed))?.claims.map(\.verdict) ?? []
  }
}
