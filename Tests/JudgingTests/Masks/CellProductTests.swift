import Scalars
import Testing

@testable import Judging

/// Contradictions between polynomial conditions are found, and none between conditions that hold at a point.
@Suite struct CellProductTests {
  private static let (x, y, z) = (form(0), form(1), form(2))

  private static func form(_ variable: Int) -> ArgumentForm { ArgumentForm(variable: variable) }

  private static func number(_ value: Rational) -> ArgumentForm { ArgumentForm(constant: value) }

  private static func times(_ a: ArgumentForm, _ b: ArgumentForm) -> ArgumentForm {
    a.multiplied(by: b) ?? a
  }

  /// Three variables of any value.
  private static let program: CellProgram = {
    var table = MaskTable()
    for number in 0..<3 {
      _ = table.variables.variable(UInt64(number)) {
        MaskVariable(
          origin: .opaque(.long), bounds: .everything, isInteger: false, isData: false, isFree: true
        )
      }
    }
    return CellProgram(table: table, domain: [], ties: [])
  }()

  private func contradict(_ forms: [ArgumentForm]) -> Bool {
    Self.program.contradictsByProducts(forms.map { .init(form: $0, relation: .above) })
  }

  /// Each with a twin in which one number is another, and which holds somewhere.
  private static let twins: [(name: String, impossible: [ArgumentForm], possible: [ArgumentForm])] =
    [
      (
        "a square below a line", [x - times(x, x) - number(1)],
        [x + x + x - times(x, x) - number(1)]
      ),
      (
        "a square between", [times(x, x) - number(1), x - times(x, x)],
        [times(x, x) - number(Rational(1, 4)), x - times(x, x)]
      ),
      (
        "a product of signs", [-x, number(1) - y, x - times(x, y)],
        [-x, number(1) - y, times(x, y) - x]
      ),
      (
        "a product beyond its bounds", [times(x, y) + number(1), x - number(2), number(1) - x - y],
        [times(x, y) + number(10), x - number(2), number(1) - x - y]
      ),
      (
        "a product above both squares", [times(x, y) - times(x, x), times(x, y) - times(y, y)],
        [times(x, y) - times(x, x), times(y, y) - times(x, y)]
      ),
      (
        "a fourth power",
        [
          times(times(x, x), times(y, y) + times(y, y)) - times(times(x, x), times(x, x))
            - times(times(y, y), times(y, y))
        ],
        [
          times(times(x, x), times(y, y) + times(y, y) + times(y, y))
            - times(times(x, x), times(x, x)) - times(times(y, y), times(y, y))
        ]
      ),
      (
        "the square of a sum", [x + y + z - number(1), -times(x + y + z, x + y + z) - x - y - z],
        [x + y + z + number(1), -times(x + y + z, x + y + z) - x - y - z]
      ),
    ]

  @Test(arguments: twins.indices)
  func whatIsImpossibleIsFound(_ number: Int) {
    let twin = Self.twins[number]
    #expect(contradict(twin.impossible), "\(twin.name)")
    #expect(!contradict(twin.possible), "\(twin.name)")
  }

  /// Conditions that are made to hold at a point are never a contradiction.
  @Test func whatHoldsAtAPointIsPossible() {
    var generator = SeededGenerator(seed: 11, stream: 0)
    func any() -> Rational { Rational(Int.random(in: -12...12, using: &generator), 4) }
    for _ in 0..<100 {
      let point = (0..<3).map { _ in any() }
      let forms = (0..<Int.random(in: 1...5, using: &generator)).map { _ -> ArgumentForm in
        var form = Self.number(any())
        for _ in 0..<4 {
          let factors = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
            Self.form(Int.random(in: 0..<3, using: &generator))
          }
          form = form + factors.dropFirst().reduce(factors[0], Self.times).scaled(by: any())
        }
        return form
      }
      let holding = forms.compactMap { form -> ArgumentForm? in
        let value = form.terms.reduce(form.constant) { sum, term in
          sum + term.monomial.reduce(term.coefficient) { $0 * point[$1] }
        }
        return value.isZero ? nil : value.signum() > 0 ? form : -form
      }
      #expect(!contradict(holding), "\(holding) at \(point)")
    }
  }
}
