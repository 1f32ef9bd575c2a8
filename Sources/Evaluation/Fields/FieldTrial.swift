import Scalars
import TensorExpressions

/// One random trial of an identity in a prime field.
///
/// The field is the first of a chain of primes. Where exponentials occur, the values of further primes of the chain are carried along,
/// one for each nesting, so that e^(u+v) = eᵘ·eᵛ holds; see `PrimeTowerArithmetic` for what an accept and a refusal
/// then mean.
public struct FieldTrial: Sendable {
  public let seed: UInt64
  /// Trials whose numbers differ by less than the number of chains have unrelated primes.
  public let number: Int
  /// The masks of the cell in which the identity is tested.
  public let masks: MaskRecord
  public let memoryLimit: Int

  public init(
    number: Int, seed: UInt64, masks: MaskRecord = MaskRecord(),
    memoryLimit: Int = MemoryBudget.defaultLimit
  ) {
    self.number = number
    self.seed = seed
    self.masks = masks
    self.memoryLimit = memoryLimit
  }

  private var chain: PrimeFieldChain { PrimeFieldChain.forTrial(number) }

  /// The prime that identities are tested modulo.
  public var modulus: UInt64 { chain.primes[0] }

  /// The residues of some expressions at the trial's random point. A symbol has the same value in every call.
  ///
  /// - Parameters:
  ///   - likeness: the rational point of the masks, from which sizes and one-hot tensors are taken.
  ///   - fixed: the symbols that keep their rational values.
  public func residues(
    of roots: [TensorExpression], like likeness: EvaluationPoint<Rational>,
    fixed: Set<TensorExpression> = []
  ) throws(EvaluationError) -> [Tensor<UInt64>] {
    let nesting = Self.exponentialNesting(of: roots, masks: masks)
    return nesting == 0
      ? try values(of: roots, likeness, fixed, field) { $0 }
      : try values(of: roots, likeness, fixed, tower(nesting), \.residue)
  }

  private func values<A: RandomlyDrawnArithmetic>(
    of roots: [TensorExpression], _ likeness: EvaluationPoint<Rational>,
    _ fixed: Set<TensorExpression>, _ arithmetic: A, _ residue: (A.Element) -> UInt64
  ) throws(EvaluationError) -> [Tensor<UInt64>] {
    let point = try FieldDrawing(arithmetic, seed: seed)
      .point(for: TensorExpression.symbols(of: roots), like: likeness, fixed: fixed)
    return try Evaluator(arithmetic, at: point, masks: masks, memoryLimit: memoryLimit)
      .evaluate(roots).map { $0.map(residue) }
  }

  /// What dual numbers say of some expressions.
  public struct Pushforwards: Sendable {
    /// The derivative of each root along the directions.
    public let tangents: [Tensor<UInt64>]
    /// The random direction of each symbol that moves.
    public let directions: [TensorExpression: Tensor<UInt64>]
  }

  /// The derivatives of some expressions along random directions, by dual numbers, at the point of
  /// ``residues(of:like:fixed:)``.
  public func pushforwards(
    of roots: [TensorExpression], moving: [TensorExpression],
    like likeness: EvaluationPoint<Rational>, fixed: Set<TensorExpression> = []
  ) throws(EvaluationError) -> Pushforwards {
    let nesting = Self.exponentialNesting(of: roots, masks: masks)
    return nesting == 0
      ? try tangents(of: roots, moving, likeness, fixed, field) { $0 }
      : try tangents(of: roots, moving, likeness, fixed, tower(nesting), \.residue)
  }

  private func tangents<A: RandomlyDrawnArithmetic>(
    of roots: [TensorExpression], _ moving: [TensorExpression],
    _ likeness: EvaluationPoint<Rational>, _ fixed: Set<TensorExpression>, _ arithmetic: A,
    _ residue: (A.Element) -> UInt64
  ) throws(EvaluationError) -> Pushforwards {
    let drawing = FieldDrawing(arithmetic, seed: seed)
    let point = try drawing.point(
      for: TensorExpression.symbols(of: roots + moving), like: likeness, fixed: fixed)
    let directions = try drawing.directions(for: moving, sizes: likeness.sizes)
    let results = try Pushforward(arithmetic, masks: masks, memoryLimit: memoryLimit)
      .evaluate(roots, at: point, along: directions)
    return Pushforwards(
      tangents: results.map { $0.tangent.map(residue) },
      directions: directions.mapValues { $0.map(residue) })
  }

  private var field: PrimeFieldArithmetic { PrimeFieldArithmetic(chain: chain, seed: seed) }

  private func tower(_ nesting: Int) -> PrimeTowerArithmetic {
    PrimeTowerArithmetic(
      chain: chain, levels: min(nesting + 1, chain.primes.count), seed: seed)
  }

  /// How deeply exponentials, and functions made from them, stand in the arguments of one another.
  public static func exponentialNesting(
    of roots: [TensorExpression], masks: MaskRecord = MaskRecord()
  ) -> Int {
    let schedule = EvaluationSchedule(roots, masks: masks)
    var depths: [Int] = []
    for job in schedule.jobs {
      let inner = job.operands.map { depths[$0] }.max() ?? 0
      depths.append(inner + (job.usesExponential ? 1 : 0))
    }
    return depths.max() ?? 0
  }
}

extension EvaluationSchedule.Job {
  /// Whether the function's value or its derivative is made from exponentials.
  fileprivate var usesExponential: Bool {
    guard method == .node, case .elementwise(let function, _) = node.kind,
      case .elementary(let elementary)? = function.primitive
    else { return false }
    switch elementary {
    case .exp, .expm1, .sigmoid, .softplus, .silu, .sinh, .cosh, .tanh, .erf, .gelu: return true
    case .log, .log1p, .sqrt, .rsqrt, .sin, .cos, .tan, .asin, .acos, .atan: return false
    }
  }
}
