import Derivation
import Evaluation
import ExpressionLanguage
import Judging
import Scalars
import TensorExpressions
import TensorFiles

/// Judges the tensors that a kernel computed at a point.
///
/// A bound belongs to a formula, and a correct kernel may use another one: the derived lines are tried first,
/// then the forward pass differentiated line by line as a framework would, then the claims of the file that
/// are proved. A tensor that is within any of them is within.
public struct KernelJudge: Sendable {
  let layer: KernelLayer
  /// How the kernel says that it computes: the bounds follow from it.
  public var declaration: KernelDeclaration
  /// Whether causes of wrong tensors are looked for.
  public var searchesCauses = true

  public init(_ layer: KernelLayer, _ declaration: KernelDeclaration = KernelDeclaration()) {
    self.layer = layer
    self.declaration = declaration
  }

  /// Why nothing could be judged.
  public enum Failure: Error, Sendable {
    /// The file does not fit the layer.
    case point(KernelPointError)
    /// The exact values leave the limits, or do not exist at the point.
    case evaluation(EvaluationError)
    /// The program cannot be checked.
    case check(CheckFailure)
  }

  /// The judgement of every tensor of a file, in the order of the file.
  ///
  /// - Parameter renamed: the layer's names of tensors that have others in the file.
  public func judge(
    _ file: TensorFile, at point: KernelPoint, renamed: [String: String] = [:]
  ) throws(Failure) -> [TensorJudgement] {
    let results: [(tensor: StoredTensor, name: String, formula: TensorExpression)]
    do throws(KernelPointError) {
      results = try point.results(file, renamed: renamed)
    } catch {
      throw .point(error)
    }
    var judgements: [TensorJudgement?] = results.map { _ in nil }
    let formats = Set(results.map { accumulation(of: $0.tensor) })
    for format in BinaryFormat.allCases where formats.contains(format) {
      let places = results.indices.filter { accumulation(of: results[$0].tensor) == format }
      let group = ResultGroup(
        judge: self, point: point, format: format, results: places.map { results[$0] })
      do throws(EvaluationError) {
        for (place, judgement) in zip(places, try group.judgements()) {
          judgements[place] = judgement
        }
      } catch {
        throw .evaluation(error)
      }
    }
    return judgements.compactMap { $0 }
  }

  private func accumulation(of tensor: StoredTensor) -> BinaryFormat {
    declaration.accumulation(for: tensor.type.format ?? .binary64)
  }
}

/// The tensors of a file whose sums were formed in one format.
struct ResultGroup {
  let judge: KernelJudge
  let point: KernelPoint
  let format: BinaryFormat
  let results: [(tensor: StoredTensor, name: String, formula: TensorExpression)]

  var bounds: LineBounds {
    LineBounds(layer: judge.layer, tensors: point.tensors, sizes: point.sizes)
  }

  /// Along the derived lines; where these have no value within what rounding may do, along those of a framework.
  func judgements() throws(EvaluationError) -> [TensorJudgement] {
    do {
      return try judgements(along: .derived)
    } catch {
      let formulas = judge.layer.formulas(along: .framework)
      let others = results.compactMap { result in
        formulas[result.name].map { (tensor: result.tensor, name: result.name, formula: $0) }
      }
      guard others.count == results.count else { throw error }
      return try ResultGroup(judge: judge, point: point, format: format, results: others)
        .judgements(along: .framework)
    }
  }

