extension CodeNotation {
  /// What must stand before `lines`: imports or includes, and definitions of the functions that they call and the
  /// library does not have.
  public func preamble(for lines: [String]) -> [String] {
    var result = imports
    var waiting = lines
    var added: Set<String> = []
    var definitions: [String] = []
    while let line = waiting.popLast() {
      for (name, body) in functions where Self.calls(name, in: line) && added.insert(name).inserted
      {
        definitions.insert(body, at: 0)
        waiting.append(String(body.drop { $0 != ":" && $0 != "{" }))
      }
    }
    result += definitions
    return result
  }

  /// Whether the name stands before a parenthesis, by itself.
  private static func calls(_ name: String, in line: String) -> Bool {
    line.split(separator: name + "(", omittingEmptySubsequences: false).dropLast().contains {
      part in
      guard let last = part.last else { return true }
      return !last.isLetter && !last.isNumber && last != "_" && last != "."
    }
  }

  private var imports: [String] {
    switch target {
    case .numpy: ["import numpy as np", "import scipy.special"]
    case .pytorch: ["import torch", "import torch.nn.functional as F"]
    case .jax: ["import jax", "import jax.numpy as jnp", "from jax import lax, nn"]
    case .cxx: ["#include <cmath>", "#include <numbers>", "#include <vector>"]
    case .swift: ["import Foundation"]
    }
  }

  private var functions: [(String, String)] {
    switch target {
    case .numpy: Self.numpyFunctions + Self.windowFunctions("np", "", ".max", "np.moveaxis")
    case .pytorch:
      [("step", "def step(x): return (x > 0).to(x.dtype)")]
        + Self.windowFunctions("torch", "torch.", ".amax", "torch.movedim")
    case .jax: Self.jaxFunctions + Self.windowFunctions("jnp", "nn.", ".max", "jnp.moveaxis")
    case .cxx: Self.scalarFunctions.map { ($0.name, $0.cxx) }
    case .swift: Self.scalarFunctions.map { ($0.name, $0.swift) }
    }
  }

  private static let numpyFunctions = [
    ("step", "def step(x): return np.where(x > 0, 1.0, 0.0)"),
    ("rsqrt", "def rsqrt(x): return 1 / np.sqrt(x)"),
    ("relu", "def relu(x): return np.maximum(x, 0)"),
    ("softplus", "def softplus(x): return np.logaddexp(0, x)"),
    ("silu", "def silu(x): return x * scipy.special.expit(x)"),
    ("gelu", "def gelu(x): return x * (1 + scipy.special.erf(x / np.sqrt(2))) / 2"),
    ("elu", "def elu(x, alpha=1): return np.where(x > 0, x, alpha * np.expm1(x))"),
    (
      "selu",
      "def selu(x): return 1.050700987355480493 * elu(x, 1.673263242354377284)"
    ),
    (
      "leaky_relu",
      "def leaky_relu(x, slope=0.01): return np.where(x > 0, x, slope * x)"
    ),
    ("hardtanh", "def hardtanh(x, low=-1, high=1): return np.clip(x, low, high)"),
  ]

  private static let jaxFunctions = [
    ("step", "def step(x): return jnp.where(x > 0, 1.0, 0.0)"),
    ("gelu", "def gelu(x): return nn.gelu(x, approximate=False)"),
    ("hardtanh", "def hardtanh(x, low=-1, high=1): return jnp.clip(x, low, high)"),
  ]

