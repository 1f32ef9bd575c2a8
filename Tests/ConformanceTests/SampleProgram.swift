import Derivation
import Diagnostics
import Evaluation
import ExpressionLanguage
import Judging
import Reporting
import TensorExpressions

/// A text of the expression language that was understood, with what is derived from it.
struct SampleProgram {
  let text: String
  let program: Program
  let output: Program.Output.Result
  let backward: BackwardPass
  let sizes: [String: Int]

  struct Unusable: Error, CustomStringConvertible {
    let description: String
  }

  init(_ text: String) throws {
    self.text = text
    let source = SourceText(name: "sample.expr", text: text)
    var diagnostics = DiagnosticList(source: source)
    guard let program = FileCheck().program(of: source, into: &diagnostics) else {
      throw Unusable(description: diagnostics.rendered())
    }
    self.program = program
    guard let output = program.output?.whole, let backward = try Checker.derive(program) else {
      throw Unusable(description: "nothing is differentiated")
    }
    self.output = output
    self.backward = backward
    guard let sizes = Self.bindings(program).chosen() else {
      throw Unusable(description: "no sizes")
    }
    self.sizes = sizes
  }

  private static func bindings(_ program: Program) -> SizeBindings {
    var given: [String: Int] = [:]
    var ranges: [String: ClosedRange<Int>] = [:]
    for size in program.sizes {
      switch size.extent {
      case .free: break
      case .fixed(let number): given[size.name] = number
      case .range(let range): ranges[size.name] = range
      }
    }
    return SizeBindings(
      for: program.declarations.map(\.symbol) + program.values.map(\.value), given: given,
      ranges: ranges,
      conditions: program.shapeConditions.map { condition, _ in
        switch condition {
        case .divisible(let d): .divisible(d.dividend, by: d.divisor)
        case .atLeast(let size, let bound): .atLeast(size, bound)
        }
      })
  }

  /// The differentiable tensors of the file.
  var moving: [TensorExpression] {
    program.declarations.map(\.symbol).filter {
      if case .symbol(let symbol) = $0.kind { symbol.isDifferentiable } else { false }
    }
  }

  /// The derived pass against dual numbers.
  var adjointIdentity: AdjointIdentity {
    AdjointIdentity(
      output: output.value, upstream: output.upstream,
      cotangents: backward.cotangents.filter { moving.contains($0.key) }, sizes: sizes)
  }

  /// The file with the derived pass behind it, as `gradcheck derive` prints it, each gradient by a value of the file
  /// as a claim.
  ///
  /// The gradient by a value that only the derivation has named is no claim, since nothing in the file depends on
  /// that value: it goes by another name, as an ordinary statement.
  var textClaimingItsPass: String? {
    guard
      let printed = DerivedPass(
        program, targets: [], diagnostics: DiagnosticList(source: program.source)
      ).text()
    else { return textWithOutput }
    let own = Set(implicitNames.map { "d" + $0 })
    let claimed = claimedNames
    var lines: [String] = []
    for line in printed.split(separator: "\n").map(String.init) {
      if let gradient = backward.lines.first(where: {
        own.contains($0.name) && line.hasPrefix($0.name + "[")
      }) {
        lines.append("own_\(gradient.name): \(shapeText(gradient.cotangent.shape))")
      }
      let words = line.splitAtWords.map { own.contains($0) ? "own_" + $0 : $0 }
      let head = words.first ?? ""
      // The forward pass stands in the text already, in its author's words.
      if !claimed.contains(head),
        ["loss", "output"].contains(head) || program.values.contains(where: { $0.name == head })
      {
        continue
      }
      lines.append((claimed.contains(head) ? "check " : "") + words.joined())
    }
    return textWithOutput + "\n" + lines.joined(separator: "\n") + "\n"
  }

  /// The gradients that the text claims.
  var claimedNames: Set<String> {
    let implicit = Set(implicitNames.map { "d" + $0 })
    return Set(backward.lines.filter { $0.primal != nil }.map(\.name)).subtracting(implicit)
  }

  private var implicitNames: [String] { backward.implicitValues.compactMap(\.name) }

  /// The text with its output said, so that statements behind it belong to the backward pass.
  private var textWithOutput: String {
    guard let name = output.value.name, !text.contains("output "), !text.contains("loss ") else {
      return text
    }
    if output.upstream != nil { return text + "\noutput \(name)" }
    return text.split(separator: "\n").map { line in
      line.hasPrefix(name + " = ") ? "loss \(line)" : String(line)
    }.joined(separator: "\n")
  }
}

extension String {
  /// Identifiers, and what stands between them.
  fileprivate var splitAtWords: [String] {
    var words: [String] = []
    var endsInWord = false
    for character in self {
      let isWord = character.isLetter || character.isNumber || character == "_"
      if isWord == endsInWord, !words.isEmpty {
        words[words.count - 1].append(character)
      } else {
        words.append(String(character))
      }
      endsInWord = isWord
    }
    return words
  }
}

/// The same program under other names for its sizes, numbers in shapes being given names first.
///
/// A number that something depends on (an axis of extent 3 taken by name, a kernel that must be even) makes the
/// result unusable; then only the names that are there already are changed.
enum SizeRenaming {
  static func renamed(_ text: String) -> String {
    var numbers: [Int: String] = [:]
    var lines: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let word = line.prefix { $0.isLetter }
      guard ["input", "param", "const"].contains(word) else {
        lines.append(String(line))
        continue
      }
      var result = ""
      var digits = ""
      func flush() {
        if let number = Int(digits), number >= 2, !(result.last?.isLetter ?? false) {
          let name = numbers[number] ?? "size_\(number)"
          numbers[number] = name
          result += name
        } else {
          result += digits
        }
        digits = ""
      }
      var depth = 0
      for character in line {
        if character == "[" { depth += 1 }
        if character.isNumber, depth > 0 {
          digits.append(character)
          continue
        }
        flush()
        if character == "]" { depth -= 1 }
        result.append(character)
      }
      flush()
      lines.append(result)
    }
    let declared = numbers.sorted { $0.key < $1.key }.map { "dims \($0.value)=\($0.key)" }
    return (declared + lines).joined(separator: "\n")
  }
}
