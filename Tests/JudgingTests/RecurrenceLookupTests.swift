import Judging
import Testing

/// Places that a step reads of an index tensor, each pass with a twin that has one slip.
struct RecurrenceLookupTests {
  /// The labels of a step in functions of places.
  @Test(arguments: [
    "l[t] = cross_entropy(x[t], k[t])", "l[t] = -log_softmax(x[t])[k[t]]",
    "l[t] = logsumexp(x[t], axis=0) - x[t, k[t]]",
    "l[t] = -sum(one_hot(k[t], K) * log_softmax(x[t]))",
  ])
  func aStepHasALabel(_ line: String) throws {
    let forward = """
      dims T=4, K=3
      const k: [T] index(K)
      input x: [T, K]
      for t in range(T):
          \(line)
      loss L = sum(l)

      """
    let right = try verdicts(forward + "check dx = softmax(x) - one_hot(k, K)\n")
    #expect(right["dx"]?.holds == true)
    #expect(isWrong(try verdicts(forward + "check dx = softmax(x)\n")["dx"]))
  }

  /// The score of a path: the places of two steps in one lookup.
  @Test func twoStepsNameAnEntry() throws {
    let forward = """
      dims T=4, K=3
      const k: [T] index(K)
      input e: [T, K], A: [K, K]
      s = e[0, k[0]]
      for t in range(1, T):
          s = s + A[k[t-1], k[t]] + e[t, k[t]]
      loss L = s
      check de = one_hot(k, K)

      """
    let right = try verdicts(forward + "check dA[k[t], k[t+1]] += 1 for t in range(T - 1)\n")
    for name in ["de", "dA"] { #expect(right[name]?.holds == true, "\(name)") }
    #expect(
      isWrong(
        try verdicts(forward + "check dA = one_hot(k[:-1], K).T @ one_hot(k[:-1], K)\n")["dA"]))
    #expect(
      isWrong(
        try verdicts(forward + "check dA = outer(one_hot(k, K)[0], one_hot(k, K)[1])\n")["dA"]))
  }

  /// A network that reads letters and says the next, with its pass by hand: what is kept for the step before has a
  /// name.
  @Test func aNetworkOfLettersIsReadAsItIsWritten() throws {
    let forward = """
      dims T=3, V=3, H=2
      const inputs: [T] index(V), targets: [T] index(V)
      param Wxh: [H, V], Whh: [H, H], Why: [V, H], bh: [H], by: [V]
      input hprev: [H]
      for t in range(T), hs[-1] = hprev:
          xs[t] = one_hot(inputs[t], V)
          hs[t] = tanh(Wxh @ xs[t] + Whh @ hs[t-1] + bh)
          ys[t] = Why @ hs[t] + by
          ps[t] = exp(ys[t]) / sum(exp(ys[t]))
          l[t] = -log(ps[t, targets[t]])
      loss L = sum(l)
      dhnext = zeros(H)
      for t in reversed(range(T)):
          dy = ps[t] - one_hot(targets[t], V)
          dh = Why.T @ dy + dhnext
          dhraw = (1 - hs[t]**2) * dh
          dhnext = Whh.T @ dhraw
          check dWhy += outer(dy, hs[t])
          check dby += dy
          check dbh += dhraw
          check dWxh += outer(dhraw, xs[t])
          check dWhh += outer(dhraw, hs[t-1])
      check dhprev = dhnext

      """
    let right = try verdicts(forward)
    for name in ["dWhy", "dby", "dbh", "dWxh", "dWhh", "dhprev"] {
      #expect(right[name]?.holds == true, "\(name)")
    }
    let forgetful = try verdicts(
      forward.replacing("dh = Why.T @ dy + dhnext", with: "dh = Why.T @ dy"))
    for name in ["dbh", "dWxh", "dWhh"] { #expect(isWrong(forgetful[name]), "\(name)") }
    let late = try verdicts(
      forward.replacing("outer(dhraw, hs[t-1])", with: "outer(dhraw, hs[t])"))
    #expect(isWrong(late["dWhh"]))
  }

  /// A label that is ignored counts at no step.
  @Test func anIgnoredLabelIsNone() throws {
    let forward = """
      dims T=3, K=2
      const k: [T] index(K, ignore=-1)
      input x: [T, K]
      for t in range(T):
          l[t] = x[t, k[t]] ** 2
      loss L = sum(l)

      """
    #expect(try verdicts(forward + "check dx = 2 * x * one_hot(k, K)\n")["dx"]?.holds == true)
    let all = "check dx = 2 * x * (arange(K) == k[:, None])\n"
    #expect(try verdicts(forward + all)["dx"]?.holds == true)
    let last =
      "check dx = 2 * x * ((arange(K) == k[:, None]) + (k < 0)[:, None] * (arange(K) == K - 1))\n"
    #expect(isWrong(try verdicts(forward + last)["dx"]))
  }
}