  /// Maxima over axes and windows, and the patterns of the entries that they take.
  private static func windowFunctions(
    _ module: String, _ prefix: String, _ maximum: String, _ moveAxis: String
  ) -> [(String, String)] {
    let copy = module == "torch" ? "x.to(torch.get_default_dtype())" : "x * 1.0"
    let shares = """
      def extremum_selector(x, axis, take):
          axes = tuple(range(x.ndim)) if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
          last = tuple(range(x.ndim - len(axes), x.ndim))
          x = \(moveAxis)(x, axes, last)
          hits = (x == take(x, last)) * 1.0
          return hits / hits.sum(last, keepdims=True)
      """
    let keepAxes = module == "torch" ? "keepdim" : "keepdims"
    func take(_ function: String) -> String {
      "lambda v, a: \(module).\(module == "torch" ? "a" : "")\(function)(v, a, \(keepAxes)=True)"
    }
    let windows = """
      def pooling_windows(x, kernel, stride, padding, dilation, layout, rank):
          each = lambda v: (v,) * rank if isinstance(v, int) else tuple(v)
          kernel, padding, dilation = each(kernel), each(padding), each(dilation)
          stride = kernel if stride is None else each(stride)
          first = 2 if layout == "NCHW" else 1
          index = [slice(None)] * x.ndim
          x = \(copy)
          for i in range(rank):
              shape = list(x.shape)
              shape[first + i] = padding[i]
              edge = \(module).full(tuple(shape), -\(module).inf)
              x = \(module == "torch" ? "torch.cat" : "\(module).concatenate")([edge, x, edge], \(module == "torch" ? "dim" : "axis")=first + i)
              count = (x.shape[first + i] - dilation[i] * (kernel[i] - 1) - 1) // stride[i] + 1
              starts = \(module).arange(count) * stride[i]
              taps = \(module).arange(kernel[i]) * dilation[i]
              shape = [1] * (2 * rank)
              shape[i], shape[rank + i] = count, kernel[i]
              index[first + i] = (starts[:, None] + taps).reshape(shape)
          x = x[tuple(index)]
          # Behind the output's axes come the windows'.
          place = tuple(range(first + rank, first + 2 * rank))
          return \(moveAxis)(x, place, tuple(range(x.ndim - rank, x.ndim)))
      """
    let first = """
      def window_selector(w, rank):
          flat = w.reshape(*w.shape[:w.ndim - rank], -1)
          hits = \(module).arange(flat.shape[-1]) == flat.argmax(-1)[..., None]
          return (hits * 1.0).reshape(w.shape)
      """
    var result: [(String, String)] = [
      ("extremum_selector", shares), ("pooling_windows", windows), ("window_selector", first),
      (
        "max_selector",
        "def max_selector(x, axis=None): return extremum_selector(x, axis, \(take("max")))"
      ),
      (
        "min_selector",
        "def min_selector(x, axis=None): return extremum_selector(x, axis, \(take("min")))"
      ),
    ]
    for rank in 1...2 {
      let parameters = "x, kernel, stride=None, padding=0, dilation=1, layout=\"NCHW\""
      let call = "pooling_windows(x, kernel, stride, padding, dilation, layout, \(rank))"
      let axes = (1...rank).map { "-\($0)," }.joined(separator: " ")
      result.append(
        (
          "max_pool\(rank)d",
          "def max_pool\(rank)d(\(parameters)): return \(call)\(maximum)((\(axes)))"
        ))
      result.append(
        (
          "max_pool\(rank)d_selector",
          "def max_pool\(rank)d_selector(\(parameters)): return window_selector(\(call), \(rank))"
        ))
    }
    return result
  }

  /// Functions of one entry, for loops.
  private static let scalarFunctions: [(name: String, cxx: String, swift: String)] = [
    scalar("reciprocal", "x", "1 / x"),
    scalar("sigmoid", "x", "1 / (1 + exp(-x))"),
    scalar("softplus", "x", "log1p(exp(x))"),
    scalar("silu", "x", "x / (1 + exp(-x))"),
    scalar("gelu", "x", "x * (1 + erf(x / sqrt(2.0))) / 2"),
    scalar("rsqrt", "x", "1 / sqrt(x)"),
    scalar("relu", "x", "x > 0 ? x : 0"),
    scalar("leaky_relu", "x, slope", "x > 0 ? x : slope * x"),
    scalar("elu", "x, alpha", "x > 0 ? x : alpha * expm1(x)"),
    scalar(
      "selu", "x",
      "1.050700987355480493 * (x > 0 ? x : 1.673263242354377284 * expm1(x))"),
    scalar("sign", "x", "x > 0 ? 1 : (x < 0 ? -1 : 0)"),
    scalar("maximum", "a, b", "a > b ? a : b"),
    scalar("minimum", "a, b", "a < b ? a : b"),
    scalar("clip", "x, low, high", "x < low ? low : (x > high ? high : x)"),
    scalar("hardtanh", "x, low, high", "x < low ? low : (x > high ? high : x)"),
    scalar("where", "c, a, b", "c != 0 ? a : b"),
  ]

  private static func scalar(
    _ name: String, _ parameters: String, _ body: String
  ) -> (name: String, cxx: String, swift: String) {
    let names = parameters.split(separator: ",").map { $0.filter { $0 != " " } }
    let cxx = names.map { "double \($0)" }.joined(separator: ", ")
    let swift = names.map { "_ \($0): Double" }.joined(separator: ", ")
    let own = name == "where" ? "`where`" : name
    return (
      name, "inline double \(name)(\(cxx)) { return \(body); }",
      "func \(own)(\(swift)) -> Double { \(body) }"
    )
  }
}
