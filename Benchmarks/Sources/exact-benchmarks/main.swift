// Answers requests for timings, one to a line, so that whoever compares can alternate this program
// with another and pair the runs:
//
//   matmul N INPUTS KERNEL THREADS
//   conv BATCH INPUTS OUTPUTS EXTENT KERNEL STRIDE PADDING VALUES KERNELS THREADS
//
// The answer is the milliseconds of one computation whose operands are already exact planes: those
// that passed, and those that its threads spent together. KERNEL is `auto` or a name that GRADCHECK_KERNEL takes; `?`
// in place of numbers means that it does not run on this machine. A request's operands are made once and kept for its repetitions.
import Evaluation

private func options(_ kernel: Substring, _ threads: Substring) throws -> ExactOptions? {
  var options = ExactOptions(threads: Int(threads))
  guard kernel != "auto" else { return options }
  guard let family = ExactKernelFamily(rawValue: String(kernel)), family.isAvailable else {
    return nil
  }
  options.kernel = family
  return options
}

private struct Request {
  let key: String
  let run: (ExactOptions) throws -> Void

  static func matrixProduct(_ words: ArraySlice<Substring>) throws -> Request? {
    let words = Array(words)
    guard words.count == 2, let n = Int(words[0]), let inputs = Inputs(rawValue: String(words[1]))
    else { return nil }
    let a = try inputs.plane([n, n], seed: 1), b = try inputs.plane([n, n], seed: 2)
    func axis(_ index: Int) -> ExactContraction.Coordinate {
      .init(coefficients: (0..<3).map { $0 == index ? 1 : 0 })
    }
    let product = try ExactContraction(
      extents: [n, n, n], output: .init(shape: [n, n], coordinates: [axis(0), axis(1)]),
      left: .init(shape: [n, n], coordinates: [axis(0), axis(2)]),
      right: .init(shape: [n, n], coordinates: [axis(2), axis(1)]))
    return Request(key: words.joined(separator: " ")) {
      _ = try ExactEngine.contract(product, a, b, options: $0)
    }
  }

  static func convolution(_ words: ArraySlice<Substring>) throws -> Request? {
    let words = Array(words), numbers = words.dropLast().compactMap { Int($0) }
    guard numbers.count == 7, let last = words.last, let inputs = Inputs(rawValue: String(last))
    else { return nil }
    let layer = Convolution(
      batch: numbers[0], inputs: numbers[1], outputs: numbers[2], extent: numbers[3],
      kernel: numbers[4], stride: numbers[5], padding: numbers[6])
    let x = try inputs.plane(layer.image.shape, seed: 1)
    let w = try inputs.plane(layer.weights.shape, seed: 2)
    let g = try inputs.plane(layer.result.shape, seed: 3)
    return Request(key: words.joined(separator: " ")) {
      _ = try ExactEngine.contract(layer.forward(), x, w, options: $0)
      _ = try ExactEngine.contract(layer.imageGradient(), g, w, options: $0)
      _ = try ExactEngine.contract(layer.weightGradient(), x, g, options: $0)
    }
  }
}

private var kept: Request?
while let line = readLine() {
  let words = line.split(separator: " ")
  guard words.count > 3, let options = try options(words[words.count - 2], words[words.count - 1])
  else {
    print("?")
    flushOutput()
    continue
  }
  let body = words[1..<(words.count - 2)]
  if kept?.key != body.joined(separator: " ") {
    kept = nil
    kept = words[0] == "matmul" ? try .matrixProduct(body) : try .convolution(body)
  }
  if let request = kept {
    let start = Milliseconds.now()
    try request.run(options)
    let end = Milliseconds.now()
    print(end.passed - start.passed, end.spent - start.spent)
  } else {
    print("?")
  }
  flushOutput()
}
