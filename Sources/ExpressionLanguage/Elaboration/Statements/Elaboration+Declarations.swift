import Diagnostics
import Layers
import TensorExpressions

/// Sizes, shapes and declared tensors.
extension Elaboration {
  /// The greatest number of axes of a declared tensor.
  static let rankLimit = 64
  /// Compound extents beyond these add nothing to what is known of the sizes, so that proofs stay quick.
  static let factLimit = 24

  mutating func define(_ dims: DimsStatement) {
    for size in dims.sizes {
      let extent = extent(of: size)
      guard bind(size.name, extent == nil ? .failed : .size(Size(size.name.name))),
        let extent
      else { continue }
      program.sizes.append(
        Program.NamedSize(name: size.name.name, extent: extent, range: size.name.range))
      if case .fixed(let number) = extent { numbers[size.name.name] = number }
    }
  }

  private mutating func extent(of size: SizeDeclaration) -> Program.NamedSize.Extent? {
    var declared: Program.NamedSize.Extent?
    switch size.extent {
    case .free: declared = .free
    case .value(let expression):
      guard let number = evaluateNumber(expression) else { return nil }
      guard number >= 1 else {
        fail(
          .size(.notPositive(name: size.name.name, value: String(number))), expression.range)
        return nil
      }
      declared = .fixed(number)
    case .range(let lowerExpression, let upperExpression):
      let lower = evaluateNumber(lowerExpression)
      let upper = evaluateNumber(upperExpression)
      guard let lower, let upper else { return nil }
      guard lower >= 1 else {
        fail(
          .size(.notPositive(name: size.name.name, value: String(lower))), lowerExpression.range)
        return nil
      }
      guard lower <= upper else {
        fail(
          .size(.emptyRange(lower: lower, upper: upper)),
          lowerExpression.range.union(upperExpression.range))
        return nil
      }
      declared = .range(lower...upper)
    }
    guard let override = overrides[size.name.name] else { return declared }
    guard override >= 1 else {
      fail(.size(.notPositive(name: size.name.name, value: String(override))), size.name.range)
      return nil
    }
    return .fixed(override)
  }

  /// A size as a number, with the numbers of the sizes before it.
  mutating func evaluateNumber(_ expression: SyntaxExpression) -> Int? {
    guard let size = evaluateSize(expression) else { return nil }
    do {
      return try size.evaluated(numbers)
    } catch {
      switch error {
      case .overflow: fail(.size(.tooLarge), expression.range)
      case .unbound, .divisionByZero:
        fail(.size(.expected(text(expression.range))), expression.range)
      }
      return nil
    }
  }

  /// The extents of a written shape, each at least 1, if need be under that condition.
  mutating func shape(_ syntax: ShapeSyntax) -> [Size]? {
    guard syntax.extents.count <= Self.rankLimit else {
      fail(.size(.tooManyAxes(limit: Self.rankLimit)), syntax.range)
      return nil
    }
    let extents = syntax.extents.map { extent($0) }
    let known = extents.compactMap { $0 }
    return known.count == extents.count ? known : nil
  }

  private mutating func extent(_ expression: SyntaxExpression) -> Size? {
    guard let size = evaluateSize(expression) else { return nil }
    guard assumptions.isAtLeast(size, 1) else {
      fail(.size(.neverPositive(size)), expression.range)
      return nil
    }
    takeConditions(expression.range)
    if assumptions.facts.positives.count < Self.factLimit { assumptions.know(positive: size) }
    return size
  }

  mutating func define(_ statement: DeclarationStatement) {
    let role: TensorSymbol.Role =
      switch statement.role {
      case .input: .input
      case .param: .parameter
      case .const: .constant
      }
    for declaration in statement.declarations {
      let shape = shape(declaration.shape)
      var structure: TensorStructure? = []
      for word in declaration.structures {
        let one = shape.flatMap { self.structure(word, of: $0) }
        if let one, let known = structure, contradicts(word, one, known) {
          structure = nil
        } else {
          structure = one.flatMap { structure?.union($0) }
        }
      }
      guard let shape, let structure else {
        bind(declaration.name, .failed)
        continue
      }
      guard let classes = axisOfClasses(structure, declaration, role) else {
        bind(declaration.name, .failed)
        continue
      }
      let symbol = space.symbol(
        TensorSymbol(declaration.name.name, role: role, structure: structure),
        shape: shape + classes)
      if structure.contains(.mask), role != .constant {
        fail(
          .structure(
            .argument("mask", rule: "is for tensors that are not differentiated: `const`")),
          declaration.name.range)
        bind(declaration.name, .failed)
        continue
      }
      let value = symbol.indexNumbers ?? symbol.truthOfMask
      guard bind(declaration.name, .tensor(value)) else { continue }
      program.declarations.append(
        Program.Declaration(symbol: symbol, range: declaration.name.range))
    }
  }

  /// The axis that the one-hot tensor of an index tensor has behind those that are declared.
  private mutating func axisOfClasses(
    _ structure: TensorStructure, _ declaration: TensorDeclaration, _ role: TensorSymbol.Role
  ) -> [Size]? {
    guard structure.contains(.index) else { return [] }
    guard role == .constant else {
      fail(
        .structure(.argument("index", rule: "is for `const`: an index has no derivative")),
        declaration.name.range)
      let (start, end) = (declaration.name.range.start, declaration.shape.range.end)
      let words = declaration.structures.map { word in
        let arguments = (word.arguments.map(\.range) + word.keywords.map(\.value.range)).map(text)
        return word.name.name + (arguments.isEmpty ? "" : "(\(arguments.joined(separator: ", ")))")
      }
      problems[problems.count - 1].advice =
        "declare it `const \(text(SourceRange(start: start, end: end))) \(words.joined(separator: " "))`"
      return nil
    }
    return classCount(declaration.structures).map { [$0] }
  }

  /// Declares a tensor that no statement does, and the sizes that its shape names.
  mutating func declare(_ tensor: Elaborator.OpenTensor) {
    let range = SourceRange(start: 0, end: 0)
    for name in tensor.shape.flatMap({ $0.names.sorted() }) where scope.entries[name] == nil {
      scope.entries[name] = Scope.Entry(meaning: .size(Size(name)), range: range, order: 0)
      let extent = overrides[name].map { Program.NamedSize.Extent.fixed($0) } ?? .free
      program.sizes.append(Program.NamedSize(name: name, extent: extent, range: range))
      numbers[name] = overrides[name]
    }
    let symbol = space.symbol(
      TensorSymbol(tensor.name, role: tensor.role), shape: tensor.shape)
    scope.entries[tensor.name] = Scope.Entry(meaning: .tensor(symbol), range: range, order: 0)
    program.declarations.append(Program.Declaration(symbol: symbol, range: range))
  }
}
