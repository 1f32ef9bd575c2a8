import Scalars
import TensorExpressions

/// What the losses of labels have in common: the class axis, weights of classes, and labels that count for nothing.
struct LabelLoss {
  let logits: TensorExpression
  /// The one-hot tensor of the labels, its classes on the logits' axis of classes.
  let hot: TensorExpression
  let axis: Int

  /// - Parameter labels: an index tensor with the logits' axes but one.
  /// - Returns: nil where they are no index tensor.
  init?(
    _ logits: TensorExpression, _ labels: TensorExpression, axis: Int,
    assuming assumptions: ShapeAssumptions
  ) throws(ShapeError) {
    let axis = try logits.normalizedAxis(axis)
    var wanted = logits.shape
    let extent = wanted.remove(at: axis)
    let fitting = try labels.broadcast(to: wanted, assuming: assumptions)
    guard let hot = fitting.oneHot(extent, assuming: assumptions) else { return nil }
    self.logits = logits
    self.axis = axis
    var order = Array(0..<wanted.count)
    order.insert(wanted.count, at: axis)
    self.hot = try hot.permuted(order)
  }

  /// −Σ over labels of their classes' log probabilities, by the reduction.
  ///
  /// ```
  /// −Σ wᵗ·((1 − s)·ℓ[n, tₙ] + (s/C)·Σ ℓ[n, ·])     over the labels that count, the mean by the sum
  /// of their weights
  /// ```
  func value(
    of logProbabilities: TensorExpression, weight: TensorExpression?, smoothing: Coefficient,
    reduction: Reduction, assuming assumptions: ShapeAssumptions
  ) throws(ShapeError) -> TensorExpression {
    var weighted = hot
    if let weight {
      guard weight.shape == [logits.shape[axis]] else {
        throw .broadcast(lhs: [logits.shape[axis]], rhs: weight.shape, axisFromEnd: 0)
      }
      weighted = try hot.times(
        weight.placed(onAxes: [axis], of: logits.rank), assuming: assumptions)
    }
    var losses = try -(weighted.times(logProbabilities, assuming: assumptions).sum(axes: [axis]))
    if !smoothing.isZero {
      losses = try losses.scaled(by: .one + -smoothing).plus(
        smoothed(logProbabilities, weight, smoothing, assumptions), assuming: assumptions)
    }
    switch reduction {
    case .none: return losses
    case .sum: return try losses.sum()
    case .mean:
      let isWhole = weight == nil && hot.unnamedSumsToOne
      if isWhole { return try losses.mean() }
      return try losses.sum().times(weighted.sum().reciprocal, assuming: assumptions)
    }
  }

  /// −(s/C)·Σ over classes, where the label counts.
  private func smoothed(
    _ logProbabilities: TensorExpression, _ weight: TensorExpression?, _ smoothing: Coefficient,
    _ assumptions: ShapeAssumptions
  ) throws(ShapeError) -> TensorExpression {
    var all = logProbabilities
    if let weight {
      all = try all.times(weight.placed(onAxes: [axis], of: logits.rank), assuming: assumptions)
    }
    guard let share = Coefficient(logits.shape[axis]).reciprocal else {
      throw .emptyExtent(function: "cross_entropy", axis: axis, extent: logits.shape[axis])
    }
    var sums = try all.sum(axes: [axis])
    if !hot.unnamedSumsToOne { sums = try sums.times(hot.sum(axes: [axis]), assuming: assumptions) }
    return sums.scaled(by: -(smoothing * share))
  }
}

extension TensorExpression {
  /// Whether it is made of one-hot tensors in which nothing is ignored.
  fileprivate var unnamedSumsToOne: Bool {
    TensorExpression.symbols(of: [self]).allSatisfy { !$0.structure.contains(.ignoring) }
  }
}

extension BoundArguments {
  /// A number between 0 and 1, as label smoothing is.
  func number(_ name: String) throws(ShapeError) -> Coefficient {
    guard let number = self[name].asNumber else { throw broken(name, "is a number") }
    return number
  }

  fileprivate func weights() throws(ShapeError) -> TensorExpression? {
    isNone("weight") ? nil : try tensor("weight")
  }

  /// The axis of classes: where none is given, axis 1 in PyTorch's functions, else the last.
  fileprivate func classAxis(_ logits: TensorExpression, isFramework: Bool) throws(ShapeError)
    -> Int
  {
    if !isNone("axis") { return try integer("axis") }
    return isFramework && logits.rank > 1 ? 1 : -1
  }

