import TensorExpressions

extension MaskRecord {
  /// The record in which masks that are exactly on their border fall to the other side: steps of zero are 1, and
  /// a tie's last entry is taken.
  ///
  /// What holds for both records holds whatever is chosen at the kinks, as far as one choice for all of them shows.
  public func turning(_ kinks: [Kink]) -> MaskRecord {
    var result = self
    for kink in kinks {
      switch kink.place {
      case .step(let node): result.setStep(node, at: kink.number, to: true)
      case .extremum(let extremum): result.reverseTie(of: extremum, at: kink.number)
      }
    }
    return result
  }

  /// The record in which each tie takes one of its entries, that with a number, as often as it has some.
  public func taking(_ number: Int, ofTies kinks: [Kink]) -> MaskRecord {
    var result = self
    for kink in kinks {
      guard case .extremum(let extremum) = kink.place, let tied = windows[extremum]?[kink.number],
        !tied.isEmpty
      else { continue }
      result.setWindow(of: extremum, at: kink.number, to: [tied[number % tied.count]])
    }
    return result
  }

  /// The record with the kinks' masks taken from a record at a point near by.
  public func adopting(_ other: MaskRecord, at kinks: [Kink]) -> MaskRecord {
    var result = self
    for kink in kinks {
      switch kink.place {
      case .step(let node):
        guard let pattern = other.steps[node], pattern.indices.contains(kink.number) else {
          continue
        }
        result.setStep(node, at: kink.number, to: pattern[kink.number])
      case .extremum(let extremum):
        guard let taken = other.windows[extremum], taken.indices.contains(kink.number) else {
          continue
        }
        result.setWindow(of: extremum, at: kink.number, to: taken[kink.number])
      }
    }
    return result
  }
}

extension MaskRecord {
  /// The record with one entry of a step the other way round.
  public func flipping(step node: TensorExpression, at place: Int) -> MaskRecord {
    guard let pattern = steps[node], pattern.indices.contains(place) else { return self }
    var result = self
    result.setStep(node, at: place, to: !pattern[place])
    return result
  }

  /// The places at which evaluating some expressions may meet a kink.
  public static func places(in roots: [TensorExpression]) -> Set<Kink.Place> {
    Set(maskNodes(in: roots).map(place))
  }

  /// The places at which some expressions have a kink: where what is compared depends on something that is
  /// differentiated.
  ///
  /// - Parameter primal: what alone is differentiated; nil for all that is no constant.
  public static func kinkPlaces(
    in roots: [TensorExpression], by primal: TensorExpression? = nil
  ) -> Set<Kink.Place> {
    let nodes = maskNodes(in: roots)
    var isDifferentiable: [TensorExpression: Bool] = [:]
    for node in TensorExpression.postorder(of: nodes) {
      if let primal, node === primal {
        isDifferentiable[node] = true
      } else if case .symbol(let symbol) = node.kind {
        isDifferentiable[node] = primal == nil && symbol.role != .constant
      } else {
        isDifferentiable[node] = node.operands.contains { isDifferentiable[$0] == true }
      }
    }
    return Set(nodes.filter { isDifferentiable[$0] == true }.map(place))
  }

  private static func place(_ node: TensorExpression) -> Kink.Place {
    node.asExtremum.map { Kink.Place.extremum($0) } ?? .step(node)
  }
}
