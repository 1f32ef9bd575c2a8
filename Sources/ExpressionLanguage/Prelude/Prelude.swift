import Diagnostics
import Layers

/// Functions of the language that are written in it: `def` statements in the files beside this one.
///
/// To add one: write its `def`, and above it `# sample:` comments with programs that call it, lines parted by `; `.
/// The conformance suite runs every sample through everything.
public enum Prelude {
  /// A function with the programs that call it.
  public struct Function: Sendable {
    /// The function's name, parameters and body, as they were read.
    public let definition: FunctionDefinition
    /// As it is written, `def` included.
    public let source: String
    /// Small programs of the expression language, generic in their sizes.
    public let samples: [String]

    /// Its head as a call, `huber_loss(x, t, reduction="mean", delta=1)`.
    public var signature: String {
      let parameters = definition.parameters.map { parameter in
        parameter.name.name + (parameter.defaultValue.map { "=\($0)" } ?? "")
      }
      return "\(definition.name.name)(\(parameters.joined(separator: ", ")))"
    }
  }

  /// Every function by its name; parsed when it is first asked for.
  public static let functions = table(of: files)

  /// Those that a name means behind the prefix of a module only.
  public static let ofModules: [Framework: [String: Function]] =
    moduleFiles.mapValues { table(of: $0) }

  private static func table(of files: KeyValuePairs<String, [UInt8]>) -> [String: Function] {
    var table: [String: Function] = [:]
    for (name, bytes) in files {
      for function in read(String(decoding: bytes, as: UTF8.self), from: name) {
        let isNew = table.updateValue(function, forKey: function.definition.name.name) == nil
        precondition(isNew, "the prelude defines \(function.definition.name.name) twice")
      }
    }
    return table
  }

  private static let files: KeyValuePairs<String, [UInt8]> = [
    "elementwise.expr": PackageResources.elementwise_expr,
    "activations.expr": PackageResources.activations_expr,
    "losses.expr": PackageResources.losses_expr,
    "layers.expr": PackageResources.layers_expr,
    "tensors.expr": PackageResources.tensors_expr,
  ]

  private static let moduleFiles: [Framework: KeyValuePairs<String, [UInt8]>] = [
    .numpy: ["numpy.expr": PackageResources.numpy_expr],
    .jax: ["jax.expr": PackageResources.jax_expr],
    .lax: ["lax.expr": PackageResources.lax_expr],
    .scipy: ["scipy.expr": PackageResources.scipy_expr],
    .pytorch: ["pytorch.expr": PackageResources.pytorch_expr],
    .linalg: ["linalg.expr": PackageResources.linalg_expr],
  ]

  private static func read(_ text: String, from name: String) -> [Function] {
    let source = SourceText(name: name, text: text)
    var problems = DiagnosticList(source: source)
    let file = SyntaxFile.parse(source, into: &problems)
    precondition(problems.isEmpty, "the prelude's \(name) does not parse: \(problems)")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return file.statements.compactMap { statement in
      guard case .function(let definition) = statement.kind else { return nil }
      let line = source.location(of: statement.range.start).line - 1
      let comments = lines[..<line].reversed().prefix { $0.hasPrefix("#") }.reversed()
      let samples = comments.compactMap { comment -> String? in
        guard comment.hasPrefix("# sample: ") else { return nil }
        return comment.dropFirst("# sample: ".count).split(separator: "; ")
          .joined(separator: "\n")
      }
      return Function(
        definition: definition, source: source[statement.range], samples: samples)
    }
  }
}
