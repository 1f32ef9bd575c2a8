import Notation
import Scalars
import TensorExpressions
import Testing
import ToolkitTestSupport

/// Contractions of every kind of access, drawn at random, print as something that reads back equal.
@Suite struct RandomContractionTests {
  @Test func roundTrip() {
    for seed in 0..<300 {
      var draw = Draw(seed: seed)
      let expression = draw.expression()
      for byStatements in [false, true] {
        let result = RoundTrip.check("y", expression, SizeFacts(), byStatements: byStatements)
        #expect(
          result.outcome == .proved || result.outcome == .equalInValue,
          "seed \(seed): \(result.lines.joined(separator: "\n"))")
      }
    }
  }

  /// A checker that accepts everything would not notice a printer that changes a factor.
  @Test func rejectsAnotherExpression() {
    let r = Relations()
    let (x, w) = (r.input("x", "B", "I"), r.input("W", "I", "O"))
    let right = r.contract("b,o += b,i *| i,o", x, w, shape: ["B", "O"])
    #expect(RoundTrip.check("y", right, SizeFacts()).outcome == .proved)
    #expect(!RoundTrip.agree(right, right.scaled(by: Coefficient(Rational(1001, 1000)))))
  }

  struct Draw {
    private var generator: ToolkitTestSupport.SeededGenerator
    private let space = ExpressionSpace()

    init(seed: Int) { generator = ToolkitTestSupport.SeededGenerator(seed: seed) }

    private mutating func below(_ n: Int) -> Int { Int(generator.next() % UInt64(n)) }
    private mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    mutating func expression() -> TensorExpression {
      let count = 1 + below(4)
      let extents = (0..<count).map { _ in 2 + below(3) }
      var operands: [Contraction.Operand] = []
      for number in 0..<below(4) {
        let (access, shape) = slot(extents, rank: below(4))
        let name = chance(20) && number > 0 ? "x0" : "x\(number)"
        var value = space.input(name == "x0" && number > 0 ? "y\(number)" : name, shape)
        if chance(20) { value = value + space.input("z\(number)", shape) }
        if chance(20), !shape.isEmpty {
          let axis = shape.count - 1
          value =
            value * space.input("w\(number)", [shape[axis]]).reindexed([.index(axis)], to: shape)
            + space.input("u\(number)", [shape[axis]]).reindexed([.index(axis)], to: shape)
        }
        if chance(15) { value = space.elementwise(Elementwise.named("tanh")!, [value]) }
        operands.append(Contraction.Operand(value, access))
        if chance(15) { operands.append(Contraction.Operand(value, access)) }
      }
      let (output, shape) = slot(extents, rank: below(4))
      var guards: [Contraction.Guard] = []
      if chance(15), count > 1 {
        guards.append(
          Contraction.Guard(
            Affine(terms: [
              Affine.Term(index: 0, coefficient: 1), Affine.Term(index: 1, coefficient: -1),
            ]), below: Size(2 + below(3))))
      }
      return space.contraction(
        Contraction(
          coefficient: Coefficient(Rational(1 + below(5), 1 + below(4))),
          indices: extents.map { Size($0) }, output: output, operands: operands, guards: guards),
        shape: shape)
    }

    /// Accesses, most of them plain, with extents that mostly hold them.
    private mutating func slot(_ extents: [Int], rank: Int) -> ([Affine], [Size]) {
      var access: [Affine] = []
      var shape: [Size] = []
      for _ in 0..<rank {
        let i = below(extents.count)
        switch below(20) {
        case 0..<12:
          access.append(.index(i))
          shape.append(Size(extents[i]))
        case 12, 13:
          let j = below(extents.count)
          let (s, d, c) = (1 + below(2), 1 + below(2), -below(2))
          access.append(
            Affine(
              constant: Size(c),
              terms: [
                Affine.Term(index: i, coefficient: Size(s)),
                Affine.Term(index: j, coefficient: Size(d)),
              ]))
          shape.append(Size(s * (extents[i] - 1) + d * (extents[j] - 1) + 1 + below(2)))
        case 14:
          let j = below(extents.count)
          if i == j { continue }
          access.append(
            Affine(terms: [
              Affine.Term(index: i, coefficient: Size(extents[j])),
              Affine.Term(index: j, coefficient: 1),
            ]))
          shape.append(Size(extents[i] * extents[j]))
        case 15:
          access.append(.constant(0))
          shape.append(Size(1 + below(2)))
        case 16:
          access.append(
            Affine(constant: Size(extents[i] - 1), terms: [.init(index: i, coefficient: -1)]))
          shape.append(Size(extents[i]))
        case 17:
          access.append(
            Affine(constant: Size(below(3) - 1), terms: [.init(index: i, coefficient: 1)]))
          shape.append(Size(extents[i] + below(2)))
        case 18:
          access.append(Affine(terms: [.init(index: i, coefficient: 2)]))
          shape.append(Size(2 * extents[i] - below(2)))
        default:
          access.append(.index(i))
          shape.append(Size(max(1, extents[i] - 1 + below(3))))
        }
      }
      return (access, shape)
    }
  }
}