  /// The cross entropy with labels or with probabilities.
  fileprivate func crossEntropy(isFramework: Bool) throws(ShapeError) -> TensorExpression {
    let logits = try tensor("logits")
    let target = try tensor("target")
    let axis = try classAxis(logits, isFramework: isFramework)
    let smoothing = try number("label_smoothing")
    let lp = try logSoftmax(logits, axis: axis)
    if target.rank == logits.rank - 1 {
      let loss = try LabelLoss(logits, target, axis: axis, assuming: assumptions)
      guard let loss else { return try found("target", nil) }
      return try loss.value(
        of: lp, weight: weights(), smoothing: smoothing, reduction: reduction(),
        assuming: assumptions)
    }
    guard try weights() == nil, smoothing.isZero else {
      throw broken("target", "is made of labels where `weight` or `label_smoothing` is given")
    }
    return try Layers.crossEntropy(
      logits, target, axis: axis, reduction: reduction(), assuming: assumptions)
  }

  /// Which label is ignored is said by the declaration: an argument that says otherwise is refused. A negative one
  /// occurs in no other declaration.
  fileprivate func checkIgnored() throws(ShapeError) {
    guard let number = self["ignore_index"].asSize?.asInt else { return }
    let declared = TensorExpression.symbols(of: [try tensor("target")])
      .compactMap(\.declaredSymbol?.structure.ignoredIndex)
    guard declared.allSatisfy({ $0 == number }), number < 0 || !declared.isEmpty else {
      throw broken("ignore_index", "is what the labels' declaration ignores, `ignore=\(number)`")
    }
  }

  fileprivate func negativeLogLikelihood(isFramework: Bool) throws(ShapeError) -> TensorExpression {
    let lp = try tensor("logits")
    let axis = try classAxis(lp, isFramework: isFramework)
    let loss = try LabelLoss(lp, tensor("target"), axis: axis, assuming: assumptions)
    guard let loss else { return try found("target", nil) }
    return try loss.value(
      of: lp, weight: weights(), smoothing: .zero, reduction: reduction(), assuming: assumptions)
  }
}

extension CatalogueFunction {
  private static let crossEntropyParameters: [Parameter] = [
    "logits", "target", .optional("axis", Argument.none), .optional("reduction", "mean"),
    .optional("weight", Argument.none), .optional("label_smoothing", 0),
  ]

  /// PyTorch's order.
  private static let pytorchCrossEntropyParameters: [Parameter] = [
    "logits", "target", .optional("weight", Argument.none), .optional("reduction", "mean"),
    .optional("label_smoothing", 0), .optional("axis", Argument.none),
    .optional("ignore_index", Argument.none),
  ]

  static let crossEntropy = CatalogueFunction(
    "cross_entropy", family: .layers, crossEntropyParameters,
    samples: [
      "input z: [2, 3]\nconst t: [2, 3] simplex\nloss L = cross_entropy(z, t)",
      "input z: [2, 3, 4]\nconst t: [2, 3, 4]\nloss L = cross_entropy(z, t, axis=1, reduction=\"sum\")",
      "input z: [4, 3]\nconst t: [4] index(3)\nloss L = cross_entropy(z, t, label_smoothing=0.1)",
      "input z: [4, 3]\nconst t: [4] index(3, ignore=-100), w: [3] positive\nloss L = cross_entropy(z, t, weight=w)",
    ]
  ) { arguments throws(ShapeError) in try arguments.crossEntropy(isFramework: false) }

  /// `F.cross_entropy`, whose classes stand on axis 1.
  static let pytorchCrossEntropy = CatalogueFunction(
    "cross_entropy", family: .layers, pytorchCrossEntropyParameters, framework: .pytorch,
    samples: [
      "input z: [2, 3, 4]\nconst t: [2, 4] index(3)\nloss L = F.cross_entropy(z, t)",
      "input z: [4, 3]\nconst t: [4] index(3, ignore=-1)\nloss L = F.cross_entropy(z, t, ignore_index=-1)",
    ]
  ) { arguments throws(ShapeError) in
    try arguments.checkIgnored()
    return try arguments.crossEntropy(isFramework: true)
  }

  private static let likelihoodParameters: [Parameter] = [
    "logits", "target", .optional("weight", Argument.none), .optional("reduction", "mean"),
    .optional("axis", Argument.none),
  ]

  /// −ℓ[n, tₙ] for log probabilities ℓ.
  static let nllLoss = CatalogueFunction(
    "nll_loss", family: .layers, likelihoodParameters,
    samples: ["input z: [4, 3]\nconst t: [4] index(3)\nloss L = nll_loss(log_softmax(z), t)"]
  ) { arguments throws(ShapeError) in try arguments.negativeLogLikelihood(isFramework: false) }

  static let pytorchNllLoss = CatalogueFunction(
    "nll_loss", family: .layers,
    likelihoodParameters + [.optional("ignore_index", Argument.none)], framework: .pytorch,
    samples: [
      "input z: [2, 3, 4]\nconst t: [2, 4] index(3, ignore=-1)\nloss L = F.nll_loss(z, t)"
    ]
  ) { arguments throws(ShapeError) in
    try arguments.checkIgnored()
    return try arguments.negativeLogLikelihood(isFramework: true)
  }
}
