import Scalars
import TensorExpressions

/// Writes a layer's lines as nested loops over flat arrays.
///
/// The innermost loop runs along memory, and what it does not change is computed before it. Windows that reach over an
/// edge make their loops shorter; nothing is tested inside of a loop where that can be helped.
struct LoopWriter {
  let language: LoopLanguage
  var usedNames: Set<String>
  /// The arrays that the function's caller provides.
  let results: Set<String>
  /// Names that stand for numbers, as the parameters of a function of one entry do.
  var scalars: Set<String> = []
  var lines: [String] = []
  var depth = 0
  /// The line before which arrays are made that a loop over steps uses again and again.
  var allocationPlace: Int?
  private var number = 0

  init(_ language: LoopLanguage, usedNames: Set<String>, results: Set<String> = []) {
    self.language = language
    self.usedNames = usedNames
    self.results = results
  }

  mutating func add(_ text: String) {
    lines.append(String(repeating: "  ", count: depth) + text)
  }

  mutating func open(_ text: String) {
    add(text)
    depth += 1
  }

  mutating func close() {
    depth -= 1
    add("}")
  }

  /// A name for a number on the way.
  mutating func freshName() -> String {
    repeat { number += 1 } while !usedNames.insert("a\(number)").inserted
    return "a\(number)"
  }

  /// A name that is free, a word where it can be.
  mutating func freshName(like word: String) -> String {
    var name = word
    while !usedNames.insert(name).inserted { name += "_" }
    return name
  }

  // MARK: Lines

  mutating func write(_ line: CodePlan.Line) {
    let root = line.expression
    switch root.kind {
    case .symbol where root.isIndexSymbol: writeOneHot(root, into: line.name)
    case .extremum(let extremum):
      declare(line.name, line.shape)
      if extremum.isRanked {
        writeOrder(extremum, into: line.name, isSelector: false)
      } else {
        write(extremum, into: line.name)
      }
    case .selector(let extremum):
      declare(line.name, line.shape)
      if extremum.isRanked {
        writeOrder(extremum, into: line.name, isSelector: true)
      } else {
        writeSelector(extremum, into: line.name)
      }
    case .inverse(let x):
      declare(line.name, line.shape)
      add(language.filling(line.name, by: "inverse", of: x.name ?? "", count([x.shape[0]])))
    case .cholesky(let x):
      declare(line.name, line.shape)
      add(language.filling(line.name, by: "cholesky", of: x.name ?? "", count([x.shape[0]])))
    case .determinant(let x):
      declare(line.name, line.shape)
      let value = language.determinant(of: x.name ?? "", count([x.shape[0]]))
      add("\(line.name)[0] = \(value)\(language.end)")
    case .symbol, .sum, .contraction, .elementwise, .named, .recurrence:
      writeStatements(line)
    }
  }

  private mutating func writeStatements(_ line: CodePlan.Line) {
    write(statements(of: line.expression, name: line.name), name: line.name, shape: line.shape)
  }

  /// A value as statements, after those of its parts.
  mutating func statements(of root: TensorExpression, name: String) -> [IndexStatement] {
    var builder = FormulaBuilder(
      for: root, name: name, usedNames: usedNames, prefersStatements: true)
    let statements: [IndexStatement]
    if root.isFusedSum {
      let axes = root.shape.indices.map(Affine.index)
      let identity = Contraction(
        indices: root.shape, output: axes, operands: [Contraction.Operand(root, axes)])
      statements = [builder.indexStatement(name: name, identity, shape: root.shape)]
    } else {
      statements = builder.statements(name: name, of: root)
    }
    for temporary in builder.temporaries {
      switch temporary {
      case .formula(let name, _):
        // Every part that no loop computes has a line of its own.
        preconditionFailure("the part \(name) has no loops")
      case .statements(let name, let statements, let shape):
        usedNames.insert(name)
        write(statements, name: name, shape: shape)
      }
    }
    return statements
  }

  private mutating func write(_ statements: [IndexStatement], name: String, shape: [Size]) {
    let assigns = statements.first.map { LoopNest($0, usedNames: usedNames).fillsOutput } ?? false
    declare(name, shape, isZeroed: !assigns, isConstant: statements.isEmpty)
    for (number, statement) in statements.enumerated() {
      write(LoopNest(statement, usedNames: usedNames), assigns: assigns && number == 0)
    }
  }

  /// Makes room for a value, zeros where asked for.
  mutating func declare(
    _ name: String, _ shape: [Size], isZeroed: Bool = true, isConstant: Bool = false
  ) {
    let count = count(shape)
    if language == .cxx, results.contains(name) {
      if isZeroed { add("std::fill(\(name), \(name) + \(count), T(0));") }
      return
    }
    let isShared = allocate(language.array(name, count: count, isConstant: isConstant))
    if isShared, isZeroed { add("std::fill(\(name).begin(), \(name).end(), T(0));") }
  }

  /// Makes an array, before the loop over steps where one is written; whether it is one of all steps then.
  mutating func allocate(_ text: String) -> Bool {
    guard language == .cxx, let place = allocationPlace else {
      add(text)
      return false
    }
    lines.insert(String(repeating: "  ", count: depth - 1) + text, at: place)
    allocationPlace = place + 1
    return true
  }

  // MARK: Sizes

  /// The number of entries of a shape.
  func count(_ shape: [Size]) -> String {
    let axes = shape.filter { !$0.isOne }
    if axes.count == 1 { return LoopText.size(axes[0]) }
    return axes.isEmpty ? "1" : axes.map { LoopText.factor($0) }.joined(separator: " * ")
  }
}

extension TensorExpression {
  /// Whether the value is a sum of which each term is computed entry by entry.
  fileprivate var isFusedSum: Bool {
    guard let terms = asTerms, !terms.isEmpty else { return false }
    return terms.allSatisfy { term in
      switch term.kind {
      case .contraction(let c): c.isPointwise && c.indices == shape && c.readsInside
      case .symbol, .named, .elementwise: true
      case .sum, .extremum, .selector, .inverse, .determinant, .cholesky, .recurrence: false
      }
    }
  }
}

extension Contraction {
  /// Whether every access is an index over its whole axis, or the only place of an axis.
  fileprivate var readsInside: Bool {
    operands.allSatisfy { operand in
      zip(operand.access, operand.value.shape).allSatisfy { coordinate, extent in
        if let index = coordinate.asIndex { return indices[index] == extent }
        return coordinate.isConstant && coordinate.constant.isZero
      }
    }
  }
}
