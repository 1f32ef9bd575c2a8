import TensorExpressions

/// The functions of the expression language by name.
public struct FunctionCatalogue: Sendable {
  public let functions: [CatalogueFunction]
  private let byName: [String: CatalogueFunction]

  /// - Precondition: no two functions share a name.
  public init(_ functions: [CatalogueFunction]) {
    self.functions = functions
    byName = Dictionary(
      uniqueKeysWithValues: functions.flatMap { function in
        ([function.name] + function.aliases).map { ($0, function) }
      })
  }

  /// Every name that may stand before `(`, aliases included, sorted.
  public var names: [String] {
    byName.filter { !$0.value.isProperty }.keys.sorted()
  }

  /// The function of that name or alias.
  public func function(_ name: String) -> CatalogueFunction? {
    guard let function = byName[name], !function.isProperty else { return nil }
    return function
  }

  /// The value of a call. A method call is the same with the object as the first argument.
  public func call(
    _ name: String, _ positional: [Argument], keywords: [(name: String, value: Argument)] = [],
    in space: ExpressionSpace, assuming assumptions: ShapeAssumptions = .none
  ) throws(LayerError) -> TensorExpression {
    guard let function = function(name) else { throw .argument(.unknownFunction(name)) }
    return try value(of: function, positional, keywords, in: space, assumptions)
  }

  /// The value of a property, `x.T`.
  public func property(
    _ name: String, of x: TensorExpression, assuming assumptions: ShapeAssumptions = .none
  ) throws(LayerError) -> TensorExpression {
    guard let function = byName[name], function.isProperty else {
      throw .argument(.unknownFunction(name))
    }
    return try value(of: function, [.tensor(x)], [], in: x.space, assumptions)
  }

  private func value(
    of function: CatalogueFunction, _ positional: [Argument],
    _ keywords: [(name: String, value: Argument)], in space: ExpressionSpace,
    _ assumptions: ShapeAssumptions
  ) throws(LayerError) -> TensorExpression {
    let arguments: BoundArguments
    do {
      arguments = try BoundArguments(
        positional, keywords, to: function, in: space, assuming: assumptions)
    } catch {
      throw .argument(error)
    }
    do {
      return try function.body(arguments)
    } catch {
      throw .shape(error)
    }
  }
}
