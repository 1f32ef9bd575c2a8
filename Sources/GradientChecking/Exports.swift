// The door for Swift programs: what one imports to build a layer, to derive its gradients and to judge others.
@_exported import Layers
@_exported import TensorExpressions

@_exported import enum Explaining.PassNotation
