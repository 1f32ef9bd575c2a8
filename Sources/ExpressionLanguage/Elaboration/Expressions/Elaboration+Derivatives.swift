import Derivation
import Diagnostics
import Layers
import TensorExpressions

/// The functions that differentiate.
enum DerivativeOperation: String, CaseIterable, Sendable {
  case grad, jacobian, hessian, jvp, vjp

  /// How many operands there are: the value, what it is differentiated by, and a direction.
  var operandCount: Int {
    switch self {
    case .grad, .jacobian, .hessian: 2
    case .jvp, .vjp: 3
    }
  }

  var needsScalar: Bool { self == .grad || self == .hessian }
}

extension Elaboration {
  mutating func derivative(
    _ operation: DerivativeOperation, _ arguments: [Argument], _ range: SourceRange
  ) -> Value? {
    let operands = arguments.filter { $0.label == nil }.map(\.value)
    let values = operands.map { evaluateTensor($0) }
    guard operands.count == operation.operandCount, arguments.count == operands.count else {
      fail(
        .value(
          .derivativeArguments(function: operation.rawValue, count: operation.operandCount)), range
      )
      return nil
    }
    guard let y = values[0], let x = values[1] else { return nil }
    if operation.needsScalar, y.rank != 0 {
      fail(
        .value(.derivativeOfTensor(function: operation.rawValue, shape: y.shape)),
        operands[0].range)
      return nil
    }
    guard x.name != nil else {
      fail(
        .value(
          .derivativeOperand(function: operation.rawValue, operand: text(operands[1].range))),
        operands[1].range)
      return nil
    }
    var direction: TensorExpression?
    if operation.operandCount == 3 {
      guard let v = values[2] else { return nil }
      let expected = operation == .jvp ? x.shape : y.shape
      guard let fitted = fitted(v, to: expected) else {
        fail(
          .value(
            .derivativeDirection(
              function: operation.rawValue, expected: expected, found: v.shape)),
          operands[2].range)
        return nil
      }
      direction = fitted
      takeConditions(range)
    }
    differentiatingStatements.insert(order)
    do throws(DerivationError) {
      return .tensor(try Self.value(of: operation, y, x, direction ?? y))
    } catch {
      switch error {
      case .notDifferentiable(let function, let operand):
        fail(.value(.noDerivative(function: function, operand: operand)), range)
      case .noFormForAllSteps: fail(.value(.noDerivative(function: "for", operand: 0)), range)
      }
      return nil
    }
  }

  private static func value(
    of operation: DerivativeOperation, _ y: TensorExpression, _ x: TensorExpression,
    _ v: TensorExpression
  ) throws(DerivationError) -> TensorExpression {
    switch operation {
    case .grad: try Derivatives.gradient(of: y, by: x)
    case .jacobian: try Derivatives.jacobian(of: y, by: x)
    case .hessian: try Derivatives.hessian(of: y, by: x)
    case .jvp: try Derivatives.jacobianVectorProduct(of: y, by: x, along: v)
    case .vjp: try Derivatives.vectorJacobianProduct(of: y, by: x, with: v)
    }
  }

  /// The value with a shape that equals its own, if need be under conditions; nil where the shapes differ.
  func fitted(_ value: TensorExpression, to shape: [Size]) -> TensorExpression? {
    guard value.rank == shape.count else { return nil }
    for (extent, wanted) in zip(value.shape, shape) {
      guard assumptions.areEqual(extent, wanted) else { return nil }
    }
    return try? value.broadcast(to: shape, assuming: assumptions)
  }
}
