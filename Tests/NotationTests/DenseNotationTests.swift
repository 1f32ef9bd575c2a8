import Notation
import Scalars
import TensorExpressions
import Testing

/// Formulas of dense networks, as a teacher writes them.
@Suite struct DenseNotationTests {
  let r = Relations()

  func line(_ name: String, _ expression: TensorExpression) -> String {
    TextNotation().lines(name: name, expression: expression).joined(separator: "\n")
  }

  func step(_ x: TensorExpression) -> TensorExpression {
    r.space.elementwise(Elementwise.named("step")!, [x])
  }

  func apply(_ name: String, _ x: TensorExpression...) -> TensorExpression {
    r.space.elementwise(Elementwise.named(name)!, x)
  }

  @Test func reluTwoLayer() {
    let (x, y, h) = (r.input("x", "n"), r.input("y", "m"), r.input("h", "m"))
    let (W, Z) = (r.input("W", "m", "n"), r.input("Z", "p", "m"))
    let m = r.input("m", "p")
    let dm = r.space.named("dm", m.scaled(by: Coefficient(Rational(2))))
    #expect(line("dm", dm) == "dm = 2 * m")
    let dZ = r.contract("i,j += i *| j", dm, y, shape: ["p", "m"])
    #expect(line("dZ", dZ) == "dZ = outer(dm, y)")
    let dy = r.contract("j += i,j *| i", Z, dm, shape: ["m"])
    #expect(line("dy", dy) == "dy = Z.T @ dm")
    let dyNamed = r.space.named("dy", dy)
    let dh = dyNamed * step(h)
    #expect(line("dh", dh) == "dh = dy * (h > 0)")
    let dhNamed = r.space.named("dh", dh)
    #expect(
      line("dW", r.contract("i,j += i *| j", dhNamed, x, shape: ["m", "n"])) == "dW = outer(dh, x)")
    #expect(
      line("dx", r.contract("j += i,j *| i", W, dhNamed, shape: ["n"])) == "dx = W.T @ dh")
  }

  @Test func batchedLayer() {
    let (x, W, dz) = (r.input("x", "B", "I"), r.input("W", "I", "O"), r.input("dz", "B", "O"))
    let z = r.input("z", "B", "O")
    let dy = r.input("dy", "B", "O")
    #expect(line("z", r.contract("b,o += b,i *| i,o", x, W, shape: ["B", "O"])) == "z = x @ W")
    #expect(
      line("dW", r.contract("i,o += b,i *| b,o", x, dz, shape: ["I", "O"])) == "dW = x.T @ dz")
    #expect(
      line("dx", r.contract("b,i += b,o *| i,o", dz, W, shape: ["B", "I"])) == "dx = dz @ W.T")
    #expect(line("db", r.contract("o += b,o", dz, shape: ["O"])) == "db = sum(dz, axis=0)")
    #expect(
      line(
        "db",
        r.contract(
          "o += b,o", dz, shape: ["O"],
          coefficient: Coefficient(Size("B")).reciprocal!)) == "db = mean(dz, axis=0)")
    let V = r.input("V", "H", "O")
    #expect(
      line(
        "dU",
        r.contract(
          "i,h += b,i *| b,o *| b,o *| h,o", x, dy, step(z), V, shape: ["I", "H"]))
        == "dU = x.T @ (dy * (z > 0)) @ V.T")
  }

  @Test func factorisation() {
    let (M, R) = (r.input("M", "m", "n"), r.input("R", "m", "n"))
    let U = r.input("U", "m", "k")
    #expect(
      line(
        "dV",
        r.contract(
          "j,k += i,j *| i,j *| i,j *| i,k", M, M, R, U, shape: ["n", "k"],
          coefficient: Coefficient(Rational(2)))) == "dV = 2 * (M**2 * R).T @ U")
  }

  @Test func softmaxPieces() {
    let (s, dy) = (r.input("s", "B", "N"), r.input("dy", "B", "N"))
    let inner = r.contract(
      "b,j += b,k *| b,k", s, dy, shape: ["B", "N"], coefficient: .minusOne)
    #expect(
      line("dz", s * (dy + inner)) == "dz = s * (dy - sum(s * dy, axis=1, keepdims=True))")
    let z = r.input("z", "B", "N")
    let e = apply("exp", z)
    let total = r.contract("b,j += b,k", e, shape: ["B", "N"])
    #expect(line("s", e * apply("reciprocal", total)) == "s = softmax(z)")
    let down = r.contract("b,j += k,j", e, shape: ["B", "N"])
    #expect(line("s", e * apply("reciprocal", down)) == "s = softmax(z, axis=0)")
  }

  @Test func attention() {
    let (dS, Q) = (r.input("dS", "T", "S"), r.input("Q", "T", "D"))
    let root = apply("reciprocal", apply("sqrt", r.space.number(Size("D"))))
    #expect(
      line(
        "dK", r.contract("s,d += t,s *| t,d *| ", dS, Q, shape: ["S", "D"]))
        == "dK = dS.T @ Q")
    let product = r.contract("s,d += t,s *| t,d", dS, Q, shape: ["S", "D"])
    _ = product
    let c = r.contract("s,d += t,s *| t,d", dS, Q, shape: ["S", "D"]).asContraction!
    let scaled = r.space.contraction(
      Contraction(
        indices: c.indices, output: c.output,
        operands: c.operands + [Contraction.Operand(root, [])]), shape: ["S", "D"])
    #expect(line("dK", scaled) == "dK = dS.T @ Q / sqrt(D)")
    let (A, V) = (r.input("A", "B", "H", "T", "S"), r.input("V", "B", "H", "S", "D"))
    #expect(
      line("y", r.contract("b,h,t,d += b,h,t,s *| b,h,s,d", A, V, shape: ["B", "H", "T", "D"]))
        == "y = A @ V")
    let dY = r.input("dY", "B", "H", "T", "D")
    #expect(
      line("dA", r.contract("b,h,t,s += b,h,t,d *| b,h,s,d", dY, V, shape: ["B", "H", "T", "S"]))
        == "dA = dY @ V.mT")
  }

  @Test func elementwise() {
    let (s, dy) = (r.input("s", "B", "N"), r.input("dy", "B", "N"))
    #expect(line("dz", dy * s * (Rational(1) - s)) == "dz = dy * s * (1 - s)")
    #expect(line("y", dy / s) == "y = dy / s")
    #expect(line("y", s * s * dy) == "y = s**2 * dy")
    #expect(line("y", -s) == "y = -s")
    #expect(line("y", dy - s) == "y = dy - s")
    #expect(line("y", -dy + s) == "y = s - dy")
    #expect(line("y", s.scaled(by: Coefficient(Rational(1, 4)))) == "y = s / 4")
    #expect(line("y", s.scaled(by: Coefficient(Rational(1, 100)))) == "y = 0.01 * s")
    #expect(
      line("y", s.scaled(by: (Coefficient(Size("B")) * Coefficient(Size("N"))).reciprocal!))
        == "y = s / (B*N)")
    #expect(
      line("y", apply("leaky_relu", s, s.filled(Rational(1, 100)))) == "y = leaky_relu(s)")
    #expect(line("y", apply("leaky_relu", s, s.filled(Rational(1, 5)))) == "y = leaky_relu(s, 0.2)")
    #expect(line("y", s.filled(2)) == "y = 2 * ones(B, N)")
    #expect(line("y", s.zero) == "y = zeros(B, N)")
  }

  @Test func broadcasting() {
    let (x, b, c) = (r.input("x", "B", "N"), r.input("b", "N"), r.input("c", "B"))
    let g = r.input("g", "C")
    let image = r.input("a", "B", "C", "H", "W")
    #expect(line("y", x + r.contract("i,j += j", b, shape: ["B", "N"])) == "y = x + b")
    #expect(line("y", r.contract("i,j += i,j *| j", x, b, shape: ["B", "N"])) == "y = x * b")
    #expect(
      line("y", r.contract("i,j += i,j *| i", x, c, shape: ["B", "N"]))
        == "y = x * c.reshape(B, 1)")
    #expect(
      line("y", r.contract("n,c,h,w += n,c,h,w *| c", image, g, shape: ["B", "C", "H", "W"]))
        == "y = a * g.reshape(C, 1, 1)")
    #expect(
      line("y", r.contract("i,j += j", b, shape: ["B", "N"])) == "y = broadcast_to(b, (B, N))")
    #expect(
      line("dg", r.contract("c += n,c,h,w *| n,c,h,w", image, image, shape: ["C"]))
        == "dg = sum(a**2, axis=(0, 2, 3))")
  }

  @Test func scalars() {
    let (x, y) = (r.input("x", "N"), r.input("y", "N"))
    let (A, B) = (r.input("A", "m", "n"), r.input("B", "m", "n"))
    #expect(line("s", r.contract("+= i *| i", x, y, shape: [])) == "s = x @ y")
    #expect(line("s", r.contract("+= i,j *| i,j", A, B, shape: [])) == "s = sum(A * B)")
    #expect(line("s", r.contract("+= i", x, shape: [])) == "s = sum(x)")
    let a = r.input("a")
    #expect(
      line("v", r.contract("i += *| i,j *| j", a, r.input("C", "m", "N"), x, shape: ["m"]))
        == "v = a * C @ x")
  }

  @Test func normalisationPieces() {
    let (x, dy) = (r.input("x", "N", "C", "H", "W"), r.input("dy", "N", "C", "H", "W"))
    let (g, v) = (r.input("g", "C"), r.input("v", 1, "C", 1, 1))
    let root = apply("reciprocal", apply("sqrt", v))
    let all = "n,c,h,w"
    #expect(
      line(
        "dv",
        r.contract(
          "0,c,0,0 += \(all) *| \(all) *| c *| 0,c,0,0 *| 0,c,0,0 *| 0,c,0,0", x, dy, g, root, root,
          root, shape: [1, "C", 1, 1], coefficient: Coefficient(Rational(-1, 2))))
        == "dv = -(sum(x * dy, axis=(0, 2, 3)) * g).reshape(C, 1, 1) / (2 * v * sqrt(v))")
  }
}
