import Diagnostics

/// What can be said of a file before any shape is known: which names are values, what is differentiated, and
/// which statements belong to the backward pass.
struct FileOutline: Sendable {
  /// The names of declared and computed values.
  private(set) var valueNames: Set<String> = []
  /// Those among them that belong to the forward pass: `d` before one of these is a gradient.
  private(set) var forwardNames: Set<String> = []
  /// What is differentiated, if anything is computed; several where an `output` statement says so.
  private(set) var outputNames: [String] = []
  /// Whether a `loss` statement says so.
  private(set) var outputIsLoss = false
  /// Whether an `output` statement says so.
  private(set) var outputIsExplicit = false
  /// The name of what is differentiated, where it is said, and its value reads a gradient of itself.
  private(set) var circularOutput: Identifier?
  /// How many index statements add to each value.
  private(set) var additions: [String: Int] = [:]
  /// How many index statements add to each claim, by the name of the gradient.
  private(set) var claimAdditions: [String: Int] = [:]
  /// The places of statements in the backward pass.
  private var backwardStatements: Set<Int> = []

  /// The names in shapes that no statement declares, in the order in which they are met.
  private(set) var undeclaredSizes: [String] = []

  private mutating func collectSizes(_ statements: [Statement]) {
    var declared: Set<String> = []
    var used: [String] = []
    for statement in statements {
      switch statement.kind {
      case .dims(let dims): declared.formUnion(dims.sizes.map(\.name.name))
      case .declaration(let declaration):
        used += declaration.declarations.flatMap { $0.shape.extents.flatMap(\.names) }
      case .shape(let shape): used += shape.shape.extents.flatMap(\.names)
      case .budget, .assignment, .unpacking, .index, .function, .loss, .output, .check,
        .assertion, .block, .step:
        break
      }
    }
    var seen = declared.union(valueNames)
    undeclaredSizes = used.filter { seen.insert($0).inserted }
  }

  /// Whether the statement at a place belongs to the backward pass: it uses a gradient, or stands after one that
  /// does, after a claim, or after the loss or output and all that it names.
  func isBackward(_ order: Int) -> Bool { backwardStatements.contains(order) }

  /// - Parameter declared: names of values that no statement declares.
  init(of statements: [Statement], declared: [String] = []) {
    valueNames = Set(declared)
    for statement in statements { collectNames(statement.kind) }
    collectSizes(statements)
    collectOutput(statements)
    let turn = turningPoint(statements)
    collectForwardNames(statements.prefix(turn.map { $0 + 1 } ?? statements.count), declared)
    var usage = GradientUsage(forwardNames: forwardNames)
    var hasTurned = false
    var last: String?
    for (order, statement) in statements.enumerated() {
      switch statement.kind {
      case .check, .assertion: hasTurned = true
      case .function(let function):
        if usage.occurs(in: function.body) { usage.functions.insert(function.name.name) }
      case .assignment, .unpacking, .index, .block:
        guard let (names, value) = statement.kind.definition else { continue }
        let uses = value.contains(where: usage.occurs) || statement.kind.holdsClaims
        if uses { usage.values.formUnion(names) }
        hasTurned = hasTurned || uses || turn.map { order > $0 } ?? false
        if hasTurned { backwardStatements.insert(order) } else { last = names.last ?? last }
      case .dims, .budget, .declaration, .shape, .loss, .output, .step: continue
      }
    }
    if outputNames.isEmpty { outputNames = last.map { [$0] } ?? [] }
    circularOutput = statements.lazy.compactMap(\.differentiated).first.flatMap { parts in
      parts.first { name, value in
        value.map(usage.occurs) ?? false || usage.values.contains(name.name)
      }?.name
    }
  }

  /// The first loss or output statement says what is differentiated.
  private mutating func collectOutput(_ statements: [Statement]) {
    for statement in statements {
      switch statement.kind {
      case .loss(let loss):
        (outputNames, outputIsLoss) = ([loss.name.name], true)
        return
      case .output(let output):
        (outputNames, outputIsExplicit) = (output.parts.map(\.name.name), true)
        return
      case .dims, .budget, .declaration, .shape, .assignment, .unpacking, .index, .function,
        .check, .assertion, .block, .step:
        continue
      }
    }
  }

