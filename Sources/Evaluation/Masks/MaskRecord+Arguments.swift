import Scalars
import TensorExpressions

extension MaskRecord {
  /// What the arguments of masks depend on, by node of the mask.
  private struct Dependence {
    var holdsMask = false
    var isDifferentiable = false
    var isDrawn = false
  }

  private static func dependences(
    in roots: [TensorExpression], fixed: Set<TensorExpression>
  ) -> [(node: TensorExpression, argument: Dependence)] {
    let jobs = EvaluationSchedule(roots, masks: MaskRecord()).jobs
    var known: [Dependence] = []
    known.reserveCapacity(jobs.count)
    var found: [(node: TensorExpression, argument: Dependence)] = []
    for job in jobs {
      var own = job.operands.reduce(into: Dependence()) { all, operand in
        all.holdsMask = all.holdsMask || known[operand].holdsMask
        all.isDifferentiable = all.isDifferentiable || known[operand].isDifferentiable
        all.isDrawn = all.isDrawn || known[operand].isDrawn
      }
      if case .symbol(let symbol) = job.node.kind {
        own.isDrawn = !fixed.contains(job.node)
        own.isDifferentiable = symbol.role != .constant
        own.holdsMask = symbol.structure.contains(.oneHot)
      } else if job.node.isMask {
        found.append((job.node, own))
        own.holdsMask = true
      }
      known.append(own)
    }
    return found
  }

  /// The masks that compare what depends on no mask and not on data alone: off the kinks it is zero on no cell.
  public static func plainMasks(in roots: [TensorExpression]) -> Set<TensorExpression> {
    Set(
      dependences(in: roots, fixed: [])
        .filter { !$0.argument.holdsMask && $0.argument.isDifferentiable }.map(\.node))
  }

  /// How the masks fall that depend on nothing that is drawn.
  ///
  /// - Parameter given: values that are not drawn.
  public static func constants(
    in roots: [TensorExpression], at given: EvaluationPoint<Rational>
  ) throws(EvaluationError) -> MaskRecord {
    let masks = dependences(in: roots, fixed: Set(given.values.keys))
      .filter { !$0.argument.isDrawn }.map(\.node)
    if masks.isEmpty { return MaskRecord() }
    return try recording(masks, at: given)
  }

  /// Whether what a kink compares is equal wherever the masks fall as they are recorded, not just at the point.
  ///
  /// - Parameter operand: the values of the kink's operand at a random point of a field, with these masks.
  public func isStructural(
    _ kink: Kink, operand: Tensor<UInt64>, sizes: [String: Int]
  ) throws(EvaluationError) -> Bool {
    switch kink.place {
    case .step: return operand.elements[kink.number] == 0
    case .extremum(let extremum):
      let concrete = try ConcreteExtremum(extremum, sizes: sizes)
      let taken = Set(windows[extremum]?[kink.number] ?? [])
      let values = concrete.places(of: kink.number).filter { taken.contains($0.place) }
        .map { operand.elements[$0.offset] }
      return Set(values).count == 1
    }
  }
}

extension MaskRecord.Kink.Place {
  /// What is compared.
  public var operand: TensorExpression {
    switch self {
    case .step(let node): node.operands[0]
    case .extremum(let extremum): extremum.operand
    }
  }
}

extension TensorExpression {
  /// Whether the node decides what is larger.
  var isMask: Bool {
    switch kind {
    case .elementwise(let function, _): function.primitive?.decidesByOrder == true
    case .extremum, .selector: true
    case .symbol, .sum, .contraction, .inverse, .determinant, .cholesky, .named, .recurrence: false
    }
  }
}
