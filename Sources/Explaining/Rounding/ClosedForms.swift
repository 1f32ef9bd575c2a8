import Evaluation
import ExpressionLanguage
import Notation
import Scalars
import TensorExpressions

/// Numbers that a literal may stand for: constants that formulas are made of, times small fractions and short numbers
/// of the file.
struct ClosedForms {
  /// A number with what it is written as.
  struct Form {
    let text: String
    let value: Interval
  }

  private var forms: [Form] = []
  private let arithmetic = IntervalArithmetic(precision: Self.precision)

  /// The bits that tell a number from its neighbours: those of the longest literals and more.
  private static let precision = 256

  /// Constants that occur in layers and losses.
  private static let constants = """
    1; sqrt(2); sqrt(3); sqrt(5); sqrt(6); sqrt(7); pi; 1 / pi; sqrt(pi); 1 / sqrt(pi); sqrt(2 / pi); \
    sqrt(2 * pi); 1 / sqrt(2 * pi); sqrt(pi / 2); pi**2; 1 / pi**2; log(2); log(3); log(5); log(10); \
    1 / log(2); 1 / log(10); log(2) / log(10); log(pi); log(2 * pi); exp(1); exp(-1); exp(1 / 2); \
    exp(-1 / 2); 1 / sqrt(3); 2**0.25; pi / 180
    """.split(separator: "; ").map(String.init)

  /// Small fractions that constants are multiplied with.
  private static let fractions: [Rational] = {
    var result: [Rational] = []
    for denominator in 1...9 {
      for numerator in 1...9 {
        let fraction = Rational(numerator, denominator)
        if !result.contains(fraction) { result.append(fraction) }
      }
    }
    return result + [Rational(1, 16), Rational(1, 32), Rational(1, 64), 16, 32, 64]
  }()

  /// - Parameter exact: what the file's claims are compared with, whose constants are among the forms.
  init(_ literals: [String], exact: [TensorExpression], at order: Int, _ trials: inout LineTrials) {
    var texts = Self.constants
    for side in exact {
      let own = Self.numbers(in: side).prefix(Self.mostNumbers).map { "(\($0))" }
      texts += own + own.map { "1 / \($0)" }
      for a in own { texts += own.map { a == $0 ? "\(a)**2" : "\(a) * \($0)" } }
      for a in ["1"] + own { texts += own.flatMap { ["(\(a) + \($0))", "(\(a) - \($0))"] } }
    }
    let short = literals.filter { literal in
      RoundedLiterals.digits(of: literal) < RoundedLiterals.leastDigits
        && Rational(parsing: literal).map(Self.fractions.contains) != true
    }
    for text in texts.removingRepetitions() {
      add(text, at: order, &trials)
      for literal in short.removingRepetitions().prefix(4) {
        add(text == "1" ? literal : "\(literal) * \(text)", at: order, &trials)
      }
    }
  }

  /// From how many digits on a decimal number may be one that a program printed of a float64.
  private static let digitsOfDouble = 16

  /// The most numbers of one formula, whose products are forms as well.
  private static let mostNumbers = 10

  /// The numbers that a formula holds: its constant parts, and the coefficients of its products.
  private static func numbers(in formula: TensorExpression) -> [String] {
    var constants: Set<TensorExpression> = []
    var texts: [String] = []
    for node in TensorExpression.postorder(of: [formula]) {
      let isConstant =
        node.declaredSymbol == nil && node.asRecurrence == nil
        && node.operands.allSatisfy(constants.contains)
      if isConstant { constants.insert(node) }
      if isConstant, node.isScalar, node.name == nil, let text = TextNotation().text(node) {
        texts.append(text)
      }
      if let factor = node.asContraction?.coefficient.asRational?.magnitude {
        texts.append("\(factor)")
      }
    }
    return texts.removingRepetitions().filter { text in
      text.utf8.count < 200 && Rational(parsing: text).map(fractions.contains) != true
    }
  }

  private mutating func add(_ text: String, at order: Int, _ trials: inout LineTrials) {
    guard let expression = trials.value(of: text, at: order)?.whole,
      let value = try? Evaluator(arithmetic, at: EvaluationPoint(sizes: [:])).evaluate(expression),
      value.count == 1
    else { return }
    forms.append(Form(text: text, value: value.elements[0]))
  }

  /// The forms that a literal is rounded or cut from, the simplest first: nearer than one unit of its last digit. What
  /// is one unit away has no more digits than the literal, and would have been written as it is. A literal of 16 digits
  /// or more is read as float64 as well, as programs print it: nearer than one unit in its last place.
  func near(_ literal: DecimalLiteral) -> [Form] {
    guard let value = Rational(parsing: literal.text.filter({ $0 != "_" })),
      let unit = Rational(parsing: "1e\(literal.exponent)")
    else { return [] }
    let isDouble = RoundedLiterals.digits(of: literal.text) >= Self.digitsOfDouble
    let place = isDouble ? Rational(exactly: value.doubleValue.ulp) : nil
    let distance = max(unit, place ?? unit)
    let low = arithmetic.constant(value - distance)
    let high = arithmetic.constant(value + distance)
    var result: [Form] = []
    var seen: Set<String> = []
    for fraction in Self.fractions {
      let factor = arithmetic.constant(fraction)
      for form in forms {
        let number = arithmetic.multiply(factor, form.value)
        guard (try? arithmetic.sign(arithmetic.subtract(number, low))) ?? -1 > 0,
          (try? arithmetic.sign(arithmetic.subtract(high, number))) ?? -1 > 0
        else { continue }
        let text = Self.text(fraction, form.text)
        if seen.insert(text).inserted { result.append(Form(text: text, value: number)) }
      }
    }
    return result
  }

  /// Whether numbers for literals that differ in a last digit of the same place differ as well, in the same order: the
  /// two ends of a narrow cell are not one number written twice.
  func keepsApart(_ numbers: [String: Form]) -> Bool {
    let ranked = numbers.compactMap { text, form in
      DecimalLiteral(text).flatMap { literal in
        Rational(parsing: text.filter { $0 != "_" }).map { (literal.exponent, $0, form.value) }
      }
    }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    return zip(ranked, ranked.dropFirst()).allSatisfy { a, b in
      a.0 != b.0 || a.1 == b.1
        || (try? arithmetic.sign(arithmetic.subtract(b.2, a.2))) ?? 0 > 0
    }
  }

  private static func text(_ fraction: Rational, _ form: String) -> String {
    if form == "1" { return "\(fraction)" }
    let head = fraction.numerator == 1 ? form : "\(fraction.numerator) * \(form)"
    return fraction.denominator == 1 ? head : "\(head) / \(fraction.denominator)"
  }
}