  /// The last of the statement that says what is differentiated and of those that define it: what follows cannot be a
  /// part of it. Nil where no statement says so.
  private func turningPoint(_ statements: [Statement]) -> Int? {
    guard outputIsLoss || outputIsExplicit else { return nil }
    return statements.indices.last { order in
      switch statements[order].kind {
      case .loss, .output: true
      case .assignment, .unpacking, .index, .block:
        statements[order].kind.definition?.names.contains(where: outputNames.contains) ?? false
      case .dims, .budget, .declaration, .shape, .function, .check, .assertion, .step: false
      }
    }
  }

  /// Declared tensors, and the values that some statements define.
  private mutating func collectForwardNames(
    _ statements: ArraySlice<Statement>, _ declared: [String]
  ) {
    var forward = FileOutline()
    for statement in statements { forward.collectNames(statement.kind) }
    forwardNames = forward.valueNames.union(declared)
  }

  private init() {}

  private mutating func collectNames(_ statement: Statement.Kind) {
    switch statement {
    case .dims, .budget, .function, .assertion, .check(.value), .check(.file): break
    case .check(.step(let step)):
      if step.adds { claimAdditions[step.name.name, default: 0] += 1 }
    case .step(let step): valueNames.insert(step.name.name)
    case .block(let block):
      for line in block.lines { collectNames(line.kind) }
    case .declaration(let declaration):
      valueNames.formUnion(declaration.declarations.map(\.name.name))
    case .shape(let shape): valueNames.insert(shape.name.name)
    case .assignment(let assignment): valueNames.insert(assignment.name.name)
    case .unpacking(let unpacking): valueNames.formUnion(unpacking.names.map(\.name))
    case .index(let index):
      valueNames.insert(index.target.name.name)
      additions[index.target.name.name, default: 0] += 1
    case .loss(let loss): if loss.value != nil { valueNames.insert(loss.name.name) }
    case .output(let output):
      valueNames.formUnion(output.parts.filter { $0.value != nil }.map(\.name.name))
    case .check(.index(let index)): claimAdditions[index.target.name.name, default: 0] += 1
    }
  }
}

extension Statement {
  /// What the statement says is differentiated, with its value where that stands there.
  fileprivate var differentiated: [(name: Identifier, value: SyntaxExpression?)]? {
    switch kind {
    case .loss(let loss): [(loss.name, loss.value)]
    case .output(let output): output.parts.map { ($0.name, $0.value) }
    case .dims, .budget, .declaration, .shape, .assignment, .unpacking, .index, .function, .check,
      .assertion, .block, .step:
      nil
    }
  }
}

/// Which expressions use a gradient, through the values and functions that do.
private struct GradientUsage {
  let forwardNames: Set<String>
  var values: Set<String> = []
  var functions: Set<String> = []

  func occurs(in expression: SyntaxExpression) -> Bool {
    switch expression.kind {
    case .name(let name):
      if values.contains(name) { return true }
      return !forwardNames.contains(name) && name.hasPrefix("d")
        && forwardNames.contains(String(name.dropFirst()))
    case .call(let function, _) where functions.contains(function.name): return true
    default: return expression.kind.children.contains(where: occurs)
    }
  }
}

extension Statement.Kind {
  /// The names that a statement gives values to, and the expressions that it takes them from; nil where it has none.
  fileprivate var definition: (names: [String], value: [SyntaxExpression])? {
    switch self {
    case .assignment(let assignment): ([assignment.name.name], [assignment.value])
    case .unpacking(let unpacking): (unpacking.names.map(\.name), [unpacking.value])
    case .index(let statement): ([statement.target.name.name], [statement.value])
    case .step(let step): ([step.name.name], [step.value])
    case .block(let block):
      (
        block.lines.flatMap { $0.kind.definedInBlock.map(\.name) },
        (block.startLines + block.starts).map(\.value)
          + block.lines.flatMap { $0.kind.definition?.value ?? [] }
      )
    case .dims, .budget, .declaration, .shape, .function, .loss, .output, .check, .assertion: nil
    }
  }

  /// Whether it is a block with claims.
  fileprivate var holdsClaims: Bool {
    switch self {
    case .block(let block):
      block.lines.contains { if case .check = $0.kind { true } else { false } }
    case .assignment, .unpacking, .index, .step, .dims, .budget, .declaration, .shape, .function,
      .loss, .output, .check, .assertion:
      false
    }
  }
}

extension SyntaxExpression {
  /// The names in an expression, in the order in which they stand.
  fileprivate var names: [String] {
    if case .name(let name) = kind { return [name] }
    return kind.children.flatMap(\.names)
  }
}
