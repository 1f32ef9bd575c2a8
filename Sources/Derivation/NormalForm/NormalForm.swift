import TensorExpressions

/// An expression expanded to a sum of products over canonical relations: two expressions with one normal form
/// are equal for all sizes and values.
struct NormalForm: Hashable {
  /// The coefficient of each product; none is zero.
  private(set) var coefficients: [ProductKey: Coefficient] = [:]
  /// The canonical product of each key, with the coefficient 1.
  private(set) var products: [ProductKey: IndexProduct] = [:]

  var isZero: Bool { coefficients.isEmpty }
  var count: Int { coefficients.count }

  mutating func add(_ product: IndexProduct, key: ProductKey) {
    let sum = (coefficients[key] ?? .zero) + product.coefficient
    if sum.isZero {
      coefficients[key] = nil
      products[key] = nil
    } else {
      var unit = product
      unit.coefficient = .one
      coefficients[key] = sum
      products[key] = unit
    }
  }

  mutating func add(_ other: NormalForm, scaledBy factor: Coefficient = .one) {
    for (key, product) in other.products {
      var scaled = product
      scaled.coefficient = (other.coefficients[key] ?? .zero) * factor
      add(scaled, key: key)
    }
  }

  /// The products with their coefficients, in an order that depends on the form alone.
  var sorted: [IndexProduct] {
    let keys =
      coefficients.count > 1
      ? coefficients.keys.map { (key: $0, text: $0.text) }.sorted { $0.text < $1.text }.map(\.key)
      : Array(coefficients.keys)
    return keys.compactMap { key in
      var product = products[key]
      product?.coefficient = coefficients[key] ?? .zero
      return product
    }
  }

  static func == (a: NormalForm, b: NormalForm) -> Bool { a.coefficients == b.coefficients }
  func hash(into hasher: inout Hasher) { hasher.combine(coefficients) }

  /// A text by which forms are ordered.
  var text: String {
    coefficients.map { $0.value.text + "·" + $0.key.text }.sorted().joined(separator: " + ")
  }
}

extension Coefficient {
  /// A text by which coefficients are ordered; equal exactly for equal ones.
  fileprivate var text: String {
    var text = ""
    for term in numerator.terms {
      text += term.coefficient.description
      for factor in term.monomial.factors {
        text += "*\(Size(factor.atom).description)^\(factor.exponent)"
      }
      text += "+"
    }
    for factor in denominator { text += "/(\(factor.size.description))^\(factor.exponent)" }
    return text
  }
}
