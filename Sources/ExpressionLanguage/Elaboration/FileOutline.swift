import Diagnostics

/// What can be said of a file before any shape is known: which names are values, what is differentiated, and
/// which statements belong to the backward pass.
struct FileOutline: Sendable {
  /// The names of declared and computed values.
  private(set) var valueNames: Set<String> = []
  /// What is differentiated, if anything is computed.
  private(set) var outputName: String?
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
        .assertion:
        break
      }
    }
    var seen = declared.union(valueNames)
    undeclaredSizes = used.filter { seen.insert($0).inserted }
  }

  /// Whether the statement at a place belongs to the backward pass: it uses a gradient, or stands after one that
  /// does or after a claim.
  func isBackward(_ order: Int) -> Bool { backwardStatements.contains(order) }

  /// - Parameter declared: names of values that no statement declares.
  init(of statements: [Statement], declared: [String] = []) {
    valueNames = Set(declared)
    for statement in statements { collectNames(statement.kind) }
    collectSizes(statements)
    var usage = GradientUsage(valueNames: valueNames)
    var hasTurned = false
    var last: String?
    var explicit: String?
    for (order, statement) in statements.enumerated() {
      switch statement.kind {
      case .dims, .budget, .declaration, .shape: continue
      case .check, .assertion: hasTurned = true
      case .function(let function):
        if usage.occurs(in: function.body) { usage.functions.insert(function.name.name) }
      case .loss(let loss):
        if explicit == nil { (explicit, outputIsLoss) = (loss.name.name, true) }
      case .output(let output):
        if explicit == nil { (explicit, outputIsExplicit) = (output.name.name, true) }
      case .assignment(let assignment):
        let uses = usage.occurs(in: assignment.value)
        if uses { usage.values.insert(assignment.name.name) }
        hasTurned = hasTurned || uses
        if hasTurned { backwardStatements.insert(order) } else { last = assignment.name.name }
      case .unpacking(let unpacking):
        let uses = usage.occurs(in: unpacking.value)
        if uses { usage.values.formUnion(unpacking.names.map(\.name)) }
        hasTurned = hasTurned || uses
        if hasTurned { backwardStatements.insert(order) } else { last = unpacking.names.last?.name }
      case .index(let statement):
        let uses = usage.occurs(in: statement.value)
        if uses { usage.values.insert(statement.target.name.name) }
        hasTurned = hasTurned || uses
        if hasTurned { backwardStatements.insert(order) } else { last = statement.target.name.name }
      }
    }
    outputName = explicit ?? last
    circularOutput = statements.lazy.compactMap(\.differentiated).first.flatMap { name, value in
      let reads = value.map(usage.occurs) ?? false || usage.values.contains(name.name)
      return reads ? name : nil
    }
  }

  private mutating func collectNames(_ statement: Statement.Kind) {
    switch statement {
    case .dims, .budget, .function, .assertion, .check(.value), .check(.file): break
    case .declaration(let declaration):
      valueNames.formUnion(declaration.declarations.map(\.name.name))
    case .shape(let shape): valueNames.insert(shape.name.name)
    case .assignment(let assignment): valueNames.insert(assignment.name.name)
    case .unpacking(let unpacking): valueNames.formUnion(unpacking.names.map(\.name))
    case .index(let index):
      valueNames.insert(index.target.name.name)
      additions[index.target.name.name, default: 0] += 1
    case .loss(let loss): if loss.value != nil { valueNames.insert(loss.name.name) }
    case .output(let output): if output.value != nil { valueNames.insert(output.name.name) }
    case .check(.index(let index)): claimAdditions[index.target.name.name, default: 0] += 1
    }
  }
}

extension Statement {
  /// What the statement says is differentiated, with its value where that stands there.
  fileprivate var differentiated: (name: Identifier, value: SyntaxExpression?)? {
    switch kind {
    case .loss(let loss): (loss.name, loss.value)
    case .output(let output): (output.name, output.value)
    case .dims, .budget, .declaration, .shape, .assignment, .unpacking, .index, .function, .check,
      .assertion:
      nil
    }
  }
}

/// Which expressions use a gradient, through the values and functions that do.
private struct GradientUsage {
  let valueNames: Set<String>
  var values: Set<String> = []
  var functions: Set<String> = []

  func occurs(in expression: SyntaxExpression) -> Bool {
    switch expression.kind {
    case .name(let name):
      if values.contains(name) { return true }
      return !valueNames.contains(name) && name.hasPrefix("d")
        && valueNames.contains(String(name.dropFirst()))
    case .call(let function, _) where functions.contains(function.name): return true
    default: return expression.kind.children.contains(where: occurs)
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
