import Evaluation
import Scalars
import TensorExpressions

/// Compares the two sides of an equation at one rational point: with `==` where the values are rational, else in
/// enclosures whose precision doubles until each entry is decided.
package struct ValueComparison {
  let point: EvaluationPoint<Rational>
  let precisionLimit: Int

  package init(point: EvaluationPoint<Rational>, precisionLimit: Int) {
    self.point = point
    self.precisionLimit = precisionLimit
  }

  package enum Outcome {
    case equal
    case different(Difference)
    case enclosed(precision: Int, widthBits: Int)
    case undecided(String)
  }

  /// The width, relative to the smallest term, at which an enclosure around zero counts as zero: 2⁻¹⁰⁰.
  private static let enoughBits = 100
  /// The precision to begin with.
  private static let leastPrecision = 256
  /// That at which it is looked whether two sides meet.
  private static let confirmingPrecision = 64
  /// How much of the budget exact fractions may take before they are enclosed instead.
  private static let exactWork = 200_000_000

  package func compare(_ equation: Equation) throws(EvaluationError) -> Outcome {
    let sides = [equation.left, equation.right]
    if FunctionProfile(of: sides).isTranscendental { return try compareInEnclosures(equation) }
    // Enclosures tell two numbers apart, and never find them equal.
    if hasLongFractions(sides),
      case .different(let difference)? = try? compareInEnclosures(equation)
    {
      return .different(difference)
    }
    do throws(EvaluationError) {
      return try EvaluationLimits.current.part(limit: Self.exactWork)
        .scope { () throws(EvaluationError) in try compareExactly(equation) }.get()
    } catch {
      guard case .overBudget = error,
        case .different(let difference) = try compareInEnclosures(equation)
      else { throw error }
      return .different(difference)
    }
  }

  /// From which extent on a matrix is eliminated in enclosures: the fractions of its inverse have hundreds of digits.
  private static let longFractionExtent = 16

  private func hasLongFractions(_ sides: [TensorExpression]) -> Bool {
    TensorExpression.postorder(of: sides).contains { node in
      node.asMatrixFunction.flatMap { try? $0.matrix.shape[0].evaluated(point.sizes) }
        .map { $0 > Self.longFractionExtent } ?? false
    }
  }

  private func compareExactly(_ equation: Equation) throws(EvaluationError) -> Outcome {
    let values = try Evaluator(RationalArithmetic(), at: point)
      .evaluate([equation.left, equation.right])
    let (exact, claimed) = (values[0], values[1])
    let differing = exact.elements.indices.filter { exact.elements[$0] != claimed.elements[$0] }
    let difference = Difference(
      differing, exact, claimed, at: point, text: { value, _ in value.shortText },
      distance: { a, b in
        let distance = (a - b).magnitude
        return (distance, { distance.shortText })
      })
    return difference.map { .different($0) } ?? .equal
  }
}

// MARK: - Enclosures

extension ValueComparison {
  private func compareInEnclosures(_ equation: Equation) throws(EvaluationError) -> Outcome {
    var precision = startingPrecision(equation)
    var masks = MaskRecord()
    while precision <= precisionLimit {
      do {
        let values = try enclosures([equation.left, equation.right], precision, masks)
        if let outcome = decide(values[0], values[1], precision) { return outcome }
      } catch {
        if error.mayVanishWithPrecision, masks.isEmpty,
          let record = try? MaskRecord.recording(
            [equation.left, equation.right], at: point, isCertain: true)
        {
          // Masks that are open at this precision, and what is zero by identity at every one.
          masks = record
          if !masks.isEmpty { continue }
        }
        guard error.mayVanishWithPrecision, precision * 2 <= precisionLimit else { throw error }
      }
      precision *= 2
    }
    return .undecided("the values could not be told apart at \(precisionLimit) bits")
  }

  /// Enough to see what the digits of every number in the equation say.
  private func startingPrecision(_ equation: Equation) -> Int {
    var bits = 0
    for node in TensorExpression.postorder(of: [equation.left, equation.right]) {
      guard let coefficient = try? node.asContraction?.coefficient.evaluated(point.sizes) else {
        continue
      }
      bits = max(bits, coefficient.numerator.bitWidth, coefficient.denominator.bitWidth)
    }
    var precision = Self.leastPrecision
    while precision < bits + Self.leastPrecision / 2, precision * 2 <= precisionLimit {
      precision *= 2
    }
    return precision
  }

