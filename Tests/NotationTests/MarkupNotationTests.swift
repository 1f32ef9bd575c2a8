import Notation
import Scalars
import TensorExpressions
import Testing

/// LaTeX and MathML of formulas and statements.
@Suite struct MarkupNotationTests {
  let r = Relations()

  func latex(_ name: String, _ expression: TensorExpression) -> String {
    LaTeXNotation().lines(name: name, expression: expression).joined(separator: "\n")
  }

  func apply(_ name: String, _ x: TensorExpression...) -> TensorExpression {
    r.space.elementwise(Elementwise.named(name)!, x)
  }

  @Test func products() {
    let (x, dz) = (r.input("x", "B", "I"), r.input("dz", "B", "O"))
    #expect(
      latex("dW2", r.contract("i,o += b,i *| b,o", x, dz, shape: ["I", "O"]))
        == #"\mathrm{d} W_{2} = {x}^{\top} \, \mathrm{d} z"#)
    let z = r.input("z", "B", "O")
    #expect(
      latex("dh", dz * apply("step", z))
        == #"\mathrm{d} h = \mathrm{d} z \odot \mathbf{1} \left[ z > 0 \right]"#)
    #expect(
      latex("y", dz.scaled(by: Coefficient(Size("B")).reciprocal!))
        == #"y = \frac{1}{B} \, \mathrm{d} z"#)
    #expect(latex("y", dz / apply("sqrt", z)) == #"y = \frac{\mathrm{d} z}{\sqrt{z}}"#)
    #expect(latex("y", dz - z * z) == #"y = \mathrm{d} z - {z}^{\odot 2}"#)
  }

  @Test func statements() {
    let P = Size("H") - 2
    let (x, dy) = (r.input("x", "N", "C", "H"), r.input("dy", "N", "O", P))
    #expect(
      latex("dw", r.contract("o,c,k += n,o,p *| n,c,p+k", dy, x, shape: ["O", "C", 3]))
        == #"\mathrm{d} w_{o , c , i} = \sum_{n , p} \mathrm{d} y_{n , o , p} \, x_{n , c , p + i}"#
    )
  }

  @Test func mathML() {
    let (x, dz) = (r.input("x", "B", "I"), r.input("dz", "B", "O"))
    let lines = MathMLNotation().lines(
      name: "y", expression: r.contract("i,o += b,i *| b,o", x, dz, shape: ["I", "O"]))
    #expect(
      lines == [
        #"<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mrow><mi>y</mi><mo>=</mo>"#
          + #"<msup><mi>x</mi><mo>⊤</mo></msup><mspace width="0.17em"/>"#
          + #"<mrow><mi mathvariant="normal">d</mi><mi>z</mi></mrow></mrow></math>"#
      ])
  }
}
