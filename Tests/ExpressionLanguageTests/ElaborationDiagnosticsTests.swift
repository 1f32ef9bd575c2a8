import Diagnostics
import ExpressionLanguage
import Testing
import ToolkitTestSupport

/// Whole diagnostics of files that can be read and do not fit together.
@Suite struct ElaborationDiagnosticsTests {
  private static let layer = """
    dims B=4, I=3, O=2
    input x: [B, I]
    param W: [I, O], V: [O, I], b: [O], S: [I, I]
    const t: [B, O]

    """

  @Test func products() {
    snapshot(
      "shapes-products",
      [
        "y = x @ V + b", "y = x @ t", "y = W @ x", "y = x.T @ W.T", "y = x @ W @ V @ b",
        "y = x @ b + (V @ b) * 2", "y = x @ 2", "y = einsum(\"bi,io->bo\", x, V)",
        "y = tensordot(x, W, axes=([0], [0]))", "y = x @ V.T + nothing",
      ])
  }

  @Test func sums() {
    snapshot(
      "shapes-broadcasting",
      [
        "y = x + b", "y = x @ W + x", "y = x * t", "y = 1 + x - t + 2", "y = x / W",
        "y = (x @ W) - t.T", "y = where(x > 0, t, 1)", "y = x > t", "y = maximum(x, t)",
        "y = x ** t", "y = sum(x) + mean(t, axis=2)",
      ])
  }

  @Test func shapes() {
    snapshot(
      "shapes-functions",
      [
        "y = x.reshape(B, 5)", "y = x.reshape(2*B, -1)", "y = x.reshape(5, -1)", "y = x.permute(0)",
        "y = x.permute(0, 0)", "y = x[:, 5]", "y = x[0, 0, 0]", "y = x[:, 0:0]", "y = inv(W)",
        "y = det(x)", "y = concat([x, t], axis=0)", "y = conv2d(x, W)",
        "y = rearrange(x, \"b i c -> b (i c)\")", "y: [B, I] = x @ W", "y = softmax(x, axis=3)",
        "y = x.T.T.mT.flatten(2)", "y = ones(0)", "y = max_pool1d(x.reshape(1, B, I), 5)",
        "y = conv1d(ones(1, 4, 3), ones(4, 4, 5))",
        "y = conv1d(ones(1, 4, 9), ones(4, 3, 5), groups=2)",
        "y = avg_pool1d(x.reshape(1, B, I), 2)[:, :, 3:7]",
      ])
  }

  @Test func names() {
    snapshot(
      "names",
      [
        "y = weight + 1", "y = relu(hidden)", "hidden = x @ W\ny = relu(hiden) + other",
        "y = rleu(x)", "y = relu", "y = b(x)", "y = x.shape", "y = x.sum", "y = later\nlater = x",
        "W = x", "B = x", "dW = x @ W", "const dx: [B]", "y = dW2", "y = dz\nz = x",
        "def f(a) = f(a)", "def f(a) = a + q\ny = f(x)", "def relu(a) = a",
        "def f(a) = a\ndef f(b) = b",
        "def f(a, c=2) = a * c\ny = f(x, x, x)", "def f(a, c) = a * c\ny = f(x)",
        "def f(a, c) = a * c\ny = f(x, d=3)", "def f(a) = a @ x\ny = f(W)\nz = f(x)",
        "y = exp(x, 2)", "y = sum(x, axes=0)", "y = softmax(x, axis=0, axis2=1)", "y = sum()",
        "y = sum(x, \"text\")", "y = \"text\" + 1", "y = None * x", "y = x + later(3)",
      ])
  }

  @Test func sizes() {
    snapshot(
      "sizes",
      [
        "dims n=0", "dims n=2-5", "dims n in 5..4", "dims n=10**30", "dims n=1/2", "dims B=3",
        "input q: [N]", "input q: [B/2]", "input q: [1 - B]", "input q: [B - 4]", "input q: [0]",
        "input q: [relu(B)]", "input q: [x]", "y = x / 0", "y = B // 0",
        "y = 2**100000 * 10**9999",
        "y = x[:, x]", "y = 10**30 * x", "input q: [10**30]", "input q: [B] symmetric",
        "input q: [B, I] symmetric", "input q: [B] symetric", "input q: [B] one_hot(2)",
        "input q: [I, I] symmetric(lower)", "input q: [] simplex", "input q: [B] positive(2)",
        "input q: [I, I] symmetric one_hot(0)", "input q: [B] simplex unit positive integer",
        "y = x.reshape(B//2, -1)\ninput q: [2*(I//2)]\nz = q + S", "y = x[0:5]",
      ])
  }

