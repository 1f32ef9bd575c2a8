import TensorExpressions

/// The functions of the expression language by name.
public struct FunctionCatalogue: Sendable {
  /// The functions, in the order in which they are listed.
  public let functions: [CatalogueFunction]
  private let byName: [String: CatalogueFunction]
  private let byFramework: [Framework: [String: CatalogueFunction]]

  /// A catalogue of these functions, each found by its name and its aliases.
  ///
  /// - Precondition: no two functions of one framework, and no two of none, share a name.
  public init(_ functions: [CatalogueFunction]) {
    self.functions = functions
    func table(_ framework: Framework?) -> [String: CatalogueFunction] {
      Dictionary(
        uniqueKeysWithValues: functions.filter { $0.framework == framework }.flatMap { function in
          ([function.name] + function.aliases).map { ($0, function) }
        })
    }
    byName = table(nil)
    byFramework = Dictionary(
      uniqueKeysWithValues: Framework.allCases.map { ($0, table($0)) })
  }

  /// Every name that may stand before `(`, aliases included, sorted.
  public var names: [String] {
    byName.filter { !$0.value.isProperty }.keys.sorted()
  }

  /// The function of that name or alias.
  ///
  /// - Parameter framework: whose function is meant; where it has none of its own, the language's.
  public func function(_ name: String, of framework: Framework? = nil) -> CatalogueFunction? {
    let own = framework?.chain.lazy.compactMap { byFramework[$0]?[name] }.first
    guard let function = own ?? byName[name], !function.isProperty else { return nil }
    return function
  }

  /// Whether a name is a property, `x.T`.
  public func isProperty(_ name: String) -> Bool { byName[name]?.isProperty == true }

  /// The function of that name which only a module has.
  public func function(_ name: String, onlyOf module: Framework) -> CatalogueFunction? {
    byFramework[module]?[name]
  }

  /// The frameworks that have a function of that name with a meaning of its own.
  public func frameworks(with name: String) -> [Framework] {
    Framework.allCases.filter { byFramework[$0]?[name] != nil }
  }

  /// The value of a call. A method call is the same with the object as the first argument.
  ///
  /// - Throws: ``LayerError`` for arguments that do not fit, and for a function that gives several tensors; see
  ///   ``results(of:_:keywords:in:assuming:)``.
  public func call(
    _ name: String, _ positional: [Argument], keywords: [(name: String, value: Argument)] = [],
    in space: ExpressionSpace, assuming assumptions: ShapeAssumptions = .none
  ) throws(LayerError) -> TensorExpression {
    guard let function = function(name) else { throw .argument(.unknownFunction(name)) }
    let value = try results(
      of: function, positional, keywords: keywords, in: space, assuming: assumptions)
    guard case .tensor(let tensor) = value else {
      throw .shape(.argument(function: name, name: "result", rule: "is several tensors"))
    }
    return tensor
  }

  /// The value of a property, `x.T`.
  public func property(
    _ name: String, of x: TensorExpression, assuming assumptions: ShapeAssumptions = .none
  ) throws(LayerError) -> TensorExpression {
    guard let function = byName[name], function.isProperty else {
      throw .argument(.unknownFunction(name))
    }
    let value = try results(of: function, [.tensor(x)], in: x.space, assuming: assumptions)
    guard case .tensor(let tensor) = value else { throw .argument(.unknownFunction(name)) }
    return tensor
  }

  /// What a call gives: a tensor, or a list of several.
  ///
  /// - Parameter wantsPlaces: whether a function that has both gives its value and the places that it was found at.
  public func results(
    of function: CatalogueFunction, _ positional: [Argument],
    keywords: [(name: String, value: Argument)] = [], in space: ExpressionSpace,
    assuming assumptions: ShapeAssumptions = .none, wantsPlaces: Bool = false
  ) throws(LayerError) -> Argument {
    let arguments: BoundArguments
    do {
      arguments = try BoundArguments(
        positional, keywords, to: function, in: space, assuming: assumptions)
    } catch {
      throw .argument(error)
    }
    do {
      switch function.body {
      case .value(let body): return .tensor(try body(arguments))
      case .parts(let body): return .list(try body(arguments).map { .tensor($0) })
      case .pair(let body):
        let both = try body(arguments)
        guard wantsPlaces, arguments.asksForPlaces, let places = both.places else {
          return .tensor(both.value)
        }
        return .list([.tensor(both.value), .tensor(places)])
      case .first(let body):
        let value = Argument.tensor(try body(arguments))
        return wantsPlaces ? .list([value]) : value
      }
    } catch {
      throw .shape(error)
    }
  }
}