  private func judgements(
    along first: TensorJudgement.Lines
  ) throws(EvaluationError) -> [TensorJudgement] {
    let evaluated = try bounds.values(
      of: results.map(\.formula), in: format, declared: judge.declaration)
    var compared: [ComparedTensor] = []
    var judgements: [TensorJudgement] = []
    for (result, exact) in zip(results, evaluated.values) {
      compared.append(compare(result.tensor, exact))
      judgements.append(judgement(result, compared[compared.count - 1], first))
    }
    for lines in [TensorJudgement.Lines.framework, .author] {
      try retry(lines, &judgements, &compared)
    }
    try retryNorms(evaluated.masks, &judgements, &compared)
    try retryMasks(evaluated.masks, &judgements, &compared)
    for place in judgements.indices where judgements[place].verdict == .wrong {
      judgements[place].pattern = PlacePattern(compared[place]).sentence
      guard judge.searchesCauses else { continue }
      let search = KernelCauseSearch(
        group: self, result: results[place], compared: compared[place], masks: evaluated.masks)
      judgements[place].cause = search.cause()
      guard judgements[place].cause == nil else { continue }
      if isConditioned(results[place].formula, compared[place]) {
        judgements[place] = judgements[place].undecided(
          because:
            """
            beyond the bound of every formula that was tried, \
            and within what the point's condition allows: only an unstable formula gives this
            """
        )
      } else {
        judgements[place].cause = search.laxer
      }
    }
    return judgements
  }

  /// Whether every entry is within the bound and four units of roundoff of all that it is computed from.
  private func isConditioned(_ formula: TensorExpression, _ compared: ComparedTensor) -> Bool {
    // What is far beyond the bound is not looked at: the terms take an evaluation for each number. Where nothing
    // rounds, as with small whole numbers, no condition of the point excuses a difference.
    let comparisons = compared.comparisons
    guard
      comparisons.allSatisfy({
        !$0.isBeyond || $0.exact.error > 0 && $0.ratio < Self.largestConditionedRatio
      })
    else { return false }
    let conditioning = Conditioning(
      layer: judge.layer, tensors: point.tensors, sizes: point.sizes)
    guard let terms = conditioning.terms(of: formula), terms.count == comparisons.count else {
      return false
    }
    return zip(comparisons, terms).allSatisfy { comparison, term in
      comparison.ratio * comparison.allowed <= comparison.allowed + 4 * format.roundoff * term
    }
  }

  private static let largestConditionedRatio = 1e6

  func compare(_ tensor: StoredTensor, _ exact: Tensor<RoundedNumber>) -> ComparedTensor {
    ComparedTensor(
      exact: exact, computed: tensor.values, storage: tensor.type.format ?? .binary64)
  }

  private func judgement(
    _ result: (tensor: StoredTensor, name: String, formula: TensorExpression),
    _ compared: ComparedTensor, _ lines: TensorJudgement.Lines
  ) -> TensorJudgement {
    compared.judgement(name: result.tensor.name, accumulation: format, lines: lines)
  }

  /// Judges what lies beyond the bound of one set of lines along another.
  private func retry(
    _ lines: TensorJudgement.Lines, _ judgements: inout [TensorJudgement],
    _ compared: inout [ComparedTensor]
  ) throws(EvaluationError) {
    let wrong = judgements.indices.filter { judgements[$0].verdict == .wrong }
    if wrong.isEmpty { return }
    let formulas = judge.layer.formulas(along: lines)
    let known = wrong.filter { formulas[results[$0].name] != nil }
    if known.isEmpty { return }
    let values = try bounds.values(
      of: known.compactMap { formulas[results[$0].name] }, in: format,
      declared: judge.declaration
    ).values
    for (place, exact) in zip(known, values) {
      let other = compare(results[place].tensor, exact)
      let second = judgement(results[place], other, lines)
      guard second.beyond < judgements[place].beyond, second.beyond == 0 else { continue }
      judgements[place] = second
      compared[place] = other
    }
  }
}

// MARK: - Transforms

extension ResultGroup {
  /// Judges what lies beyond the bound of the terms by that of norms, where the kernel says that it transforms.
  private func retryNorms(
    _ masks: MaskRecord, _ judgements: inout [TensorJudgement], _ compared: inout [ComparedTensor]
  ) throws(EvaluationError) {
    let wrong = judgements.indices.filter { judgements[$0].verdict == .wrong }
    guard let factor = judge.declaration.algorithm.normFactor, !wrong.isEmpty else { return }
    let values = try bounds.normwiseValues(
      of: wrong.map { results[$0].formula }, in: format, declared: judge.declaration,
      factor: factor, masks: masks)
    for (place, exact) in zip(wrong, values) {
      let other = compare(results[place].tensor, exact)
      let second = judgement(results[place], other, .norms)
      guard second.beyond == 0 else { continue }
      judgements[place] = second
      compared[place] = other
    }
  }
}

