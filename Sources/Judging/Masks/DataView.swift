import Evaluation
import TensorExpressions

/// An equation for a gradient with the declared tensors as data, which may lie on the borders of masks.
///
/// `y = w * (x == 0)` has no kink by w: its gradient by w has a value where x is 0, and a claim must be right there. By
/// x itself the border of a mask is a kink only where the forward pass has a mask with that argument, or the gradient
/// has.
struct DataView {
  let equation: Equation
  /// What the gradient is by.
  let own: Set<TensorExpression>
  /// What is differentiated, with the tensors as data.
  let forward: TensorExpression
  /// Masks in these have kinks where their arguments depend on what the gradient is by.
  let kinks: [TensorExpression]
  /// What the program calls the tensors.
  private let originals: [TensorExpression: TensorExpression]

  /// - Parameter forward: what is differentiated.
  /// - Returns: nil where no mask of the equation depends on such a tensor.
  init?(_ equation: Equation, forward: TensorExpression?) {
    guard let primal = equation.primal, let forward, !equation.isIdentity else { return nil }
    let sides = [equation.left, equation.right]
    let masks = MaskRecord.maskNodes(in: sides)
    var data: [TensorExpression: TensorExpression] = [:]
    for node in TensorExpression.symbols(of: masks) {
      guard let symbol = node.declaredSymbol, symbol.mayBeData else { continue }
      let constant = TensorSymbol(symbol.name, role: .constant, structure: symbol.structure)
      data[node] = node.space.symbol(constant, shape: node.shape)
    }
    if data.isEmpty { return nil }
    let all = TensorExpression.rebuilding(sides + [forward, primal]) { data[$0] ?? $0 }
    self.equation = Equation(all[0], all[1], by: all[3])
    self.forward = all[2]
    kinks = [all[0], all[2]]
    own = Set(TensorExpression.symbols(of: [primal]).map { data[$0] ?? $0 })
    originals = Dictionary(uniqueKeysWithValues: data.map { ($1, $0) })
  }

  /// A draw of the program's tensors as one of the data.
  func taking(_ draw: Draw) -> Draw {
    draw.renaming(Dictionary(uniqueKeysWithValues: originals.map { ($1, $0) }))
  }

  /// A draw of the data as one of the program's tensors.
  func original(_ draw: Draw) -> Draw { draw.renaming(originals) }
}

extension TensorSymbol {
  /// Whether it is differentiated, and may have any values: the border of what a structure allows is none of a mask.
  fileprivate var mayBeData: Bool {
    isDifferentiable && structure.isDisjoint(with: [.nonnegative, .simplex])
  }
}
