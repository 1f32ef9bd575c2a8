import Notation
import Scalars
import TensorExpressions
import Testing

/// Convolutions, their adjoints, and pooling, at symbolic sizes.
@Suite struct ConvolutionNotationTests {
  let r = Relations()

  func line(_ name: String, _ expression: TensorExpression) -> String {
    TextNotation().lines(name: name, expression: expression).joined(separator: "\n")
  }

  func out(_ size: Size, _ padding: Int, _ kernel: Size, _ stride: Int) -> Size {
    (size + Size(2 * padding) - kernel).flooredDivision(by: Size(stride)) + 1
  }

  @Test func strided() {
    let (P, Q) = (out("H", 1, 3, 2), out("W", 1, 3, 2))
    let x = r.input("x", "N", "C", "H", "W")
    let w = r.input("w", "O", "C", 3, 3)
    let dy = r.input("dy", "N", "O", P, Q)
    let image = "n,c,2*p+k-1,2*q+l-1"
    #expect(
      line("y", r.contract("n,o,p,q += \(image) *| o,c,k,l", x, w, shape: ["N", "O", P, Q]))
        == "y = conv2d(x, w, stride=2, padding=1)")
    #expect(
      line("dx", r.contract("\(image) += n,o,p,q *| o,c,k,l", dy, w, shape: ["N", "C", "H", "W"]))
        == "dx = conv_transpose2d(dy, w, stride=2, padding=1, output_size=(H, W))")
    #expect(
      line("dw", r.contract("o,c,k,l += n,o,p,q *| \(image)", dy, x, shape: ["O", "C", 3, 3]))
        == "dw[o,c,i,j] += dy[n,o,p,q] * x[n,c,2*p+i-1,2*q+j-1]")
    let z = r.input("z", "N", "O", P, Q)
    let mask = r.space.elementwise(Elementwise.named("step")!, [z])
    #expect(
      line(
        "dx",
        r.contract(
          "\(image) += n,o,p,q *| n,o,p,q *| o,c,k,l", dy, mask, w, shape: ["N", "C", "H", "W"]))
        == "dx = conv_transpose2d(dy * (z > 0), w, stride=2, padding=1, output_size=(H, W))")
    #expect(
      line("db", r.contract("o += n,o,p,q", dy, shape: ["O"])) == "db = sum(dy, axis=(0, 2, 3))")
  }

  @Test func plain() {
    let P = out("H", 0, "K", 1)
    let x = r.input("x", "N", "C", "H")
    let w = r.input("w", "O", "C", "K")
    let dy = r.input("dy", "N", "O", P)
    #expect(
      line("y", r.contract("n,o,p += n,c,p+k *| o,c,k", x, w, shape: ["N", "O", P]))
        == "y = conv1d(x, w)")
    #expect(
      line("dx", r.contract("n,c,p+k += n,o,p *| o,c,k", dy, w, shape: ["N", "C", "H"]))
        == "dx = conv_transpose1d(dy, w)")
    #expect(
      line("y", r.contract("n,o,p += n,c,p-k+K-1 *| o,c,k", x, w, shape: ["N", "O", P]))
        == "y = conv1d(x, flip(w, axis=2))")
  }

  @Test func groups() {
    let P = out("H", 0, 3, 1)
    let x = r.input("x", "N", 4, "H")
    let w = r.input("w", 6, 2, 3)
    let dy = r.input("dy", "N", 6, P)
    let e: [String: Size] = ["g": 2, "o": 3, "c": 2]
    #expect(
      line(
        "y",
        r.contract(
          "n,3*g+o,p += n,2*g+c,p+k *| 3*g+o,c,k", x, w, shape: ["N", 6, P], extents: e))
        == "y = conv1d(x, w, groups=2)")
    #expect(
      line(
        "dx",
        r.contract(
          "n,2*g+c,p+k += n,3*g+o,p *| 3*g+o,c,k", dy, w, shape: ["N", 4, "H"], extents: e))
        == "dx = conv_transpose1d(dy, w, groups=2)")
    #expect(
      line(
        "dw",
        r.contract(
          "3*g+o,c,k += n,3*g+o,p *| n,2*g+c,p+k", dy, x, shape: [6, 2, 3], extents: e))
        == "dw[3*g+o,c,i] += dy[n,3*g+o,p] * x[n,2*g+c,p+i] for g in range(2), o in range(3)")
    let depthwise = r.input("v", "C", 1, 3)
    #expect(
      line(
        "y",
        r.contract(
          "n,c,p += n,c,p+k *| c,0,k", r.input("x", "N", "C", "H"), depthwise,
          shape: ["N", "C", P])) == "y = conv1d(x, v, groups=C)")
  }

  @Test func pooling() {
    let P = Size("S").flooredDivision(by: 2)
    let x = r.input("x", "N", "C", "S")
    let dy = r.input("dy", "N", "C", P)
    let half = Coefficient(Rational(1, 2))
    #expect(
      line(
        "y",
        r.contract(
          "n,c,p += n,c,2*p+k", x, shape: ["N", "C", P], extents: ["k": 2], coefficient: half))
        == "y = avg_pool1d(x, 2)")
    #expect(
      line(
        "dx",
        r.contract(
          "n,c,2*p+k += n,c,p", dy, shape: ["N", "C", "S"], extents: ["k": 2], coefficient: half))
        == "dx = conv_transpose1d(dy, ones(C, 1, 2), stride=2, output_size=(S,), groups=C) / 2")
    let e = Extremum(
      kind: .maximum, ties: .first, operand: x, outputExtents: ["N", "C", P], windowExtents: [2],
      access: [.index(0), .index(1), .index(2) * 2 + .index(3)])
    #expect(line("y", r.space.extremum(e)) == "y = max_pool1d(x, 2)")
    #expect(
      line(
        "dx",
        r.contract(
          "n,c,2*p+k += n,c,p *| n,c,p,k", dy, r.space.selector(e), shape: ["N", "C", "S"]))
          == """
          t1 = max_pool1d_selector(x, 2)
          dx[n,c,2*p+i] += dy[n,c,p] * t1[n,c,p,i]
          """)
  }
}
