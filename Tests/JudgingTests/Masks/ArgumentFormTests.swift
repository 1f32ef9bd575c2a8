import Scalars
import Testing

@testable import Judging

/// Products of forms have the values of their factors' products.
@Suite struct ArgumentFormTests {
  @Test func aProductHasTheProductOfTheValues() {
    var generator = SeededGenerator(seed: 5, stream: 0)
    func any() -> Rational { Rational(Int.random(in: -3...3, using: &generator), 2) }
    func form() -> ArgumentForm {
      (0..<Int.random(in: 0...5, using: &generator)).reduce(ArgumentForm(constant: any())) {
        sum, _ in
        let variables = (0..<Int.random(in: 1...2, using: &generator)).map { _ in
          Int.random(in: 0..<3, using: &generator)
        }
        return sum + ArgumentForm(monomial: variables.sorted()).scaled(by: any())
      }
    }
    for _ in 0..<500 {
      let (a, b) = (form(), form())
      guard let product = a.multiplied(by: b) else {
        Issue.record("a short product of degree 4 at most")
        continue
      }
      let point = (0..<3).map { _ in any() }
      func value(_ form: ArgumentForm) -> Rational {
        form.terms.reduce(form.constant) { sum, term in
          sum + term.monomial.reduce(term.coefficient) { $0 * point[$1] }
        }
      }
      #expect(value(product) == value(a) * value(b))
      #expect(!product.terms.contains { $0.coefficient.isZero })
      #expect(product.terms.map(\.monomial).removingRepetitions().count == product.terms.count)
      #expect(b.multiplied(by: a) == product)
    }
  }
}
