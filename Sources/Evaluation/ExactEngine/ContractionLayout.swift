import CExactKernels

/// A contraction as a batch of matrix products: which index is a row, a column, a depth.
///
/// An index of the output and the left operand is a row, of the output and the right operand a
/// column, of all three a batch; an index that the output does not use is a depth.
struct ContractionLayout {
  let rows: [Int], columns: [Int], depth: [Int], batch: [Int]
  /// Whether the operands changed places, so that columns run along the output's last axis.
  let isSwapped: Bool
  let contraction: LoweredContraction

  var rowCount: Int { count(rows) }
  var columnCount: Int { count(columns) }
  var depthCount: Int { count(depth) }
  var batchCount: Int { count(batch) }

  /// Expects every index that the output uses to be determined by the output's coordinates.
  ///
  /// - Parameter swapped: whether the operands change places; nil to decide it here.
  init(_ original: LoweredContraction, swapped: Bool? = nil) {
    var contraction = original
    var rows: [Int] = [], columns: [Int] = [], depth: [Int] = [], batch: [Int] = []
    for index in contraction.extents.indices {
      if contraction.extents[index] == 1 {
        continue
      } else if !contraction.uses(index, contraction.output) {
        depth.append(index)
      } else {
        switch (
          contraction.uses(index, contraction.left), contraction.uses(index, contraction.right)
        ) {
        case (true, true): batch.append(index)
        case (false, true): columns.append(index)
        case (true, false), (false, false): rows.append(index)
        }
      }
    }
    func step(_ index: Int, _ axes: [LoweredContraction.Axis]) -> Int {
      abs(original.step(index, axes))
    }
    let output = contraction.output
    let closestRow = rows.lazy.map { step($0, output) }.min() ?? .max
    let closestColumn = columns.lazy.map { step($0, output) }.min() ?? .max
    isSwapped = swapped ?? (closestRow < closestColumn)
    if isSwapped {
      swap(&rows, &columns)
      swap(&contraction.left, &contraction.right)
    }
    let (left, right) = (contraction.left, contraction.right)
    self.rows = rows.sorted { step($0, output) > step($1, output) }
    self.columns = columns.sorted { step($0, output) > step($1, output) }
    self.depth = depth.sorted {
      (step($0, right), step($0, left)) > (step($1, right), step($1, left))
    }
    self.batch = batch
    self.contraction = contraction
  }

  private func count(_ indices: [Int]) -> Int {
    indices.reduce(1) { $0 * contraction.extents[$1] }
  }
}

/// The tables through which the kernels read one tensor; owns their memory.
final class AccessTables {
  let access: ek_access
  /// Where each batch entry starts in memory.
  let bases: [Int64]
  /// Where each batch entry starts on the checked axes: [batch][axes].
  let origins: UnsafeMutablePointer<Int64>
  private let allocations: [UnsafeMutablePointer<Int64>]

  init(
    _ axes: [LoweredContraction.Axis], in layout: ContractionLayout, outer: Runs, inner: Runs
  ) {
    let contraction = layout.contraction
    let checked = contraction.checkedAxes(of: axes)
    let width = checked.count + 1
    var allocations: [UnsafeMutablePointer<Int64>] = []
    func table(_ values: some Collection<Int>) -> UnsafeMutablePointer<Int64> {
      let pointer = UnsafeMutablePointer<Int64>.allocate(capacity: max(values.count, 1))
      for (i, value) in values.enumerated() { pointer[i] = Int64(value) }
      allocations.append(pointer)
      return pointer
    }
    // The growth of the offset, then of each checked coordinate, for each step of an index.
    func steps(_ index: Int) -> [Int] {
      [contraction.step(index, axes)] + checked.map { $0.coefficients[index] }
    }
    func column(_ i: Int, of points: [Int]) -> [Int] {
      stride(from: i, to: points.count, by: width).map { points[$0] }
    }
    func rest(of points: [Int]) -> [Int] {
      points.indices.lazy.filter { $0 % width != 0 }.map { points[$0] }
    }
    func group(_ runs: Runs) -> ek_group {
      let starts = points(
        of: runs.outer, extents: contraction.extents,
        from: [Int](repeating: 0, count: width), steps: steps)
      let along = runs.inner.map(steps) ?? [Int](repeating: 0, count: width)
      return ek_group(
        runs: Int64(starts.count / width), length: Int64(runs.length), step: Int64(along[0]),
        offset: table(column(0, of: starts)), coordinate: table(rest(of: starts)),
        stride: table(along.dropFirst()))
    }
    let start = [axes.reduce(0) { $0 + $1.stride * $1.constant }] + checked.map(\.constant)
    let batch = points(
      of: layout.batch, extents: contraction.extents, from: start, steps: steps)
    bases = column(0, of: batch).map(Int64.init)
    origins = table(rest(of: batch))
    access = ek_access(
      axes: Int64(checked.count), extent: table(checked.map(\.extent)), outer: group(outer),
      inner: group(inner))
    self.allocations = allocations
  }

  deinit { for allocation in allocations { allocation.deallocate() } }
}

/// How a group of indices is cut into runs: the last index, and those that continue it.
///
/// Indices that continue each other in every tensor (the next one starts where this one ends, and
/// none is checked) are one long run.
struct Runs {
  let outer: [Int]
  let inner: Int?
  let length: Int

  init(_ group: [Int], in layout: ContractionLayout) {
    let contraction = layout.contraction
    var outer = group
    inner = outer.popLast()
    var length = inner.map { contraction.extents[$0] } ?? 1
    if let inner {
      let tensors = [contraction.output, contraction.left, contraction.right]
      let checked = tensors.flatMap(contraction.checkedAxes)
      while let next = outer.last,
        tensors.allSatisfy({
          contraction.step(next, $0) == length * contraction.step(inner, $0)
        }),
        checked.allSatisfy({ $0.coefficients[next] == length * $0.coefficients[inner] })
      {
        length *= contraction.extents[next]
        outer.removeLast()
      }
    }
    self.outer = outer
    self.length = length
  }
}

/// What the steps of some indices add up to at each of their points, in row-major order, beginning
/// with `start`: [points][start.count].
private func points(
  of indices: [Int], extents: [Int], from start: [Int], steps: (Int) -> [Int]
) -> [Int] {
  let width = start.count
  var result = start
  for index in indices {
    let step = steps(index)
    var next: [Int] = []
    next.reserveCapacity(result.count * extents[index])
    for point in stride(from: 0, to: result.count, by: width) {
      for i in 0..<extents[index] {
        for j in 0..<width { next.append(result[point + j] + i * step[j]) }
      }
    }
    result = next
  }
  return result
}
