import Diagnostics
import Evaluation
import ProgramTestSupport
import Scalars
import Testing
import ToolkitTestSupport

@testable import Judging
@testable import PropertyTesting

/// A layer with a bug in its gradient, sizes in ranges.
struct ShrinkingSample: CustomTestStringConvertible {
  let name: String
  let text: String

  var testDescription: String { name }

  static let all = [
    ShrinkingSample(
      name: "transpose hidden by square weights",
      text: """
        dims B in 1..4, I in 2..5
        input x: [B, I]
        param W: [I, I]
        y = x @ W
        output y
        check dW = (x.T @ dy).T
        check dx = dy @ W.T
        """),
    ShrinkingSample(
      name: "missing sum over the batch",
      text: """
        dims B in 1..4, I in 1..4, O in 1..4
        input x: [B, I]
        param W: [I, O], b: [O]
        y = x @ W + b
        output y
        check db = dy[0]
        """),
    ShrinkingSample(
      name: "kernel not flipped",
      text: """
        dims N in 1..2, C in 1..3, O in 1..3, H in 3..7, K in 1..3
        input x: [N, C, H]
        param w: [O, C, K]
        y = conv1d(x, w)
        output y
        check dx = conv1d(pad(dy, ((0,0),(0,0),(K-1,K-1))), w.permute(1,0,2))
        """),
    ShrinkingSample(
      name: "stride forgotten",
      text: """
        dims N in 1..2, C in 1..2, O in 1..2, H in 5..9, K in 1..3, S in 1..3
        input x: [N, C, H]
        param w: [O, C, K]
        y = conv1d(x, w, stride=S)
        output y
        check dx[n,c,p+k] += dy[n,o,p] * w[o,c,k]
        """),
    ShrinkingSample(
      name: "remainder of the stride lost",
      text: """
        dims N in 1..2, H in 4..9, K in 2..3, S in 2..3
        input x: [N, 1, H]
        param w: [1, 1, K]
        y = conv1d(x, w, stride=S)
        output y
        check dx[n,c,S*p+k] += dy[n,o,p+1] * w[o,c,k]
        """),
    ShrinkingSample(
      name: "mean for sum",
      text: """
        dims B in 1..5, O in 1..4
        input y: [B, O]
        const t: [B, O]
        loss L = sum((y - t)**2)
        check dy = 2*(y - t)/B
        """),
    ShrinkingSample(
      name: "softmax without its second term",
      text: """
        dims B in 1..3, n in 1..5
        input x: [B, n]
        y = softmax(x)
        output y
        check dx = y * dy
        """),
    ShrinkingSample(
      name: "mask of the wrong value",
      text: """
        dims B in 1..3, I in 1..4
        input x: [B, I]
        z = x * x - 1
        y = relu(z)
        output y
        check dx = dy * step(x) * 2*x
        """),
    ShrinkingSample(
      name: "layer norm without its mean term",
      text: """
        dims B in 1..3, n in 2..5
        input x: [B, n]
        m = mean(x, axis=1, keepdims=True)
        y = x - m
        output y
        check dx = dy
        """),
    ShrinkingSample(
      name: "channels exchanged in a weight gradient",
      text: """
        dims N in 1..2, C in 1..3, H in 3..5, K in 1..2
        input x: [N, C, H]
        param w: [C, C, K]
        y = conv1d(x, w)
        output y
        check dw[c,o,k] += dy[n,o,p] * x[n,c,p+k]
        """),
  ]
}

@Suite struct PropertyRunShrinkingTests {
  @Test(arguments: ShrinkingSample.all)
  func theSmallestCaseFailsByItselfAndNothingSmallerDoes(_ sample: ShrinkingSample) throws {
    let source = SourceText(name: "layer.expr", text: sample.text)
    let report = try PropertyRun(source, options: .init(runs: 8, seed: 3)).report()
    let failure = try #require(report.failures.first { $0.counterexample != nil })
    let smallest = try #require(failure.counterexample)

    // It fails by itself, at its own point.
    #expect(try Self.isWrong(smallest.text, at: smallest.point))

    // No size of it can be smaller.
    let subject = try PropertySubject(source, loading: { throw UnreadableFile(name: $0) })
    let draws = SizeDraws(bindings: subject.bindings)
    let claim = try Self.claim(failure, in: subject)
    for name in draws.drawnNames {
      let value = try #require(smallest.sizes[name])
      withEvery(name, in: draws.range(of: name).lowerBound..<value) { smaller in
        var sizes = smallest.sizes
        sizes[name] = smaller
        guard draws.bindings.conditions.allSatisfy({ $0.holds(sizes) }) else { return }
        let text = subject.text(at: sizes, keeping: claim)
        let isWrong = try Self.isWrong(text, at: nil)
        #expect(!isWrong, Trace.comment)
      }
    }
  }

  @Test func valuesBecomeSmallIntegers() throws {
    let source = SourceText(name: "layer.expr", text: ShrinkingSample.all[1].text)
    let report = try PropertyRun(source, options: .init(runs: 8, seed: 3)).report()
    let smallest = try #require(report.failures.first?.counterexample)
    // A missing sum over B needs two rows, one of which is not zero.
    #expect(smallest.sizes == ["B": 2, "I": 1, "O": 1])
    #expect(smallest.point["dy"]?.text() == "[[0], [1]]")
    #expect(smallest.exact == "1")
    #expect(smallest.claimed == "0")
    #expect(!smallest.text.contains("in 1..4"))
  }

  /// The range of the failing claim in the original file.
  private static func claim(_ failure: PropertyReport.Failure, in subject: PropertySubject) throws
    -> SourceRange
  {
    let program = try subject.program(at: [:]).program
    let claim = try #require(program.claims.first { $0.name == failure.claim })
    return claim.range
  }

  /// Whether a file's only claim is wrong.
  private static func isWrong(
    _ text: String, at point: JSONValue?
  ) throws -> Bool {
    let program = try program(text)
    var options = CheckOptions(seed: 99, searchesCauses: false)
    if let point { options.givenValues = try values(point) }
    // Only the file's own sizes: no other draw may do the refusing.
    for size in program.sizes {
      if case .fixed(let n) = size.extent { options.sizes[size.name] = n }
    }
    let claims = try Checker(options).check(program).claims
    #expect(claims.count == 1)
    if case .wrong = claims[0].verdict { return true }
    return false
  }

  private static func values(_ point: JSONValue) throws -> [String: Tensor<Rational>] {
    var values: [String: Tensor<Rational>] = [:]
    for (name, value) in point.objectValue?.members ?? [] {
      var extents: [Int] = []
      var level = value
      while let list = level.arrayValue {
        extents.append(list.count)
        level = try #require(list.first)
      }
      func flat(_ value: JSONValue) throws -> [Rational] {
        switch value {
        case .array(let list): try list.flatMap(flat)
        case .number(let text), .string(let text): [try #require(Rational(parsing: text))]
        default: []
        }
      }
      values[name] = Tensor(extents: extents, elements: try flat(value))
    }
    return values
  }
}
