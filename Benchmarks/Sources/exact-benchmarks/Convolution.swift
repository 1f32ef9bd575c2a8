import Evaluation

/// A convolution over two axes, in its three forms: one relation with each slot as the output.
struct Convolution {
  let batch: Int, inputs: Int, outputs: Int, extent: Int, kernel: Int
  let stride: Int, padding: Int

  var outputExtent: Int { (extent + 2 * padding - kernel) / stride + 1 }

  // Indices: n, o, c, p, q, k, l.
  private var extents: [Int] {
    [batch, outputs, inputs, outputExtent, outputExtent, kernel, kernel]
  }

  private func axis(_ index: Int) -> ExactContraction.Coordinate {
    .init(coefficients: (0..<7).map { $0 == index ? 1 : 0 })
  }

  private func window(_ position: Int, _ tap: Int) -> ExactContraction.Coordinate {
    .init(
      constant: -padding,
      coefficients: (0..<7).map { $0 == position ? stride : $0 == tap ? 1 : 0 })
  }

  var image: ExactContraction.Access {
    .init(
      shape: [batch, inputs, extent, extent],
      coordinates: [axis(0), axis(2), window(3, 5), window(4, 6)])
  }

  var weights: ExactContraction.Access {
    .init(
      shape: [outputs, inputs, kernel, kernel],
      coordinates: [axis(1), axis(2), axis(5), axis(6)])
  }

  var result: ExactContraction.Access {
    .init(
      shape: [batch, outputs, outputExtent, outputExtent],
      coordinates: [axis(0), axis(1), axis(3), axis(4)])
  }

  func forward() throws -> ExactContraction {
    try ExactContraction(extents: extents, output: result, left: image, right: weights)
  }
  func imageGradient() throws -> ExactContraction {
    try ExactContraction(extents: extents, output: image, left: result, right: weights)
  }
  func weightGradient() throws -> ExactContraction {
    try ExactContraction(extents: extents, output: weights, left: image, right: result)
  }
}
