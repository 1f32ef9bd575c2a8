/// Writes syntax as normalised text with as few parentheses as keep its meaning.
///
/// Reading what it writes gives the same tree.
///
/// Design note: a chain that begins with a chain of its own kind keeps its parentheses,
/// `(a + b) + c`, because the author grouped it so.
struct SyntaxPrinter {
  /// How much space stands around operators.
  enum Spacing {
    /// `a * b + c`
    case wide
    /// `2*H + 1`, as in shapes.
    case tightProducts
    /// `2*p+k-1`, as in accesses.
    case tight
  }

  /// How tightly an expression holds together; a looser one needs parentheses.
  enum Binding: Int {
    case comparison, sum, product, sign, power, postfix
  }

  private(set) var output = ""

  static func text(_ expression: SyntaxExpression, _ spacing: Spacing = .wide) -> String {
    var printer = SyntaxPrinter()
    printer.write(expression, spacing)
    return printer.output
  }

  mutating func write(_ text: String) { output += text }

  mutating func write(_ expression: SyntaxExpression, _ spacing: Spacing = .wide) {
    switch expression.kind {
    case .number(let literal): write(literal.text)
    case .string(let text): write(quoted: text)
    case .boolean(let flag): write(flag ? "True" : "False")
    case .none: write("None")
    case .name(let name): write(name)
    case .unary(let sign, let operand):
      write(sign.rawValue)
      write(operand, atLeast: .sign, spacing)
    case .chain(let first, let links): write(first, links, spacing)
    case .power(let base, let exponent):
      write(base, atLeast: .postfix, spacing)
      write("**")
      write(exponent, atLeast: .sign, spacing)
    case .comparison(let comparison, let left, let right):
      write(left, atLeast: .sum, spacing)
      write(" \(comparison.rawValue) ")
      write(right, atLeast: .sum, spacing)
    case .call(let function, let arguments):
      write(function.name)
      write(arguments)
    case .methodCall(let receiver, let method, let arguments):
      write(receiver: receiver)
      write(".\(method.name)")
      write(arguments)
    case .attribute(let receiver, let name):
      write(receiver: receiver)
      write(".\(name.name)")
    case .subscripted(let receiver, let items):
      write(receiver: receiver)
      write(items)
    case .tuple(let elements):
      write("(")
      write(list: elements, .wide)
      write(elements.count == 1 ? ",)" : ")")
    case .list(let elements):
      write("[")
      write(list: elements, .wide)
      write("]")
    }
  }

  /// Expressions with a comma and a space between them.
  mutating func write(list: [SyntaxExpression], _ spacing: Spacing) {
    for (index, element) in list.enumerated() {
      if index > 0 { write(", ") }
      write(element, spacing)
    }
  }

  private mutating func write(
    _ first: SyntaxExpression, _ links: [ChainLink], _ spacing: Spacing
  ) {
    let isSum = links.first?.operator.isSum ?? false
    let inner: Binding = isSum ? .product : .sign
    write(first, atLeast: inner, spacing)
    for link in links {
      write(link.operator, spacing)
      write(link.operand, atLeast: inner, spacing)
    }
  }

  private mutating func write(_ operation: ChainOperator, _ spacing: Spacing) {
    let isTight =
      switch operation {
      case .floorDivide, .remainder: true
      case .matrixMultiply: false
      case .add, .subtract: spacing == .tight
      case .multiply, .divide: spacing != .wide
      }
    write(isTight ? operation.rawValue : " \(operation.rawValue) ")
  }

  private mutating func write(
    _ expression: SyntaxExpression, atLeast binding: Binding, _ spacing: Spacing
  ) {
    if Self.binding(of: expression).rawValue >= binding.rawValue {
      write(expression, spacing)
    } else {
      write("(")
      write(expression, spacing)
      write(")")
    }
  }

  /// What stands before a dot or bracket; a number would take the dot for its own.
  private mutating func write(receiver: SyntaxExpression) {
    if case .number = receiver.kind {
      write("(")
      write(receiver)
      write(")")
    } else {
      write(receiver, atLeast: .postfix, .wide)
    }
  }

  mutating func write(_ arguments: [Argument]) {
    write("(")
    for (index, argument) in arguments.enumerated() {
      if index > 0 { write(", ") }
      if let label = argument.label { write("\(label.name)=") }
      write(argument.value)
    }
    write(")")
  }

  private mutating func write(_ items: [SubscriptItem]) {
    let isAccess = items.allSatisfy { if case .index = $0 { true } else { false } }
    write("[")
    for (index, item) in items.enumerated() {
      if index > 0 { write(isAccess ? "," : ", ") }
      write(item)
    }
    write("]")
  }

  private mutating func write(_ item: SubscriptItem) {
    switch item {
    case .index(let index): write(index, .tight)
    case .slice(let start, let stop, let step):
      if let start { write(start, .tight) }
      write(":")
      if let stop { write(stop, .tight) }
      if let step {
        write(":")
        write(step, .tight)
      }
    case .ellipsis: write("...")
    case .newAxis: write("None")
    }
  }

  private mutating func write(quoted text: String) {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { quoted += "\\" }
      quoted.unicodeScalars.append(scalar)
    }
    write(quoted + "\"")
  }

  private static func binding(of expression: SyntaxExpression) -> Binding {
    switch expression.kind {
    case .comparison: .comparison
    case .chain(_, let links): links.first?.operator.isSum == true ? .sum : .product
    case .unary: .sign
    case .power: .power
    case .number, .string, .boolean, .none, .name, .call, .methodCall, .attribute, .subscripted,
      .tuple, .list:
      .postfix
    }
  }
}

extension SyntaxExpression: CustomStringConvertible {
  /// The expression as normalised text.
  public var description: String { SyntaxPrinter.text(self) }
}
