import Diagnostics
import Evaluation
import ExpressionLanguage
import Judging
import Scalars
import TensorExpressions

/// Values of expressions at a rational point: fractions where they are rational, otherwise decimals whose
/// digits are all right.
struct ExactEvaluation {
  let point: EvaluationPoint<Rational>
  let digits: Int
  /// The highest precision of intervals, in bits.
  let precisionLimit: Int

  func values(
    of roots: [TensorExpression]
  ) throws(EvaluationError) -> (values: [PrintedValue], kinks: [String]) {
    do throws(EvaluationError) {
      let (values, masks) = try Evaluator(RationalArithmetic(), at: point)
        .evaluateRecordingMasks(roots)
      return (values.map { PrintedValue($0) }, masks.kinkSentences(among: roots))
    } catch {
      guard error.isIrrational else { throw error }
    }
    // Some value is not rational: each root again by itself, those that are rational exactly.
    let masks = try MaskRecord.recording(roots, at: point, largestPrecision: precisionLimit)
    var values: [PrintedValue] = []
    for root in roots { values.append(try value(of: root, masks)) }
    return (values, masks.kinkSentences(among: roots))
  }

  private func value(
    of root: TensorExpression, _ masks: MaskRecord
  ) throws(EvaluationError) -> PrintedValue {
    do throws(EvaluationError) {
      return PrintedValue(try Evaluator(RationalArithmetic(), at: point).evaluate(root))
    } catch {
      guard error.isIrrational else { throw error }
    }
    let needed = max(64, digits * 10 / 3 + 32)
    var precision = needed
    while true {
      let arithmetic = IntervalArithmetic(precision: precision)
      do throws(EvaluationError) {
        let enclosed = try Evaluator(
          arithmetic, at: point.converted(to: arithmetic), masks: masks
        ).evaluate(root)
        if let value = printed(enclosed, isLast: precision * 2 > limit(needed)) { return value }
      } catch {
        guard error.mayVanishWithPrecision, precision * 2 <= limit(needed) else { throw error }
      }
      guard precision * 2 <= limit(needed) else {
        throw .scalar(.undecided, node: root, entry: [])
      }
      precision *= 2
    }
  }

  /// An enclosure so narrow about the place where decimals are rounded up or down is a tie.
  private var tieBits: Int { 4 * digits + 64 }

  private func limit(_ needed: Int) -> Int { max(precisionLimit, needed * 16) }

  /// The entries as decimals; nil where one is not known to all digits.
  ///
  /// Nothing tells an irrational formula's zero from a very small number, so what is enclosed around zero at the
  /// last precision is printed as a bound of its magnitude.
  private func printed(_ tensor: Tensor<Interval>, isLast: Bool) -> PrintedValue? {
    var entries: [PrintedValue.Entry] = []
    for interval in tensor.elements {
      if interval.isPoint, let bounds = interval.rationalBounds {
        entries.append(.rational(bounds.lower))
        continue
      }
      if isLast, interval.containsZero, let exponent = interval.widthExponent {
        entries.append(.negligible(bits: -exponent))
        continue
      }
      let (text, isCertain) = interval.midpointDecimal(digits: digits)
      // A value halfway between two decimals is enclosed from both sides for ever: either is as near.
      guard isCertain || isLast && interval.isNarrower(thanBits: tieBits, relativeTo: interval)
      else { return nil }
      entries.append(.decimal(text))
    }
    return PrintedValue(extents: tensor.extents, entries: entries)
  }
}

extension EvaluationError {
  /// What is wrong, at the statement that it happened in, or at what is differentiated for a gradient.
  public func diagnostic(in program: Program) -> Diagnostic {
    let help = limitHelp
    return Diagnostic(
      code: help == nil ? .noValue : .overLimit, message, at: program.place(of: self),
      help: help)
  }
}

extension MaskRecord {
  /// One sentence for each function that is evaluated on a kink.
  func kinkSentences(among roots: [TensorExpression]) -> [String] {
    var order: [Kink.Place] = []
    var kinksByPlace: [Kink.Place: [Kink]] = [:]
    for kink in kinks {
      if kinksByPlace[kink.place] == nil { order.append(kink.place) }
      kinksByPlace[kink.place, default: []].append(kink)
    }
    let sentences = order.compactMap { place -> String? in
      guard let found = kinksByPlace[place], let first = found.first else { return nil }
      let kink = KinkPlace(first, among: roots)
      let entry =
        first.entry.isEmpty ? "" : "[\(first.entry.map(String.init).joined(separator: ", "))]"
      let others = found.count > 1 ? " and \(found.count - 1) more" : ""
      switch place {
      case .step:
        return
          "`\(kink.function)` has no derivative at 0, and \(kink.argument)\(entry) is 0\(others)"
      case .extremum:
        return "`\(kink.function)` of \(kink.argument) has a tie at \(entry)\(others)"
      }
    }
    return sentences.removingRepetitions()
  }
}

extension DiagnosticCode {
  static let noValue: DiagnosticCode = "no-value"
}
