import Diagnostics
import ExpressionLanguage
import ToolkitTestSupport

/// Reads a whole file.
func parse(_ text: String, name: String = "sample.expr") -> (SyntaxFile, DiagnosticList) {
  let source = SourceText(name: name, text: text)
  var diagnostics = DiagnosticList(source: source)
  let file = SyntaxFile.parse(source, into: &diagnostics)
  return (file, diagnostics)
}

/// Reads one expression.
func parseExpression(_ text: String) -> (tree: SyntaxExpression?, diagnostics: DiagnosticList) {
  let source = SourceText(name: "sample.expr", text: text)
  var diagnostics = DiagnosticList(source: source)
  return (SyntaxFile.parseExpression(source, into: &diagnostics), diagnostics)
}

/// Draws random syntax trees, all of which can be written.
struct SyntaxSample {
  private var generator: SeededGenerator

  init(seed: Int) { generator = SeededGenerator(seed: seed) }

  private mutating func pick<Value>(_ values: [Value]) -> Value {
    values[Int.random(in: 0..<values.count, using: &generator)]
  }

  private mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &generator) < percent
  }

  private mutating func several<Value>(
    _ range: ClosedRange<Int>, _ make: (inout SyntaxSample) -> Value
  ) -> [Value] {
    (0..<Int.random(in: range, using: &generator)).map { _ in make(&self) }
  }

  mutating func name() -> Identifier {
    Identifier(pick(["x", "W", "dW1", "σ_2", "ȳ", "output", "e", "check", "loss"]))
  }

  mutating func expression(depth: Int) -> SyntaxExpression {
    SyntaxExpression(depth <= 0 ? leaf() : inner(depth: depth - 1))
  }

  private mutating func leaf() -> SyntaxExpression.Kind {
    switch Int.random(in: 0..<8, using: &generator) {
    case 0:
      DecimalLiteral(pick(["0", "1", "2.", ".5", "1e-5", "1_000", "12345678901234567890123"]))
        .map { .number($0) } ?? .none
    case 1: .string(pick(["", "bi,io->bo", "a\"b", "c\\d", "it's"]))
    case 2: pick([.boolean(true), .boolean(false), .none])
    default: .name(name().name)
    }
  }

  private mutating func inner(depth: Int) -> SyntaxExpression.Kind {
    switch Int.random(in: 0..<10, using: &generator) {
    case 0: .unary(pick([.minus, .plus]), expression(depth: depth))
    case 1, 2:
      .chain(expression(depth: depth), links(pick([[.add, .subtract], products]), depth: depth))
    case 3: .power(base: expression(depth: depth), exponent: expression(depth: depth))
    case 4:
      .comparison(
        pick(ComparisonOperator.allCases), expression(depth: depth), expression(depth: depth))
    case 5: .call(name(), arguments(depth: depth))
    case 6: .methodCall(expression(depth: depth), name(), arguments(depth: depth))
    case 7: .attribute(expression(depth: depth), name())
    case 8:
      .subscripted(expression(depth: depth), several(1...3) { $0.subscriptItem(depth: depth) })
    default:
      pick([.tuple([]), .list([])] as [SyntaxExpression.Kind]) == .tuple([])
        ? .tuple(several(0...3) { $0.expression(depth: depth) })
        : .list(several(0...3) { $0.expression(depth: depth) })
    }
  }

  private var products: [ChainOperator] { [.multiply, .matrixMultiply, .divide, .floorDivide] }

  private mutating func links(_ operators: [ChainOperator], depth: Int) -> [ChainLink] {
    several(1...3) { ChainLink($0.pick(operators), $0.expression(depth: depth)) }
  }

  private mutating func arguments(depth: Int) -> [Argument] {
    let positional = several(0...2) { Argument($0.expression(depth: depth)) }
    let labels = Array(
      ["axis", "stride", "output"].prefix(Int.random(in: 0...2, using: &generator)))
    return positional + labels.map { Argument(label: Identifier($0), expression(depth: depth)) }
  }

  private mutating func subscriptItem(depth: Int) -> SubscriptItem {
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: .ellipsis
    case 1: .newAxis
    case 2:
      .slice(
        start: chance(50) ? expression(depth: depth) : nil,
        stop: chance(50) ? expression(depth: depth) : nil,
        step: chance(30) ? expression(depth: depth) : nil)
    default: .index(index(depth: depth))
    }
  }

  /// An expression that is not `None`, which would be a new axis.
  private mutating func index(depth: Int) -> SyntaxExpression {
    let index = expression(depth: depth)
    return index.kind == .none ? SyntaxExpression(.name("i")) : index
  }

  private mutating func shape(depth: Int) -> ShapeSyntax {
    ShapeSyntax(several(0...3) { $0.expression(depth: depth) })
  }

  mutating func statement(depth: Int) -> Statement {
    switch Int.random(in: 0..<11, using: &generator) {
    case 0: Statement(.dims(DimsStatement(several(1...3) { $0.size(depth: depth) })))
    case 1:
      Statement(
        .declaration(
          DeclarationStatement(
            pick(DeclarationStatement.Role.allCases),
            several(1...3) { $0.declaration(depth: depth) })))
    case 2: Statement(.shape(ShapeStatement(name(), shape(depth: depth))))
    case 3: Statement(.assignment(assignment(depth: depth)))
    case 4: Statement(.index(indexStatement(depth: depth)))
    case 5: Statement(.function(function(depth: depth)))
    case 6:
      Statement(
        .loss(
          LossStatement(
            name(), shape: chance(30) ? shape(depth: depth) : nil,
            chance(50) ? expression(depth: depth) : nil)))
    case 7:
      Statement(
        .output(
          OutputStatement(
            (0...(chance(30) ? 1 : 0)).map { _ in
              OutputStatement.Part(
                name(), shape: chance(50) ? shape(depth: depth) : nil,
                chance(30) ? expression(depth: depth) : nil)
            })))
    case 8:
      Statement(
        .check(
          pick([
            .value(assignment(depth: depth)), .index(indexStatement(depth: depth)),
            .file(SyntaxExpression(.string("a b.json"))),
          ])))
    case 9:
      Statement(
        .budget(
          BudgetStatement(
            several(1...2) { BudgetStatement.Limit($0.name(), $0.expression(depth: depth)) })))
    default:
      Statement(.assertion(AssertStatement(expression(depth: depth), expression(depth: depth))))
    }
  }

  private mutating func size(depth: Int) -> SizeDeclaration {
    SizeDeclaration(
      name(),
      pick([
        .free, .value(expression(depth: depth)),
        .range(expression(depth: depth), expression(depth: depth)),
      ]))
  }

  private mutating func declaration(depth: Int) -> TensorDeclaration {
    TensorDeclaration(
      name(), shape(depth: depth),
      several(0...2) { sample in
        StructureSyntax(
          Identifier(sample.pick(["symmetric", "one_hot", "spd"])),
          sample.several(0...2) { $0.expression(depth: depth) })
      })
  }

  private mutating func assignment(depth: Int) -> AssignmentStatement {
    AssignmentStatement(
      name(), shape: chance(30) ? shape(depth: depth) : nil, expression(depth: depth))
  }

  private mutating func function(depth: Int) -> FunctionDefinition {
    let required = ["a", "b"].prefix(Int.random(in: 0...2, using: &generator))
    let optional = ["c", "d"].prefix(Int.random(in: 0...2, using: &generator))
    return FunctionDefinition(
      name(),
      required.map { .init(Identifier($0)) }
        + optional.map { .init(Identifier($0), defaultValue: expression(depth: depth)) },
      expression(depth: depth))
  }

  private mutating func indexStatement(depth: Int) -> IndexStatement {
    IndexStatement(
      IndexAccess(name(), several(0...3) { $0.expression(depth: depth) }),
      expression(depth: depth),
      several(0...2) { sample in
        IndexRange(
          sample.name(), lower: sample.chance(50) ? sample.expression(depth: depth) : nil,
          upper: sample.expression(depth: depth))
      })
  }
}
