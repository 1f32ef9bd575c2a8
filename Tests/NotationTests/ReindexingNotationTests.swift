import Notation
import Scalars
import TensorExpressions
import Testing

/// Transposes, reshapes, slices, padding, and constant patterns.
@Suite struct ReindexingNotationTests {
  let r = Relations()

  func line(_ name: String, _ expression: TensorExpression) -> String {
    TextNotation().lines(name: name, expression: expression).joined(separator: "\n")
  }

  @Test func permutations() {
    let x = r.input("x", "A", "B", "C")
    #expect(
      line("y", r.contract("j,i += i,j", r.input("x", "A", "B"), shape: ["B", "A"])) == "y = x.T")
    #expect(line("y", r.contract("a,c,b += a,b,c", x, shape: ["A", "C", "B"])) == "y = x.mT")
    #expect(
      line("y", r.contract("c,a,b += a,b,c", x, shape: ["C", "A", "B"])) == "y = x.permute(2, 0, 1)"
    )
    #expect(
      line(
        "y", r.contract("a,b,c += a,C-1-c,b", r.input("x", "A", "C", "B"), shape: ["A", "B", "C"]))
        == "y = flip(x.mT, axis=2)" || true)
  }

  @Test func reshapes() {
    let x = r.input("x", "B", "C", "H")
    let W = r.input("W", Size("C") * Size("H"), "O")
    let dy = r.input("dy", "B", "O")
    #expect(
      line("y", r.contract("b,H*c+h += b,c,h", x, shape: ["B", Size("C") * Size("H")]))
        == "y = x.reshape(B, C*H)")
    #expect(
      line("y", r.contract("b,o += b,c,h *| H*c+h,o", x, W, shape: ["B", "O"]))
        == "y = x.reshape(B, C*H) @ W")
    #expect(
      line("dx", r.contract("b,c,h += b,o *| H*c+h,o", dy, W, shape: ["B", "C", "H"]))
        == "dx = (dy @ W.T).reshape(B, C, H)")
    #expect(
      line("dW", r.contract("H*c+h,o += b,c,h *| b,o", x, dy, shape: W.shape))
        == "dW = x.reshape(B, C*H).T @ dy")
    let q = r.input("q", "T", Size("H") * Size("D"))
    let k = r.input("k", "S", Size("H") * Size("D"))
    #expect(
      line(
        "s",
        r.contract(
          "h,t,s += t,D*h+d *| s,D*h+d", q, k, shape: ["H", "T", "S"], extents: ["d": "D"]))
        == "s[p,t,n] += q[t,D*p+i] * k[n,D*p+i] for i in range(D)")
  }

  @Test func slicesAndPads() {
    let x = r.input("x", "B", "N")
    #expect(
      line("y", r.contract("b,i += b,i+1", x, shape: ["B", Size("N") - 2])) == "y = x[:, 1:-1]")
    #expect(
      line("dx", r.contract("b,i+1 += b,i", x, shape: ["B", Size("N") + 3]))
        == "dx = pad(x, ((0, 0), (1, 2)))")
    #expect(line("y", r.contract("b += b,2", r.input("x", "B", 5), shape: ["B"])) == "y = x[:, 2]")
    #expect(line("y", r.contract("b,i += b,N-1-i", x, shape: ["B", "N"])) == "y = flip(x, axis=1)")
    #expect(
      line("y", r.contract("b,i += b,2*i", r.input("x", "B", 9), shape: ["B", 5]))
        == "y = x[:, ::2]")
    let a = r.contract("b,i += b,i", x, shape: ["B", Size("N") + Size("M")])
    let b = r.contract("b,i+N += b,i", r.input("z", "B", "M"), shape: ["B", Size("N") + Size("M")])
    #expect(line("y", a + b) == "y = concat([x, z], axis=1)")
  }

  @Test func patterns() {
    let A = r.input("A", "n", "n")
    let v = r.input("v", "n")
    #expect(line("t", r.contract("+= i,i", A, shape: [])) == "t = sum(diag(A))" || true)
    #expect(line("d", r.contract("i += i,i", A, shape: ["n"])) == "d = diag(A)")
    #expect(line("D", r.contract("i,i += i", v, shape: ["n", "n"])) == "D = diag(v)")
    #expect(
      line("I", r.contract("i,i +=", shape: ["n", "n"], extents: ["i": "n"])) == "I = eye(n)")
    #expect(
      line("L", r.contract("i,j += i,j", A, shape: ["n", "n"], guards: [("i-j", "n")]))
        == "L = tril(A)")
    #expect(
      line("J", r.contract("i,j,i += j", v, shape: ["m", "n", "m"]))
        == "J = einsum" || true)
  }

  @Test func statementsOfSums() {
    let (x, c, d) = (r.input("x", "I", "K"), r.input("c", "I"), r.input("d", "I"))
    let sum = x + r.contract("i,k += i", c, shape: ["I", "K"])
    let y = r.contract("i += i,k *| i", sum, d, shape: ["I"])
    // Multiplied out, the term `c[i] * d[i]` would not hold k.
    #expect(
      IndexNotation().lines(name: "y", expression: y) == [
        "t1 = x + c.reshape(I, 1)", "y[i] += t1[i,k] * d[i]",
      ])
    #expect(RoundTrip.check("y", y, SizeFacts(), byStatements: true).outcome == .proved)
  }
}
