import Evaluation
import Judging
import Scalars
import TensorExpressions
import TensorFiles

/// Judges the residues that a kernel computed at a point, by the derived formulas in the same fields.
public struct ExactJudge: Sendable {
  let point: ExactPoint
  let renamed: [String: String]
  /// Tensors whose cause another run has found, or has not.
  let explained: Set<String>

  public init(
    _ point: ExactPoint, renamed: [String: String] = [:], explained: Set<String> = []
  ) {
    self.point = point
    self.renamed = renamed
    self.explained = explained
  }

  /// What is found of each tensor of a kernel's file.
  public func judge(_ file: TensorFile) throws(KernelJudge.Failure) -> [ExactJudgement] {
    let tensors: [ExactTensor]
    let field: ExactField
    do throws(ExactRunError) {
      guard let own = try ExactField(file) else { throw ExactRunError.notExact }
      guard own.seed == point.field.seed, own.levelCount == point.field.levelCount else {
        throw ExactRunError.otherProbe
      }
      field = own
      tensors = try ExactPoint.tensors(file, in: field)
    } catch {
      throw .point(.exactResults(error))
    }
    let results: [KernelResult]
    do throws(KernelPointError) {
      let shadows = tensors.map {
        StoredTensor(
          name: $0.name, format: .binary64, extents: $0.extents, values: $0.shadows)
      }
      results = try point.layer.results(
        TensorFile(shadows), sizes: point.sizes, renamed: renamed)
    } catch {
      throw .point(error)
    }
    let values = exactValues(results.map(\.formula))
    return zip(zip(results, tensors), values).map { pair, value in
      ExactComparison(
        judge: self, result: pair.0, computed: pair.1, denominator: field.denominator
      ).judgement(value)
    }
  }

  /// The residues of formulas; for each by itself where one has no value.
  private func exactValues(
    _ formulas: [TensorExpression]
  ) -> [Result<Tensor<UInt64>, EvaluationError>] {
    if let all = try? evaluate(formulas) { return all.map { .success($0) } }
    return formulas.map { formula in
      do throws(EvaluationError) {
        return .success(try evaluate([formula])[0])
      } catch {
        return .failure(error)
      }
    }
  }

  /// The values of some formulas in the first field, on the cell of the point or on another.
  func evaluate(
    _ formulas: [TensorExpression], masks: MaskRecord? = nil, at other: LevelledPoint? = nil
  ) throws(EvaluationError) -> [Tensor<UInt64>] {
    try LevelledEvaluator(
      point.field.levels, at: other ?? point.residues, masks: masks ?? point.masks
    ).evaluate(formulas)
  }
}

/// One tensor of an exact run beside its formula.
struct ExactComparison {
  let judge: ExactJudge
  let result: KernelResult
  let computed: ExactTensor
  let denominator: Double

  var point: ExactPoint { judge.point }

  func judgement(_ value: Result<Tensor<UInt64>, EvaluationError>) -> ExactJudgement {
    let exact: Tensor<UInt64>
    switch value {
    case .success(let known): exact = known
    case .failure(let error):
      return undecided("the formula has no value in the field: \(error.message)")
    }
    let own = computed.residues[0]
    let open = own.count { $0 == nil }
    if open > 0 {
      return undecided(
        "\(open) entries are values of a function without a law in a finite field, such as log or sqrt: "
          + "judge them in floating point"
      )
    }
    let places = own.indices.filter { own[$0] != exact.elements[$0] }
    if places.isEmpty { return identical }
    return differing(places, exact)
  }

  private func undecided(_ reason: String) -> ExactJudgement {
    ExactJudgement(
      name: computed.name, extents: computed.extents, verdict: .undecided, reason: reason)
  }

  private var identical: ExactJudgement {
    let bits = falseAcceptBits
    guard bits >= 1 else {
      return undecided("the degree is too large for the fields to tell two formulas apart")
    }
    return ExactJudgement(
      name: computed.name, extents: computed.extents, verdict: .identical, falseAcceptBits: bits)
  }

  /// By J. Schwartz (1980), a difference that is not zero vanishes at a random point with a probability of at most
  /// its degree over the number of values that are drawn from. N/D − N'/D' has a numerator of at most the degrees
  /// of one and the other together; the kernel's was counted along its operations, and is that of its worst entry.
  private var falseAcceptBits: Double {
    var formal = FormalDegree(sizes: point.sizes)
    let derived = formal.ofQuotient(result.formula)
    let kernel = computed.degrees.max() ?? 0
    // Exponents are brought over one denominator.
    let degree = kernel * formal.exponentDenominator + derived * denominator
    guard degree.isFinite, degree >= 0 else { return 0 }
    return PrimeFieldChain.leastBits(count: point.field.levelCount)
      - Double(max(degree, 1).exponent) - 1
  }

  private func differing(_ places: [Int], _ exact: Tensor<UInt64>) -> ExactJudgement {
    let shadows = try? Evaluator(DoubleArithmetic(), at: point.doubles).evaluate(result.formula)
    if FunctionProfile(of: [result.formula]).refusalsProveNothing,
      let shadows, places.allSatisfy({ isClose(computed.shadows[$0], shadows.elements[$0]) })
    {
      return undecided(
        "the formula takes functions without a law in a finite field; in double precision it agrees, "
          + "and `--dtype fp64` judges that"
      )
    }
    var judgement = ExactJudgement(
      name: computed.name, extents: computed.extents, verdict: .wrong)
    judgement.differing = places.count
    if let place = places.first {
      judgement.first = ExactJudgement.Entry(
        place: TensorShape.entry(at: place, in: computed.extents),
        exact: shadows?.elements[place] ?? .nan, computed: computed.shadows[place])
    }
    judgement.pattern =
      PlacePattern(
        extents: computed.extents, places: places,
        areZero: places.allSatisfy { computed.residues[0][$0] == 0 }
      ).sentence
    if !judge.explained.contains(computed.name) {
      judgement.cause = ExactCauses(comparison: self, exact: exact, places: places).cause
    }
    return judgement
  }

  private func isClose(_ a: Double, _ b: Double) -> Bool {
    (a - b).magnitude <= 0x1p-24 * max(a.magnitude, b.magnitude, 0x1p-24)
  }
}
