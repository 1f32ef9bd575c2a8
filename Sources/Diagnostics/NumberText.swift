/// A whole number in raised digits, `⁻⁶¹`.
package func superscript(_ value: Int) -> String {
  let digits: [Character: Character] = [
    "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷",
    "8": "⁸", "9": "⁹",
  ]
  return String(String(value).map { digits[$0] ?? $0 })
}

/// A magnitude to one digit, `3e-11`; `0` for zero.
package func shortScientific(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
  var mantissa = value.magnitude
  var exponent = 0
  while mantissa < 1 {
    mantissa *= 10
    exponent -= 1
  }
  while mantissa >= 10 {
    mantissa /= 10
    exponent += 1
  }
  var digit = Int(mantissa.rounded())
  if digit == 10 { (digit, exponent) = (1, exponent + 1) }
  return (value < 0 ? "-" : "") + "\(digit)e\(exponent)"
}

/// A count with a thin group of three digits each, `1 792`, as tables print it.
package func groupedDigits(_ value: Int) -> String {
  let digits = String(value.magnitude)
  var grouped = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { grouped += " " }
    grouped.append(digit)
  }
  return (value < 0 ? "-" : "") + grouped
}
