import Diagnostics

/// What the file lets its check take.
extension Elaboration {
  private static var budgetLimits: KeyValuePairs<String, WritableKeyPath<Program.Budget, Int?>> {
    ["work": \.work, "memory": \.memory]
  }

  mutating func set(_ budget: BudgetStatement) {
    for limit in budget.limits {
      let name = limit.name.name
      guard let place = Self.budgetLimits.first(where: { $0.key == name })?.value else {
        fail(.budget(.unknown(name, known: Self.budgetLimits.map(\.key))), limit.name.range)
        continue
      }
      guard program.budget[keyPath: place] == nil else {
        fail(.budget(.repeated(name)), limit.name.range)
        continue
      }
      guard let number = evaluateNumber(limit.value) else { continue }
      guard number >= 1 else {
        fail(.budget(.notPositive(name, number)), limit.value.range)
        continue
      }
      program.budget[keyPath: place] = number
    }
  }
}
