import Derivation
import Scalars
import TensorExpressions

/// Builds formulas from expressions by recognising what their index relations say.
///
/// Subterms without a printable form, and large ones that occur repeatedly, become temporaries: lines that
/// must stand before the formula. Named subterms stay names.
struct FormulaBuilder {
  /// A line before the formula.
  enum Temporary {
    case formula(name: String, Formula)
    case statements(name: String, [IndexStatement], shape: [Size])
  }

  private(set) var temporaries: [Temporary] = []
  /// Names that are taken everywhere.
  let usedNames: Set<String>
  /// Names that the expression and its temporaries take; collected when the first temporary is made.
  private var ownNames: Set<String>
  private let root: TensorExpression
  private var hasCollectedNames = false
  private var memo: [TensorExpression: Piece] = [:]
  /// Pieces that are the same wherever their nodes occur, from lines that were built before.
  private let shared: [TensorExpression: Piece]
  /// Pieces that this line adds to those: neither they nor their parts are or hold a temporary, or could become one.
  private(set) var newlyShared: [TensorExpression: Piece] = [:]
  private var nextTemporary = 1
  /// Temporaries that statements define, by what they stand for.
  var temporaryNames: [TensorExpression: String] = [:]

  /// The weight from which a repeated subterm gets a name of its own.
  private static let sharingWeight = 40
  /// The weight from which any subterm gets one, so that no line grows without bound.
  private static let lineWeight = 400

  /// Whether parts that are no names become index statements wherever they can.
  let prefersStatements: Bool
  /// Whether convolutions and pooling may be printed as such.
  let allowsConvolutions: Bool
  /// Whether the expression language's functions may be used for what is no node of its own.
  let allowsLayers: Bool

  /// - Parameter shared: the ``newlyShared`` pieces of earlier lines that were built with the same preferences.
  init(
    for root: TensorExpression, name: String, usedNames: Set<String>,
    prefersStatements: Bool = false, allowsConvolutions: Bool = true, allowsLayers: Bool = false,
    shared: [TensorExpression: Piece] = [:]
  ) {
    self.root = root
    self.usedNames = usedNames
    ownNames = [name]
    self.shared = shared
    self.prefersStatements = prefersStatements
    self.allowsConvolutions = allowsConvolutions
    self.allowsLayers = allowsLayers
  }

  /// The formula of `root`, with temporaries collected for what it needs.
  mutating func piece(of root: TensorExpression) -> Piece {
    for node in printedPostorder(of: root) where memo[node] == nil {
      // Once there is a temporary, a part may be printed by its name.
      if temporaries.isEmpty, let known = shared[node] {
        memo[node] = known
        continue
      }
      var result = build(node)
      let weight = result.formula.weight(limit: Self.lineWeight + 1)
      if node != root,
        weight > Self.lineWeight || weight > Self.sharingWeight && isRepeated(node, under: root)
      {
        let name = freshName()
        temporaries.append(.formula(name: name, result.formula))
        result.formula = .name(name)
      }
      if temporaries.isEmpty, weight <= Self.sharingWeight,
        node.name != nil || parts(of: node).allSatisfy(isAlikeEverywhere)
      {
        newlyShared[node] = result
      }
      memo[node] = result
    }
    return memo[root] ?? Piece(formula: .number(.zero), shape: [])
  }

  private func isAlikeEverywhere(_ node: TensorExpression) -> Bool {
    shared[node] != nil || newlyShared[node] != nil
  }

  private var parents: [TensorExpression: Int] = [:]
  private var countedRoots: Set<TensorExpression> = []

  /// Whether the node is an operand at several places under the root.
  private mutating func isRepeated(_ node: TensorExpression, under root: TensorExpression) -> Bool {
    if countedRoots.insert(root).inserted {
      for parent in printedPostorder(of: root) {
        for operand in Set(parts(of: parent)) { parents[operand, default: 0] += 1 }
      }
    }
    return parents[node, default: 0] > 1
  }