// MARK: - Masks within rounding of their threshold

extension ResultGroup {
  /// The most entries of masks that are tried the other way round.
  private static let largestFlip = 16

  /// Judges what is beyond the bound once more with those entries of masks the other way round that rounding
  /// may turn: a correct kernel may find an argument on the other side of zero that is within its error of
  /// it.
  private func retryMasks(
    _ masks: MaskRecord, _ judgements: inout [TensorJudgement], _ compared: inout [ComparedTensor]
  ) throws(EvaluationError) {
    let wrong = judgements.indices.filter { judgements[$0].verdict == .wrong }
    if wrong.isEmpty || masks.steps.isEmpty { return }
    let open = try openEntries(of: masks)
    if open.isEmpty || open.count > Self.largestFlip { return }
    let all = open.reduce(masks) { $0.flipping(step: $1.node, at: $1.place) }
    let single = open.map { masks.flipping(step: $0.node, at: $0.place) }
    for flipped in [all] + (open.count > 1 ? single : []) {
      let values = try bounds.values(
        of: wrong.map { results[$0].formula }, in: format,
        declared: judge.declaration, masks: flipped
      ).values
      for (place, exact) in zip(wrong, values) {
        let other = compare(results[place].tensor, exact)
        guard other.isWithin, judgements[place].verdict == .wrong else { continue }
        compared[place] = other
        judgements[place] = judgement(results[place], other, .derived)
        judgements[place].reason =
          "an argument of a mask is within its rounding error of 0; the kernel has it on the other side"
      }
    }
  }

  /// The entries of steps whose argument's sign rounding may change.
  private func openEntries(
    of masks: MaskRecord
  ) throws(EvaluationError) -> [(node: TensorExpression, place: Int)] {
    let nodes = masks.steps.keys.sorted { $0.id < $1.id }
    let arguments = try bounds.values(
      of: nodes.map { $0.operands[0] }, in: format,
      declared: judge.declaration, masks: masks
    ).values
    return zip(nodes, arguments).flatMap { node, tensor in
      tensor.elements.enumerated().compactMap { place, argument in
        let size = argument.value.high.magnitude
        return argument.error > 0 && size <= argument.error + argument.value.radius
          ? (node: node, place: place) : nil
      }
    }
  }
}

extension KernelLayer {
  /// The results along other lines than the derived ones, by name; those that there are.
  func formulas(along lines: TensorJudgement.Lines) -> [String: TensorExpression] {
    switch lines {
    case .derived:
      return Dictionary(results.map { ($0.name, $0.formula) }) { first, _ in first }
    case .framework: return frameworkFormulas
    case .author: return authorFormulas
    case .norms: return [:]
    }
  }

  /// The forward pass differentiated statement by statement, nothing simplified.
  private var frameworkFormulas: [String: TensorExpression] {
    guard let output = program.output else { return [:] }
    let pass = try? BackwardPass(
      output.seeds, targets: program.declarations.map(\.symbol), names: program.formulaNames,
      facts: program.facts, simplifies: false)
    return Dictionary(
      (pass?.cotangents ?? [:]).compactMap { primal, cotangent in
        primal.name.map { ("d" + $0, cotangent) }
      }
    ) { first, _ in first }
  }

  /// The author's own right sides of claims that are proved, with the claims above put in.
  private var authorFormulas: [String: TensorExpression] {
    if program.claims.isEmpty { return [:] }
    let prover = Prover(facts: program.facts, aliases: backward.originals)
    var formulas: [String: TensorExpression] = [:]
    for side in program.claimExpressions(backward.cotangents) {
      guard let claimed = side.claimedByAuthor, case .gradient = side.claim.subject,
        prover.proves(Equation(side.exact, claimed))
      else { continue }
      formulas[side.claim.name] = claimed
    }
    return formulas
  }
}
