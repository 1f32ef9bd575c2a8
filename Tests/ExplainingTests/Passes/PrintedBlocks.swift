/// Files with blocks whose printed passes are read back.
enum PrintedBlocks {
  static let files = [
    // A plain name that is carried on, and read by a line above its own.
    """
    dims T=4
    input x: [T]
    a = 1
    for t in range(T):
        b = a * x[t]
        a = b + 1
    loss L = sum(b) + a
    """,
    // Two that are carried on, one from the other's value of the step before.
    """
    dims T=4
    input x: [T], w: []
    a = w
    b = w * 2
    for t in range(1, T):
        c = a
        a = b * x[t]
        b = c * x[t-1]
    loss L = a * b
    """,
    // A carried name that a second block begins with, and nothing else needs.
    """
    dims T=4
    input e: [T], s: []
    p = s
    for t in range(1, T):
        p = e[t] * p
    q = p
    for t in range(1, T):
        q = q + e[t]
    loss L = q
    """,
    // A named number beside the names of parts.
    """
    dims T=4
    input x: [T], w: []
    v1 = 3
    rate = v1 / 2
    p = x[0]
    for t in range(T):
        p = p * x[t] * w
    loss L = p * rate + v1 * p**2
    """,
    // A start on a line before its block, read as one of all steps.
    """
    dims T=4
    input x: [T]
    h[0] = x[0]
    for t in range(1, T):
        h[t] = h[t-1] * x[t]
    for t in range(T):
        u = h[T-1-t] * (t + 1)
    loss L = sum(u)
    """,
    // A step by an index number.
    """
    dims T=4
    const k: [] index(T)
    input x: [T], w: []
    for t in range(T):
        h[t] = w * h[t-1] + x[t]
    loss L = h[k]
    """,
    // Parts of one block and of another that are added up.
    """
    dims T=4, N=2
    input x: [T, N], w: [N, N]
    for t in range(1, T), h[0] = x[0]:
        s = h[t-1] @ w
        h[t] = s * x[t]
    for t in range(1, T), g[0] = h[0]:
        z = g[t-1] @ w
        g[t] = z + h[t] * s[t]
    loss L = sum(g)
    """,
    // A sum of a step, which is no sum over the steps.
    """
    dims T=3, D=2
    input x: [T, D], h0: [D]
    for t in range(T), h[-1] = h0:
        h[t] = cumsum(h[t-1], axis=0) + x[t]
    loss L = sum(h * x)
    """,
    // An output that its own block reads, alone and beside another that reads it.
    """
    dims T=4
    input x: [T], w: []
    for t in range(T):
        h[t] = w * h[t-1] + x[t]
    output h
    """,
    """
    dims T=4
    input x: [T], w: []
    for t in range(T):
        h[t] = tanh(w * h[t-1] + x[t])
        o[t] = h[t] * w
    output h, o
    """,
    // Derivatives of recurrences.
    """
    dims T=3
    input x: [T]
    for t in range(T), h[-1] = 1:
        h[t] = h[t-1] * x[t]
    loss L = h[T-1]
    H = hessian(L, x)
    """,
    """
    dims T=3
    input x: [T]
    for t in range(T), h[-1] = 1:
        h[t] = h[t-1] * x[t]
    y = h
    J = jacobian(y, x)
    output y
    """,
  ]
}