  @Test func budgets() {
    snapshot(
      "budgets",
      [
        "budget work=1e9, memory=2**30", "budget time=3", "budget work=1e9, work=2e9",
        "budget work=2e9\nbudget work=1e9", "budget work=0, memory=-1", "budget work=1/2",
        "budget memory=2GiB", "budget work", "budget memory=x", "budget = x + x\ny = 2 * budget",
      ])
  }

  @Test func outputs() {
    snapshot(
      "outputs",
      [
        "loss L = x @ W - t", "loss L = (x @ W)[0]", "y = x\nloss y", "loss L", "output y",
        "y = x @ W\noutput y: [B, I]", "output y: [B, I] = x @ W", "y: [B, O]", "y: [B, O]\nz = y",
        "y = x\noutput y\nloss L = sum(y)", "y = x\ny = x @ W",
      ])
  }

  @Test func indexStatements() {
    snapshot(
      "index-statements",
      [
        "y[b,o] += x[b,i] * W[i,o]", "y: [B, O]\ny[n,o] += x[n,i] * W[i]",
        "y: [B, O]\ny[n] += x[n,i]", "y: [B]\ny[n] += x[n,k*j]", "y: [B]\ny[n] += x[n,i] * i",
        "y: [B]\ny[n] += x[n,b]", "y: [B]\ny[n] += x[n,j-k]", "y: [B]\ny[n] += x[n,i] + t[n,o]",
        "y: [B]\ny[n] += sum(x[n,i])", "y: [B]\ny[n] += x[n,i] @ x[n,i]", "y: [B]\ny[n] += x",
        "y: [B]\ny[n] += x[n,i*i]", "y: [B]\ny[n] += x[n,i] for B in range(3)",
        "y: [B]\ny[n] += x[n,i] for k in range(q)", "y: [B]\ny[n] += x[n,0]\nz = y\ny[n] += x[n,1]",
        "y: [B]\ny[n] += x[n,0]\nz = x\nz[n,i] += x[n,i]", "y: [B]\ny[n] += xx[n,i] * W[i,2*o]",
        "y: [B, O]\ny[n,o] += W[n,o] / 0",
      ])
  }

  @Test func claims() {
    snapshot(
      "claims",
      [
        "y = x @ W\ncheck dW = dy.T @ x", "y = x @ W\ncheck dW = x.T @ dz",
        "y = x @ W\ncheck dQ = x",
        "y = x @ W\ncheck Q = x", "y = x @ W\ncheck dWW = x",
        "y = x @ W\ncheck dW[i,o] += dy[n,o]\ncheck db = 1",
        "y = x @ W\nassert y == x", "y = x @ W\nassert y == y.T @ x + hm",
        "loss L = sum(x)\nassert grad(x, W) == 1", "loss L = sum(x)\nassert grad(L, 2*W) == 1",
        "loss L = sum(x)\nassert jvp(x, W, x) == 1", "loss L = sum(x)\nassert grad(L) == 1",
        "y = x @ W\ncheck dx = W @ dy.T", "y = x @ W\ncheck from \"none.json\"",
      ])
  }

  @Test func severalMistakes() {
    snapshot(
      "several-meanings",
      [
        """
        h = x @ V
        z = h + nothing
        u = relu(z) * 2 + x @ W @ W
        k = q + r
        y = u + 1
        loss L = sum(y) + wrong
        check dV = h
        check dW = dL * k
        check dx = dx @ x
        """
      ])
  }

  /// Every diagnostic of a snippet, and what is wrong with its claims, below the layer's declarations.
  private func snapshot(_ name: String, _ snippets: [String]) {
    var report = ""
    for snippet in snippets {
      let (program, diagnostics) = elaborate(Self.layer + snippet + "\n")
      report += "==== \(snippet)\n" + diagnostics.rendered()
      let renderer = DiagnosticRenderer(source: program.source)
      for claim in program.claims {
        if case .failure(let error) = claim.claimed {
          report += "claim \(claim.name): " + renderer.render(error.diagnostic)
        }
      }
    }
    expectSnapshot(report, named: "elaboration-" + name)
  }
}
