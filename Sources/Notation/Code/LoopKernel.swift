import TensorExpressions

/// The innermost loops of a statement as a call of a function whose operands are known not to overlap, which compilers
/// turn into vector instructions.
enum LoopKernel {
  /// `y[j] += a · x[j]`.
  case addScaled(x: IndexFormula)
  /// `y[j] += Σᵢ w[s·i] · x[t·i + j]`, the sum being the loop before the innermost one.
  case addRows(x: IndexFormula, weight: IndexFormula)
  /// `Σⱼ x[j] · y[j]`.
  case dot(x: IndexFormula, y: IndexFormula)

  /// How many of the innermost loops the call replaces.
  var levels: Int {
    switch self {
    case .addScaled, .dot: 1
    case .addRows: 2
    }
  }

  /// The kernel that a nest's innermost loops are, if they are one.
  init?(_ nest: LoopNest, _ factors: [IndexFormula], _ divisors: [IndexFormula]) {
    guard let inner = nest.order.last, nest.place(at: nest.order.count - 1) == nil,
      !divisors.contains(where: { $0.indices.contains(inner) })
    else { return nil }
    let moving = factors.filter { $0.indices.contains(inner) }
    guard moving.allSatisfy({ $0.runsAlong(inner) }) else { return nil }
    if nest.firstSum < nest.order.count {
      guard moving.count == 2 else { return nil }
      self = .dot(x: moving[0], y: moving[1])
      return
    }
    guard moving.count == 1, LoopNest.step(of: inner, in: nest.statement.target) == 1 else {
      return nil
    }
    self = .addScaled(x: moving[0])
    guard nest.order.count > 1, nest.place(at: nest.order.count - 2) == nil else { return }
    let outer = nest.order[nest.order.count - 2]
    let others = factors.filter { !$0.indices.contains(inner) && $0.indices.contains(outer) }
    guard !nest.statement.target.contains(where: { $0.mentions(outer) }),
      nest.isWhole(level: nest.order.count - 2),
      !nest.isCut(level: nest.order.count - 1, by: outer), others.count == 1,
      others[0].isEntryOfTensor,
      moving[0].indices.contains(outer), !divisors.contains(where: { $0.indices.contains(outer) })
    else { return }
    self = .addRows(x: moving[0], weight: others[0])
  }
}

extension IndexFormula {
  fileprivate var isEntryOfTensor: Bool {
    if case .entry(_, let access, _) = self { !access.isEmpty } else { false }
  }

  /// Whether the factor is an entry that moves along memory with the index.
  fileprivate func runsAlong(_ index: Int) -> Bool {
    guard case .entry(_, let access, _) = self else { return false }
    return LoopNest.step(of: index, in: access) == 1
  }
}

extension LoopNest {
  /// By how many entries an access moves with the index, where it is the last coordinate alone that does.
  static func step(of index: Int, in access: [Affine]) -> Int? {
    guard !access.dropLast().contains(where: { $0.mentions(index) }) else { return nil }
    return access.last?.coefficient(of: index).asInt
  }

  /// By how many entries the place in memory moves with the index.
  static func stride(of index: Int, in access: [Affine], _ shape: [Size]) -> Size {
    var result = Size.zero
    for (axis, coordinate) in access.enumerated() {
      result += coordinate.coefficient(of: index) * Size.product(shape[(axis + 1)...])
    }
    return result
  }
}

/// Kernels in place of loops.
extension LoopWriter {
  /// Writes a kernel's call; the loops around it are open.
  ///
  /// - Parameters:
  ///   - factors: the product's factors, those of the kernel among them.
  ///   - total: what is added to.
  mutating func write(
    _ kernel: LoopKernel, _ nest: LoopNest, _ coefficient: Coefficient, _ factors: [IndexFormula],
    _ divisors: [IndexFormula], total: String
  ) {
    let level = nest.order.count - 1
    let inner = nest.order[level]
    let bounds = nest.bounds(at: level, in: language)
    var start = Affine()
    var names = nest.names
    var count = bounds.upper
    if bounds.isCut {
      let first = freshName()
      add("const long \(first) = \(bounds.lower)\(language.end)")
      names[inner] = first
      start = .index(inner)
      count = "\(bounds.upper) - \(first)"
    }
    func place(_ formula: IndexFormula, without outer: Int? = nil) -> String {
      guard case .entry(let name, let access, let shape) = formula else { return "" }
      let moved = access.map { coordinate in
        coordinate.substituting { $0 == inner ? start : $0 == outer ? Affine() : .index($0) }
      }
      return "&\(name)[\(LoopText.place(moved, shape, names))]"
    }
    func rest(_ taken: [IndexFormula]) -> [IndexFormula] { factors.filter { !taken.contains($0) } }
    let target = IndexFormula.entry(
      name: nest.statement.name, access: nest.statement.target, shape: nest.statement.shape)
    switch kernel {
    case .addScaled(let x):
      let scale = product(coefficient, rest([x]), divisors, names)
      add("add_scaled(\(count), \(scale), \(place(x)), \(place(target)))\(language.end)")
    case .addRows(let x, let weight):
      let outer = nest.order[level - 1]
      let rows = LoopText.size(nest.statement.extents[outer])
      let scale = product(coefficient, rest([x, weight]), divisors, names)
      let operands = [weight, x].map { formula -> String in
        guard case .entry(_, let access, let shape) = formula else { return "" }
        let stride = LoopText.size(LoopNest.stride(of: outer, in: access, shape))
        return "\(place(formula, without: outer)), \(stride)"
      }
      add(
        "add_rows(\(count), \(rows), \(scale), \(operands.joined(separator: ", ")), \(place(target)))\(language.end)"
      )
    case .dot(let x, let y):
      let call = "dot(\(count), \(place(x)), \(place(y)))"
      let others = rest([x, y])
      let isAlone = coefficient.isOne && others.isEmpty && divisors.isEmpty
      let scale = isAlone ? "" : product(coefficient, others, divisors, names) + " * "
      add("\(total) += \(scale)\(call)\(language.end)")
    }
  }
}
