import TensorExpressions

/// Functions that a module for an array library brings along, and its imports.
struct PythonHelpers {
  let target: CodeTarget
  let dialect: Dialect

  /// The functions that some lines call and the library lacks, with those that they call in turn.
  func definitions(for lines: [String]) -> [[String]] {
    var waiting = [lines]
    var added: Set<String> = []
    var result: [[String]] = []
    while let next = waiting.popLast() {
      for function in CodeFunction.table where function.isOwn(in: target) {
        guard Identifiers.holds(function.callName(in: target), before: "(", in: next),
          added.insert(function.name).inserted, let text = definition(of: function)
        else { continue }
        result.insert(text, at: 0)
        waiting.append(Array(text.dropFirst()))
      }
      for (name, text) in Self.additions
      where Identifiers.holds(name, before: "(", in: next) && target == .numpy {
        if added.insert(name).inserted { result.insert(text, at: 0) }
      }
    }
    return result
  }

  private func definition(of function: CodeFunction) -> [String]? {
    let names = Self.parameters(function.arity)
    let head = "def \(function.name)(\(names.joined(separator: ", "))):"
    if let body = function.body(in: target) { return [head, "    return \(body)"] }
    let space = ExpressionSpace()
    let arguments = names.map { space.input($0, []) }
    guard let definition = function.definition(of: arguments) else { return nil }
    var writer = ArrayWriter(dialect, reference: names[0], usedNames: Set(names))
    let lines = writer.lines(CodePlan.Line(name: "y", expression: definition))
    let last = lines.last.map { "return " + $0.dropFirst("y = ".count) } ?? ""
    return [head] + (lines.dropLast() + [last]).map { "    \($0)" }
  }

  /// The names of a function's parameters.
  static func parameters(_ count: Int) -> [String] {
    count == 1 ? ["x"] : Array(["a", "b", "c"].prefix(count))
  }

  /// What NumPy has no call for that returns a new array.
  private static let additions = [("scatter_add", scatterAdd), ("segment_sum", segmentSum)]

  private static let segmentSum = [
    "def segment_sum(values, places, count):",
    "    \"\"\"Zeros, with values added to the rows that the places name.\"\"\"",
    "    result = np.zeros((count, *values.shape[places.ndim:]))",
    "    np.add.at(result, places, values)", "    return result",
  ]

  private static let scatterAdd = [
    "def scatter_add(shape, places, values):",
    "    \"\"\"Zeros of a shape, with values added at places that may repeat.\"\"\"",
    "    strides = [math.prod(shape[axis + 1:]) for axis, _ in enumerate(shape)]",
    "    flat = sum(place * stride for place, stride in zip(places, strides))",
    "    values = np.broadcast_to(values, np.shape(flat))",
    "    return np.bincount(np.ravel(flat), values.ravel(), math.prod(shape)).reshape(shape)",
  ]

  static func imports(_ target: CodeTarget, for lines: [String]) -> [String] {
    let all: [(name: String, statement: String)]
    switch target {
    case .numpy:
      all = [
        ("math", "import math"), ("np", "import numpy as np"), ("scipy", "import scipy.special"),
      ]
      if Identifiers.holds("sliding_window_view", before: "(", in: lines) {
        return Self.needed(all, in: lines)
          + ["from numpy.lib.stride_tricks import sliding_window_view"]
      }
    case .pytorch:
      all = [
        ("math", "import math"), ("torch", "import torch"),
        ("F", "import torch.nn.functional as F"),
      ]
    case .jax:
      all = [
        ("math", "import math"), ("jax", "import jax"), ("jnp", "import jax.numpy as jnp"),
        ("lax", "from jax import lax"),
      ]
    case .cpp, .swift: all = []
    }
    return needed(all, in: lines)
  }

  private static func needed(
    _ imports: [(name: String, statement: String)], in lines: [String]
  ) -> [String] {
    imports.filter { Identifiers.holds($0.name, before: ".", in: lines) }.map(\.statement)
  }
}
