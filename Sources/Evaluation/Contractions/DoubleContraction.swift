/// Large contractions of doubles as products of packed matrices.
///
/// The layout is the exact engine's: a part of the contraction is, for each batch entry, a matrix of rows and
/// depths times one of depths and columns. Four rows and four columns are multiplied at a time from packed
/// panels, in which points outside a tensor are zeros. Every sum runs over its depths in one order, whatever
/// the machine.
struct DoubleContraction {
  /// How many rows and columns are multiplied at a time.
  private static let tile = 4
  /// How many depths are packed at a time, so that panels stay in the nearest cache.
  private static let depthBlock = 256

  /// Σ of products of two factors; nil for what is too small or too narrow for packing to pay, and where an
  /// overflow times a zero outside a tensor would not be a number.
  static func product(
    _ contraction: ConcreteContraction, _ a: Tensor<Double>, _ b: Tensor<Double>
  ) -> Tensor<Double>? {
    guard ExactEngine.isWorthwhile(contraction),
      let relation = try? ExactContraction(contraction)
    else { return nil }
    let parts = LoweredContraction(relation).gathered().joined()
      .filter { !$0.extents.contains(0) }.map { ContractionLayout($0) }
    guard
      parts.allSatisfy({ min($0.rowCount, $0.columnCount, $0.depthCount) >= Self.tile })
    else { return nil }
    var result = Tensor(extents: contraction.outputExtents, repeating: 0.0)
    for part in parts {
      let (left, right) = part.isSwapped ? (b, a) : (a, b)
      left.elements.withUnsafeBufferPointer { left in
        right.elements.withUnsafeBufferPointer { right in
          result.elements.withUnsafeMutableBufferPointer { result in
            if let left = left.baseAddress, let right = right.baseAddress,
              let result = result.baseAddress
            {
              DoubleContraction(part, left, right, result).run()
            }
          }
        }
      }
    }
    return result.elements.contains(where: \.isNaN) ? nil : result
  }

  private let layout: ContractionLayout
  private let left: OperandPlaces
  private let right: OperandPlaces
  /// Where entries of the output are: by row, by column and by batch entry.
  private let outputRows: [Int]
  private let outputColumns: [Int]
  private let outputBatch: [Int]
  private let result: UnsafeMutablePointer<Double>

  private init(
    _ layout: ContractionLayout, _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>,
    _ result: UnsafeMutablePointer<Double>
  ) {
    self.layout = layout
    self.result = result
    let contraction = layout.contraction
    self.left = OperandPlaces(left, contraction.left, outer: layout.rows, in: layout)
    self.right = OperandPlaces(right, contraction.right, outer: layout.columns, in: layout)
    let axes = contraction.output
    func places(_ indices: [Int], from start: Int) -> [Int] {
      contraction.sums(over: indices, from: start) { contraction.step($0, axes) }
    }
    outputRows = places(layout.rows, from: 0)
    outputColumns = places(layout.columns, from: 0)
    outputBatch = places(
      layout.batch, from: axes.reduce(0) { $0 + $1.stride * $1.constant })
  }

  private func run() {
    let panels = (outputRows.count + Self.tile - 1) / Self.tile
    let panelSize = Self.tile * Self.depthBlock
    withUnsafeTemporaryAllocation(of: Double.self, capacity: (panels + 1) * panelSize) { memory in
      guard let lefts = memory.baseAddress else { return }
      let columns = lefts + panels * panelSize
      for entry in outputBatch.indices {
        for first in stride(from: 0, to: layout.depthCount, by: Self.depthBlock) {
          let depths = first..<min(first + Self.depthBlock, layout.depthCount)
          for panel in 0..<panels {
            left.pack(panel * Self.tile, depths, entry, into: lefts + panel * panelSize)
          }
          for column in stride(from: 0, to: outputColumns.count, by: Self.tile) {
            right.pack(column, depths, entry, into: columns)
            for panel in 0..<panels {
              add(
                product(lefts + panel * panelSize, columns, depths.count),
                row: panel * Self.tile, column: column, base: outputBatch[entry])
            }
          }
        }
      }
    }
  }

  /// Four rows times four columns.
  @inline(__always)
  private func product(
    _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ depth: Int
  ) -> (SIMD4<Double>, SIMD4<Double>, SIMD4<Double>, SIMD4<Double>) {
    var sums = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
    let columns = UnsafeRawPointer(right)
    for d in 0..<depth {
      let column = columns.loadUnaligned(
        fromByteOffset: d &* MemoryLayout<SIMD4<Double>>.size, as: SIMD4<Double>.self)
      let row = left + Self.tile &* d
      sums.0 += column * row[0]
      sums.1 += column * row[1]
      sums.2 += column * row[2]
      sums.3 += column * row[3]
    }
    return sums
  }

