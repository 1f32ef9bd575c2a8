extension SyntaxPrinter {
  static func text(_ statement: Statement) -> String {
    var printer = SyntaxPrinter()
    printer.write(statement)
    return printer.output
  }

  private mutating func write(_ statement: Statement) {
    switch statement.kind {
    case .dims(let dims): write(dims)
    case .budget(let budget): write(budget)
    case .declaration(let declaration): write(declaration)
    case .shape(let shape):
      write(shape.name.name)
      write(shape.shape)
    case .assignment(let assignment): write(assignment)
    case .unpacking(let unpacking):
      write(unpacking.names.map(\.name).joined(separator: ", "))
      write(" = ")
      write(unpacking.value)
    case .index(let statement): write(statement)
    case .function(let function): write(function)
    case .loss(let loss): write("loss ", loss.name, loss.shape, loss.value)
    case .output(let output):
      for (number, part) in output.parts.enumerated() {
        write(number == 0 ? "output " : ", ", part.name, part.shape, part.value)
      }
    case .check(let check):
      write("check ")
      switch check {
      case .value(let assignment): write(assignment)
      case .index(let statement): write(statement)
      case .step(let statement): write(statement)
      case .file(let name):
        write("from ")
        write(name)
      }
    case .assertion(let assertion):
      write("assert ")
      write(SyntaxExpression(.comparison(.equal, assertion.left, assertion.right)))
    case .block(let block): write(block)
    case .step(let statement): write(statement)
    }
  }

  private mutating func write(_ dims: DimsStatement) {
    write("dims ")
    for (index, size) in dims.sizes.enumerated() {
      if index > 0 { write(", ") }
      write(size.name.name)
      switch size.extent {
      case .free: break
      case .value(let value):
        write("=")
        writeSize(value)
      case .range(let lower, let upper):
        write(" in ")
        writeSize(lower)
        write(output.hasSuffix(".") ? " .. " : "..")
        let isPointFirst = SyntaxPrinter.text(upper, .tight).hasPrefix(".")
        if isPointFirst { write(" ") }  // `...` would be one symbol
        writeSize(upper)
      }
    }
  }

  private mutating func write(_ block: BlockStatement) {
    for line in block.startLines {
      write(line)
      write("\n")
    }
    write("for \(block.index.name) in \(block.isReversed ? "reversed(range(" : "range(")")
    write(list: [block.lower, block.upper].compactMap { $0 }, .wide)
    write(block.isReversed ? "))" : ")")
    for start in block.starts {
      write(", ")
      write(start)
    }
    write(":")
    for line in block.lines {
      write("\n    ")
      write(line)
    }
  }

  private mutating func write(_ statement: StepStatement) {
    write(
      SyntaxExpression(.subscripted(SyntaxExpression(.name(statement.name.name)), statement.items)))
    write(statement.adds ? " += " : " = ")
    write(statement.value)
  }

  private mutating func write(_ budget: BudgetStatement) {
    write("budget ")
    for (index, limit) in budget.limits.enumerated() {
      if index > 0 { write(", ") }
      write(limit.name.name)
      write("=")
      writeSize(limit.value)
    }
  }

  /// A size after `=` or beside `..`, which no comparison may be without parentheses.
  private mutating func writeSize(_ size: SyntaxExpression) {
    if case .comparison = size.kind {
      write("(")
      write(size, .tight)
      write(")")
    } else {
      write(size, .tight)
    }
  }

  private mutating func write(_ statement: DeclarationStatement) {
    write("\(statement.role.rawValue) ")
    for (index, declaration) in statement.declarations.enumerated() {
      if index > 0 { write(", ") }
      write(declaration.name.name)
      write(declaration.shape)
      for structure in declaration.structures {
        write(" \(structure.name.name)")
        let arguments = structure.arguments.map { Argument($0) } + structure.keywords
        if !arguments.isEmpty { write(arguments) }
      }
    }
  }

  private mutating func write(_ shape: ShapeSyntax) {
    write(": [")
    write(list: shape.extents, .tightProducts)
    write("]")
  }

  private mutating func write(_ assignment: AssignmentStatement) {
    write("", assignment.name, assignment.shape, assignment.value)
  }

  private mutating func write(
    _ word: String, _ name: Identifier, _ shape: ShapeSyntax?, _ value: SyntaxExpression?
  ) {
    write(word + name.name)
    if let shape { write(shape) }
    if let value {
      write(" = ")
      write(value)
    }
  }

  private mutating func write(_ function: FunctionDefinition) {
    write("def \(function.name.name)(")
    for (index, parameter) in function.parameters.enumerated() {
      if index > 0 { write(", ") }
      write(parameter.name.name)
      if let value = parameter.defaultValue {
        write("=")
        write(value)
      }
    }
    write(") = ")
    write(function.body)
  }

  private mutating func write(_ statement: IndexStatement) {
    write(statement.target.name.name)
    write("[")
    for (index, access) in statement.target.indices.enumerated() {
      if index > 0 { write(",") }
      write(access, .tight)
    }
    write("] += ")
    write(statement.value)
    for (index, range) in statement.ranges.enumerated() {
      write(index == 0 ? " for " : ", ")
      write("\(range.index.name) in range(")
      write(list: [range.lower, range.upper].compactMap { $0 }, .wide)
      write(")")
    }
  }
}

extension Statement: CustomStringConvertible {
  /// The statement as normalised text, without a line end.
  public var description: String { SyntaxPrinter.text(self) }
}

extension SyntaxFile: CustomStringConvertible {
  /// The statements as normalised text, each on a line of its own; comments are lost.
  public var description: String { statements.map { "\($0)\n" }.joined() }
}