  /// What `root` is made of down to its named parts, operands first.
  static func anonymousPostorder(of root: TensorExpression) -> [TensorExpression] {
    var seen: Set<TensorExpression> = []
    var stack = [root]
    var found: [TensorExpression] = []
    while let node = stack.popLast() {
      guard seen.insert(node).inserted else { continue }
      found.append(node)
      if node.name == nil { stack += node.operands }
    }
    return found.sorted { $0.id < $1.id }
  }

  /// What a node is written with: its operands, or the parts of the function that it is recognised as.
  private func parts(of node: TensorExpression) -> [TensorExpression] {
    if node.name != nil { return [] }
    if let stitching = Stitching(node) { return stitching.others + stitching.parts }
    if let softmax = Self.softmax(node) { return [softmax.argument] }
    return layerParts(of: node) ?? node.operands
  }

  /// What `root` is written with down to its named parts, each after its own parts.
  private func printedPostorder(of root: TensorExpression) -> [TensorExpression] {
    var done: Set<TensorExpression> = []
    var stack = [root]
    var found: [TensorExpression] = []
    while let node = stack.last {
      if done.contains(node) {
        stack.removeLast()
        continue
      }
      let missing = parts(of: node).filter { !done.contains($0) }
      if missing.isEmpty {
        done.insert(node)
        found.append(node)
      } else {
        stack += missing
      }
    }
    return found
  }

  /// The piece of an operand, which has been built before.
  func known(_ node: TensorExpression) -> Piece {
    memo[node] ?? Piece(formula: .name("?"), shape: node.shape)
  }

  func isKnown(_ node: TensorExpression) -> Bool { memo[node] != nil }

  mutating func add(_ temporary: Temporary) { temporaries.append(temporary) }

  /// Sets what an expression is printed as from now on.
  mutating func remember(_ node: TensorExpression, _ piece: Piece) { memo[node] = piece }

  mutating func freshName() -> String {
    if !hasCollectedNames {
      hasCollectedNames = true
      for node in Self.anonymousPostorder(of: root) {
        if let text = node.name { ownNames.insert(text) }
        for size in node.shape { ownNames.formUnion(size.names) }
      }
    }
    while true {
      let name = "t\(nextTemporary)"
      nextTemporary += 1
      if !usedNames.contains(name), ownNames.insert(name).inserted { return name }
    }
  }

  private mutating func build(_ node: TensorExpression) -> Piece {
    if let piece = layerPiece(node) { return piece }
    switch node.kind {
    case .symbol(let symbol): return symbolPiece(symbol, node)
    case .named(let name, _): return Piece(formula: .name(name), shape: node.shape)
    case .sum(let all):
      let (numbers, terms) = numbers(in: all)
      guard numbers.isEmpty, let stitching = Stitching(node) else {
        return sum(numbers + terms.map { known($0) }, shape: node.shape)
      }
      let pieces = stitching.others.map { known($0) } + [joined(stitching, shape: node.shape)]
      return sum(pieces, shape: node.shape)
    case .contraction(let contraction):
      if let whole = softmaxPiece(node) ?? numbersPiece(node) { return whole }
      return contractionPiece(contraction, shape: node.shape)
        ?? statementPiece(contraction, shape: node.shape)
    case .elementwise(let function, let operands):
      return elementwise(function, operands, shape: node.shape)
    case .extremum(let extremum): return extremumPiece(extremum)
    case .selector(let extremum): return selectorPiece(extremum, shape: node.shape)
    // A recurrence stands under a name, and is a block.
    case .recurrence: return Piece(formula: .name("?"), shape: node.shape)
    case .inverse(let x):
      return Piece(formula: .function("inv", [known(x).full(x.shape)]), shape: node.shape)
    case .determinant(let x):
      return Piece(formula: .function("det", [known(x).full(x.shape)]), shape: [])
    case .cholesky(let x):
      return Piece(formula: .function("cholesky", [known(x).full(x.shape)]), shape: node.shape)
    }
  }

  /// A temporary that an index statement defines.
  private mutating func statementPiece(_ contraction: Contraction, shape: [Size]) -> Piece {
    let name = freshName()
    let statement = indexStatement(name: name, contraction, shape: shape)
    temporaries.append(.statements(name: name, [statement], shape: shape))
    return Piece(formula: .name(name), shape: shape)
  }
}