  private func add(
    _ sums: (SIMD4<Double>, SIMD4<Double>, SIMD4<Double>, SIMD4<Double>), row: Int, column: Int,
    base: Int
  ) {
    let columnCount = min(Self.tile, outputColumns.count - column)
    func add(_ sum: SIMD4<Double>, _ offset: Int) {
      guard row + offset < outputRows.count else { return }
      let start = base + outputRows[row + offset]
      for j in 0..<columnCount { result[start + outputColumns[column + j]] += sum[j] }
    }
    add(sums.0, 0)
    add(sums.1, 1)
    add(sums.2, 2)
    add(sums.3, 3)
  }
}

/// Where the entries of one operand are, by row or column, by depth and by batch entry.
private struct OperandPlaces {
  /// A coordinate that leaves the tensor somewhere.
  private struct Check {
    let extent: Int
    let outer: [Int]
    let depth: [Int]
    let batch: [Int]
  }

  private let source: UnsafePointer<Double>
  private let outer: [Int]
  private let depth: [Int]
  private let batch: [Int]
  private let checks: [Check]

  init(
    _ source: UnsafePointer<Double>, _ axes: [LoweredContraction.Axis], outer: [Int],
    in layout: ContractionLayout
  ) {
    let contraction = layout.contraction
    self.source = source
    func places(_ indices: [Int], from start: Int) -> [Int] {
      contraction.sums(over: indices, from: start) { contraction.step($0, axes) }
    }
    self.outer = places(outer, from: 0)
    depth = places(layout.depth, from: 0)
    batch = places(layout.batch, from: axes.reduce(0) { $0 + $1.stride * $1.constant })
    checks = contraction.checkedAxes(of: axes).map { axis in
      func values(_ indices: [Int], from start: Int) -> [Int] {
        contraction.sums(over: indices, from: start) { axis.coefficients[$0] }
      }
      return Check(
        extent: axis.extent, outer: values(outer, from: 0),
        depth: values(layout.depth, from: 0), batch: values(layout.batch, from: axis.constant))
    }
  }

  /// Writes four rows or columns beside each other, depth by depth, with zeros outside the tensor.
  func pack(
    _ first: Int, _ depths: Range<Int>, _ entry: Int, into panel: UnsafeMutablePointer<Double>
  ) {
    for j in 0..<4 {
      let target = panel + j
      let count = depths.count
      guard first + j < outer.count else {
        for d in 0..<count { target[4 &* d] = 0 }
        continue
      }
      let start = batch[entry] + outer[first + j]
      depth.withUnsafeBufferPointer { depth in
        if checks.isEmpty {
          for d in 0..<count { target[4 &* d] = source[start &+ depth[depths.lowerBound &+ d]] }
        } else {
          packInside(first + j, depths, entry, start, depth, into: target)
        }
      }
    }
  }

  /// One row or column, with zeros where a coordinate leaves the tensor.
  private func packInside(
    _ point: Int, _ depths: Range<Int>, _ entry: Int, _ start: Int,
    _ offsets: UnsafeBufferPointer<Int>, into target: UnsafeMutablePointer<Double>
  ) {
    let count = depths.count
    let first = depths.lowerBound
    withUnsafeTemporaryAllocation(of: Bool.self, capacity: count) { inside in
      inside.initialize(repeating: true)
      for check in checks {
        let origin = check.outer[point] + check.batch[entry]
        let extent = UInt(check.extent)
        check.depth.withUnsafeBufferPointer { depth in
          for d in 0..<count {
            let coordinate = UInt(bitPattern: origin &+ depth[first &+ d])
            inside[d] = inside[d] && coordinate < extent
          }
        }
      }
      for d in 0..<count {
        target[4 &* d] = inside[d] ? source[start &+ offsets[first &+ d]] : 0
      }
    }
  }
}

extension LoweredContraction {
  /// What steps of some indices add up to at each of their points, in row-major order, beginning with `start`.
  fileprivate func sums(over indices: [Int], from start: Int, _ step: (Int) -> Int) -> [Int] {
    indices.reduce(into: [start]) { sums, index in
      let step = step(index)
      sums = sums.flatMap { sum in (0..<extents[index]).map { sum + $0 * step } }
    }
  }
}