  func enclosures(
    _ roots: [TensorExpression], _ precision: Int, _ masks: MaskRecord = MaskRecord()
  ) throws(EvaluationError) -> [Tensor<TermEnclosure>] {
    let arithmetic = TermEnclosureArithmetic(precision: precision)
    return try Evaluator(arithmetic, at: point.converted(to: arithmetic), masks: masks)
      .evaluate(roots)
  }

  /// Nil when a higher precision may decide more.
  func decide(
    _ exact: Tensor<TermEnclosure>, _ claimed: Tensor<TermEnclosure>, _ precision: Int
  ) -> Outcome? {
    let arithmetic = TermEnclosureArithmetic(precision: precision)
    var differing: [Int] = []
    var narrow = true
    for i in exact.elements.indices {
      let difference = arithmetic.subtract(exact.elements[i], claimed.elements[i])
      if difference.excludesZero {
        differing.append(i)
      } else if !difference.isNarrow(bits: Self.enoughBits) {
        narrow = false
      }
    }
    let difference = Difference(
      differing, exact, claimed, at: point,
      text: { value, digits in value.text(precision, digits: digits) },
      distance: { a, b in
        let distance = arithmetic.subtract(a, b).interval(precision: precision)
        return (abs(distance.doubleValue), { distance.magnitudeDecimal })
      })
    if let difference { return .different(difference) }
    return narrow ? .enclosed(precision: precision, widthBits: -Self.enoughBits) : nil
  }
}

// MARK: - Confirmation

extension ValueComparison {
  /// What real numbers say of an equation that holds in fields.
  enum Confirmation {
    /// The enclosures of the sides meet.
    case meets
    case different(Difference)
    /// What is differentiated has a value, and the claimed side has none.
    case noValue(Difference)
    /// Neither; and why.
    case open(EvaluationError)
  }

  /// Looks whether the sides can have one value.
  ///
  /// - Parameter domain: what has to have a value where the equation is to hold; nil for an identity, which
  ///   is to hold where both sides have one.
  func confirmation(
    of equation: Equation, where domain: [TensorExpression]?
  ) -> Confirmation {
    var precision = Self.confirmingPrecision
    while true {
      do throws(EvaluationError) {
        let values = try enclosures([equation.left, equation.right] + (domain ?? []), precision)
        if case .different(let difference)? = decide(values[0], values[1], precision) {
          return .different(difference)
        }
        return .meets
      } catch {
        if error.mayVanishWithPrecision, precision * 2 <= precisionLimit {
          precision *= 2
          continue
        }
        guard let domain, error.hasNoValue,
          let difference = claimedNowhere(equation, where: domain, precision)
        else { return .open(error) }
        return .noValue(difference.claiming("no value (\(error.message))"))
      }
    }
  }

  /// What is different where only the true side and some other values have one; nil where those have none either.
  private func claimedNowhere(
    _ equation: Equation, where domain: [TensorExpression], _ precision: Int
  ) -> Difference? {
    guard let exact = try? enclosures([equation.left] + domain, precision)[0] else { return nil }
    return Difference(
      [0], exact, exact, at: point,
      text: { value, digits in value.text(precision, digits: digits) },
      distance: { _, _ in (0, { "no value" }) })
  }

  /// How the sides differ where the claimed one has no value for a reason that is asked for, and the true one and some
  /// other values have one; nil elsewhere.
  func withoutValue(
    _ equation: Equation, where domain: [TensorExpression],
    because isReason: (EvaluationError) -> Bool
  ) -> Difference? {
    do {
      _ = try enclosures([equation.right], Self.confirmingPrecision)
      return nil
    } catch {
      guard isReason(error) else { return nil }
      return claimedNowhere(equation, where: domain, Self.confirmingPrecision)?
        .claiming("no value (\(error.message))")
    }
  }
}

extension EvaluationError {
  /// Whether it says that there is no real value, and not that none was found.
  fileprivate var hasNoValue: Bool {
    if case .scalar(.domain, _, _) = self { true } else { false }
  }
}

extension TermEnclosure {
  fileprivate func text(_ precision: Int, digits: Int) -> String {
    exact?.shortText ?? interval(precision: precision).midpointDecimal(digits: digits).text
  }
}

extension Rational {
  /// The number, as a decimal where it has more digits than anybody reads.
  fileprivate var shortText: String {
    numerator.bitWidth + denominator.bitWidth <= 512
      ? description : Interval(self, precision: 128).decimal
  }
}

extension Interval {
  /// Twelve digits, as many of them as are certain.
  var decimal: String { midpointDecimal(digits: 12).text }

  /// The same without a sign.
  fileprivate var magnitudeDecimal: String {
    let text = decimal
    return text.hasPrefix("-") ? String(text.dropFirst()) : text
  }
}
