import GradientChecking

let space = ExpressionSpace()
let x = space.input("x", ["N", "C", 16, 16])
let w = space.parameter("w", ["O", "C", 3, 3])

do {
  let exact = try gradients(of: space.named("y", convolution(x, w)), by: [x, w])
  print(exact.text)

  if let dy = exact.upstream {
    let claimed = try transposedConvolution(dy, w)
    print(try judge(claimed, against: exact.gradient(by: x)).text)
  }
  print(try exact.code(.numpy))
} catch { print(error) }
