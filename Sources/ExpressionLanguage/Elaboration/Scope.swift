import Diagnostics
import Layers
import TensorExpressions

/// The names of a file with what they mean.
struct Scope {
  /// What a name means.
  enum Meaning {
    case size(Size)
    /// A name for a number or a size that is computed.
    case number(Value)
    case tensor(TensorExpression)
    /// Declared with its shape, to be defined by index statements.
    case open(shape: [Size])
    /// Its definition failed; what uses it has no value and raises nothing.
    case failed
  }

  struct Entry {
    let meaning: Meaning
    let range: SourceRange
    /// The place of the statement that defines it.
    let order: Int
  }

  /// A function of the file.
  struct Function {
    let definition: FunctionDefinition
    let order: Int
    /// Whose function it is, where a prefix says so.
    var module: Framework?

    /// The place of the prelude's functions, which see no name of a file.
    static let preludeOrder = -1
  }

  var entries: [String: Entry] = [:]
  var functions: [String: Function] = [:]
  /// The parameters of the function that is put in.
  var parameters: [String: Value] = [:]
  /// Inside a function only what stands before it is known; nil outside.
  var limit: Int?

  func entry(_ name: String) -> Entry? {
    guard let entry = entries[name] else { return nil }
    if let limit, entry.order >= limit { return nil }
    return entry
  }

  /// Whether a function of the prelude is put in.
  var isInPrelude: Bool { limit == Function.preludeOrder }

  func function(_ name: String) -> Function? {
    guard let function = functions[name] else { return nil }
    if let limit, function.order >= limit { return nil }
    return function
  }

  /// Every name that has a value here.
  var names: [String] { Array(parameters.keys) + entries.keys.filter { entry($0) != nil } }

  /// The names of sizes.
  var sizeNames: [String] {
    entries.compactMap { if case .size = $0.value.meaning { $0.key } else { nil } }
  }
}

extension Elaboration {
  /// The value of a name, or nil when it has none; then that is reported or was.
  mutating func lookUp(_ name: String, _ range: SourceRange) -> Value? {
    if let value = scope.parameters[name] { return value }
    if let meaning = stepMeaning(name, range) { return meaning }
    if let entry = scope.entry(name) {
      switch entry.meaning {
      case .size(let size): return .size(size)
      case .number(let value): return value
      case .tensor(let tensor): return .tensor(tensor)
      case .open:
        failOpen(name, entry, range)
        return nil
      case .failed: return nil
      }
    }
    if !scope.isInPrelude, let primal = gradientSubject(name) {
      if name == claimedName {
        fail(.claim(.circular(name)), range)
        return nil
      }
      guard let entry = scope.entry(primal) else {
        fail(.gradientBeforeValue(name, of: primal), range)
        return nil
      }
      switch entry.meaning {
      case .tensor(let value): return .tensor(cotangentSymbol(of: primal, value))
      case .failed: return nil
      case .size, .number: break
      case .open:
        failOpen(primal, entry, range)
        return nil
      }
    }
    if let constant = lookUpConstant(name) { return constant }
    failUnknown(name, range)
    return nil
  }

  /// The real constants of the language.
  func lookUpConstant(_ name: String) -> Value? {
    switch name {
    case "pi": .tensor(Self.circleConstant(space))
    case "e": .tensor(exp(space.number(Size.one)))
    case "inf": .tensor(infinity)
    default: nil
    }
  }

  private mutating func failOpen(_ name: String, _ entry: Scope.Entry, _ range: SourceRange) {
    // A value that nothing defines is reported at its declaration.
    if let open = accumulations[name], open.isUntouched, open.remaining == 0 { return }
    fail(
      .usedBeforeDefined(name), range, labels: [Diagnostic.Label(entry.range, "declared here")])
    if activeStep != nil {
      problems[problems.count - 1].advice =
        "its value before the first step is a line above the block: `\(name) = …`"
    }
  }

  private static func circleConstant(_ space: ExpressionSpace) -> TensorExpression {
    let one = space.number(Size.one)
    guard let row = Elementwise.named("pi") else { return one }
    return space.elementwise(row, [one])
  }

  private mutating func failUnknown(_ name: String, _ range: SourceRange) {
    if isQuiet { return fail(.unknownName(name, isDefinedLater: false), range) }
    if Self.catalogue.function(name) != nil || scope.function(name) != nil
      || Prelude.functions[name] != nil
    {
      fail(.functionWithoutCall(name), range)
      return
    }
    if outline.undeclaredSizes.contains(name) {
      if isTrial || !undeclaredSizesAreReported {
        fail(.name(.undeclaredSizes(outline.undeclaredSizes)), range)
        problems[problems.count - 1].advice =
          "sizes are declared first: `dims \(outline.undeclaredSizes.joined(separator: ", "))`"
      }
      undeclaredSizesAreReported = true
      return
    }
    let later = outline.valueNames.contains(name)
    let closest =
      problems.count < Self.repairLimit
      ? SpellingSuggestion.closest(to: name, among: scope.names.sorted()) : nil
    fail(
      .unknownName(name, isDefinedLater: later), range,
      repairs: closest.map { [Repair(range, SyntaxExpression(.name($0), range: range))] } ?? [])
  }

  /// X, when the name is `dX` for a value X of the forward pass.
  func gradientSubject(_ name: String) -> String? {
    guard name.hasPrefix("d"), name.utf8.count > 1 else { return nil }
    let primal = String(name.dropFirst())
    return outline.forwardNames.contains(primal) ? primal : nil
  }

  /// The symbol that `d` + name stands for.
  mutating func cotangentSymbol(of name: String, _ value: TensorExpression) -> TensorExpression {
    if let symbol = program.cotangentSymbols[name] { return symbol }
    let isUpstream =
      outline.outputNames.contains(name) && !outline.outputIsLoss
      && (outline.outputIsExplicit || value.rank > 0)
    let symbol = space.symbol(
      TensorSymbol("d" + name, role: isUpstream ? .upstream : .cotangent), shape: value.shape)
    program.cotangentSymbols[name] = symbol
    return symbol
  }

  /// Gives a name its meaning; a name that is taken is an error.
  ///
  /// - Returns: whether the name was free.
  @discardableResult
  mutating func bind(_ name: Identifier, _ meaning: Scope.Meaning) -> Bool {
    if let first = scope.entries[name.name] {
      fail(
        .nameTaken(name.name), name.range,
        labels: [Diagnostic.Label(first.range, "first defined here")])
      return false
    }
    if let primal = gradientSubject(name.name) {
      fail(.reservedGradient(name.name, of: primal), name.range)
      scope.entries[name.name] = Scope.Entry(meaning: .failed, range: name.range, order: order)
      return false
    }
    scope.entries[name.name] = Scope.Entry(meaning: meaning, range: name.range, order: order)
    return true
  }
}
