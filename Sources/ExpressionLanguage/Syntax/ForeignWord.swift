/// Words of other languages, with what they mean here.
enum ForeignWord {
  /// Python's reserved words: what is written instead.
  static let reserved: [String: String] = [
    "if": choice, "else": choice, "elif": choice,
    "and": "masks are numbers: `a * b` is 1 where both are",
    "or": "masks are numbers: `maximum(a, b)` is 1 where either is",
    "not": "masks are numbers: `1 - a` is 1 where `a` is 0",
    "lambda": "a function is a statement of its own: `def f(x) = …`",
    "for": "ranges belong to index statements: `y[g] += x[g] for g in range(2)`",
    "while": "a loop has a known number of steps: `for t in range(T):`",
    "with": "leave the line out: `stop_gradient(x)` is a value without its derivative",
    "return": "name what is computed, and say `output` and that name",
    "is": "two values are compared with `==`",
    "del": "leave the line out: nothing is freed", "pass": "leave the line out",
    "global": "leave the line out: every name is known below its line",
  ]

  private static let choice = "a choice is `where(condition, a, b)`"

  /// Words that stand for a statement's keyword.
  static let keywords: [String: String] = [
    "parameter": "param", "parameters": "param", "weight": "param", "weights": "param",
    "learnable": "param", "trainable": "param", "constant": "const", "constants": "const",
    "data": "const", "label": "const", "labels": "const", "target": "const", "targets": "const",
    "variable": "input", "variables": "input", "tensor": "input", "size": "dims", "sizes": "dims",
    "dim": "dims", "dimension": "dims", "dimensions": "dims", "function": "def", "fn": "def",
    "func": "def", "verify": "check", "prove": "check", "claim": "check", "objective": "loss",
    "minimize": "loss", "cost": "loss", "returns": "output", "result": "output",
  ]

  /// Attributes that are set in a program and say nothing here.
  static let settings: Set = ["requires_grad", "grad", "training", "data"]
}
