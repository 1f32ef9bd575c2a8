import TensorExpressions

/// A layer as a module of loops: a header of templates in C++, functions on arrays in Swift.
struct LoopModule {
  let plan: CodePlan
  let language: LoopLanguage

  func text() -> String {
    let functions =
      [function("forward", plan.forward, upstreams: [])]
      + [function("backward", plan.backward, upstreams: plan.upstreams)]
      + plan.derivatives.map { function($0.results[0].name, $0, upstreams: []) }
    let helpers = LoopHelpers(language: language).definitions(for: functions.flatMap { $0 })
    let blocks = helpers + functions
    let constants = constants(for: blocks.flatMap { $0 })
    let parts = (constants.isEmpty ? [] : [constants]) + blocks
    let body = parts.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
    switch language {
    case .swift:
      return
        "// \(plan.stem): its forward pass and the derivatives of it.\n\nimport Foundation\n\n\(body)"
    case .cxx:
      let name = space
      return """
        // \(plan.stem): its forward pass and the derivatives of it.
        #pragma once

        #include <algorithm>
        #include <cmath>
        #include <limits>
        #include <vector>

        namespace \(name) {

        \(body)
        }  // namespace \(name)

        """
    }
  }

  private var space: String {
    let name = ModuleName.underscored(plan.stem)
    return ReservedNames.cxx.contains(name) ? name + "_" : name
  }

  private func constants(for lines: [String]) -> [String] {
    let used = Identifiers.names(in: lines)
    return plan.sizes.constants.compactMap { size in
      guard let extent = size.extent, used.contains(size.name) else { return nil }
      switch language {
      case .cxx: return "constexpr long \(size.name) = \(extent);"
      case .swift: return "let \(size.name) = \(extent)"
      }
    }
  }

  private func function(
    _ name: String, _ function: CodePlan.Function, upstreams: [CodePlan.Tensor]
  ) -> [String] {
    var writer = LoopWriter(
      language, usedNames: plan.usedNames, results: Set(function.results.map(\.name)))
    writer.depth = 1
    for statement in function.statements { writer.write(statement) }
    var body = writer.lines
    let used = Identifiers.names(in: body)
    let told = Set(plan.sizes.told.map(\.name))
    let sizes = plan.sizeNames.filter { told.contains($0) && used.contains($0) }
    let tensors = upstreams + plan.arguments
    switch language {
    case .cxx: return cxxHead(name, sizes, tensors, used, function) + body + ["}"]
    case .swift:
      body.append("  return " + Self.swiftResult(function.results, name) { "\($0): \($0)" })
      return swiftHead(name, sizes, tensors, function) + body + ["}"]
    }
  }

  private func cxxHead(
    _ name: String, _ sizes: [String], _ tensors: [CodePlan.Tensor], _ used: Set<String>,
    _ function: CodePlan.Function
  ) -> [String] {
    let parameters =
      sizes.map { "long \($0)" }
      + tensors.map { tensor in
        let name = used.contains(tensor.name) ? tensor.name : "/*\(tensor.name)*/"
        return "const \(tensor.isIndex ? "long" : "T")* \(name)"
      }
      + function.results.map { "T* \($0.name)" }
    return ["template <class T>"] + Self.wrapped("void \(name)(", parameters, ") {")
  }

  private func swiftHead(
    _ name: String, _ sizes: [String], _ tensors: [CodePlan.Tensor],
    _ function: CodePlan.Function
  ) -> [String] {
    let parameters =
      sizes.map { "\($0): Int" }
      + tensors.map { "\($0.name): \($0.isIndex ? "[Int]" : "[Double]")" }
    let result = Self.swiftResult(function.results, name) { "\($0): [Double]" }
    let type = function.results.count == 1 ? "[Double]" : result
    return Self.wrapped("func \(name)(", parameters, ") -> \(type) {")
  }

  /// A result alone, or several as a tuple with labels.
  private static func swiftResult(
    _ results: [CodePlan.Tensor], _ name: String, _ entry: (String) -> String
  ) -> String {
    if results.count == 1 { return results[0].name }
    return "(\(results.map { entry($0.name) }.joined(separator: ", ")))"
  }

  /// A head on one line, or with its parameters below it where they are too many.
  private static func wrapped(
    _ start: String, _ parameters: [String], _ end: String
  ) -> [String] {
    let whole = start + parameters.joined(separator: ", ") + end
    if whole.count <= 100 { return [whole] }
    var lines = [start]
    var line = ""
    for (number, parameter) in parameters.enumerated() {
      let text = parameter + (number == parameters.count - 1 ? "" : ",")
      if !line.isEmpty, line.count + text.count > 90 {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "    " : " ") + text
    }
    return lines + [line + end]
  }
}
