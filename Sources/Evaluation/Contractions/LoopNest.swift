/// The points of a contraction's box as runs along one innermost index, none of which needs a bounds check.
///
/// Every slot (the output first, then the operands) is reduced to an offset that is affine in the indices. At each
/// loop the range of its index is cut to the points where all coordinates that end at that loop stay inside their
/// extents, so that borders cost one division for each loop entered and nothing inside it.
struct LoopNest {
  /// One index on the way to its place in the nest.
  private struct Loop {
    var extent: Int
    /// By slot.
    var strides: [Int]
    /// By check.
    var increments: [Int]
  }

  /// From the outermost to the innermost.
  private let loopExtents: [Int]
  /// By loop, then by slot.
  private let strides: [Int]
  /// By loop, then by check.
  private let increments: [Int]
  /// The extent that each checked coordinate must stay inside.
  private let checkExtents: [Int]
  /// The checks that are complete at each loop, one loop after the other, and where each loop's begin.
  private let checksByLoop: [Int]
  private let firstCheckOfLoop: [Int]
  private let startOffsets: [Int]
  private let startChecks: [Int]
  /// Whether no point lies inside all extents, already by coordinates that are constant.
  private let isEmpty: Bool
  /// Whether no entry of the output is reached twice.
  let writesOnce: Bool

  /// The offsets' steps along a run, by slot.
  var runStrides: [Int] { Array(strides.suffix(startOffsets.count)) }

  init(_ contraction: ConcreteContraction) {
    let slots = [contraction.output] + contraction.operands
    let extents = contraction.extents
    let slotStrides = slots.map { TensorShape.strides($0.map(\.extent)) }
    startOffsets = zip(slots, slotStrides).map { slot, strides in
      zip(slot, strides).reduce(0) { $0 &+ $1.0.constant &* $1.1 }
    }
    let checked = (slots.flatMap { $0 } + contraction.guards).filter { !$0.isAlwaysInside(extents) }
    // A coordinate that is the same everywhere is decided here.
    let varying = Array(Set(checked.filter { !$0.indices.isEmpty }))
    let constant = checked.filter { $0.indices.isEmpty }
    isEmpty =
      extents.contains(0) || constant.contains { $0.constant < 0 || $0.constant >= $0.extent }
    checkExtents = varying.map(\.extent)
    startChecks = varying.map(\.constant)
    let all = extents.indices.map { index in
      Loop(
        extent: extents[index],
        strides: zip(slots, slotStrides).map { slot, strides in
          zip(slot, strides).reduce(0) { $0 &+ $1.0.coefficients[index] &* $1.1 }
        },
        increments: varying.map { $0.coefficients[index] })
    }
    writesOnce = contraction.reachesOutputOnce
    var loops = Self.merged(Self.ordered(all.filter { $0.extent != 1 }))
    if loops.isEmpty {
      loops = [
        Loop(
          extent: 1, strides: slots.map { _ in 0 }, increments: varying.map { _ in 0 })
      ]
    }
    loopExtents = loops.map(\.extent)
    strides = loops.flatMap(\.strides)
    increments = loops.flatMap(\.increments)
    let lastLoops = varying.indices.map { check in
      loops.lastIndex { $0.increments[check] != 0 } ?? loops.count - 1
    }
    let checksOfLoop = loops.indices.map { loop in
      varying.indices.filter { lastLoops[$0] == loop }
    }
    checksByLoop = checksOfLoop.flatMap { $0 }
    firstCheckOfLoop = checksOfLoop.reduce(into: [0]) { starts, checks in
      starts.append(starts[starts.count - 1] + checks.count)
    }
  }

  /// Large steps of the output outside, and innermost the index whose runs are cheapest.
  private static func ordered(_ loops: [Loop]) -> [Loop] {
    guard loops.count > 1 else { return loops }
    // Starting a run costs about as much as ten products; adding to entries costs more than a sum in registers.
    func cost(_ loop: Loop) -> Double {
      (loop.strides[0] == 0 ? 1.0 : 1.7) + 10.0 / Double(max(loop.extent, 1))
        + (loop.strides.allSatisfy { $0.magnitude <= 1 } ? 0 : 0.1)
    }
    var rest = loops.sorted { a, b in
      let (left, right) = (a.strides.map(\.magnitude), b.strides.map(\.magnitude))
      return left == right
        ? a.extent > b.extent : right.lexicographicallyPrecedes(left)
    }
    var best = 0
    for position in rest.indices where cost(rest[position]) <= cost(rest[best]) {
      best = position
    }
    rest.append(rest.remove(at: best))
    return rest
  }

  /// Takes neighbouring loops without checks together where all slots step through them evenly.
  private static func merged(_ loops: [Loop]) -> [Loop] {
    var result: [Loop] = []
    for loop in loops {
      if let outer = result.last,
        outer.increments.allSatisfy({ $0 == 0 }), loop.increments.allSatisfy({ $0 == 0 }),
        zip(outer.strides, loop.strides).allSatisfy({ $0 == $1 &* loop.extent })
      {
        let (extent, overflow) = outer.extent.multipliedReportingOverflow(by: loop.extent)
        if !overflow {
          result[result.count - 1].extent = extent
          result[result.count - 1].strides = loop.strides
          continue
        }
      }
      result.append(loop)
    }
    return result
  }
}

extension LoopNest {
  /// Calls `body` for each run with the slots' offsets at its start and the number of its points.
  @inline(__always)
  func forEachRun(_ body: (_ offsets: UnsafePointer<Int>, _ count: Int) -> Void) {
    if isEmpty { return }
    let depth = loopExtents.count
    let slotCount = startOffsets.count
    let checkCount = checkExtents.count
    // One row for each loop, as it is entered, and one for the run itself.
    var offsets = Array(repeating: 0, count: (depth + 1) * slotCount)
    var checks = Array(repeating: 0, count: (depth + 1) * checkCount)
    var ends = Array(repeating: 0, count: depth)
    var positions = Array(repeating: 0, count: depth)
    offsets.replaceSubrange(0..<slotCount, with: startOffsets)
    checks.replaceSubrange(0..<checkCount, with: startChecks)
    offsets.withUnsafeMutableBufferPointer { offsets in
      checks.withUnsafeMutableBufferPointer { checks in
        guard let base = offsets.baseAddress else { return }
        var level = 0
        while true {
          let (low, high) = range(level, checks, checkCount)
          if low < high {
            let row = level * slotCount
            for slot in 0..<slotCount {
              offsets[row + slotCount + slot] = offsets[row + slot] &+ low &* strides[row + slot]
            }
            if level == depth - 1 {
              body(base + (row + slotCount), high - low)
            } else {
              let checkRow = level * checkCount
              for check in 0..<checkCount {
                checks[checkRow + checkCount + check] =
                  checks[checkRow + check] &+ low &* increments[checkRow + check]
              }
              positions[level] = low
              ends[level] = high
              level += 1
              continue
            }
          }
          // On to the next value of the nearest loop that has one.
          repeat {
            level -= 1
            if level < 0 { return }
            positions[level] += 1
          } while positions[level] >= ends[level]
          let row = level * slotCount
          for slot in 0..<slotCount {
            offsets[row + slotCount + slot] &+= strides[row + slot]
          }
          let checkRow = level * checkCount
          for check in 0..<checkCount {
            checks[checkRow + checkCount + check] &+= increments[checkRow + check]
          }
          level += 1
        }
      }
    }
  }

  /// The values of a loop's index at which every coordinate that is complete there lies inside its extent.
  @inline(__always)
  private func range(
    _ level: Int, _ checks: UnsafeMutableBufferPointer<Int>, _ checkCount: Int
  ) -> (Int, Int) {
    var low = 0
    var high = loopExtents[level]
    for place in firstCheckOfLoop[level]..<firstCheckOfLoop[level + 1] {
      let check = checksByLoop[place]
      let value = checks[level * checkCount + check]
      let step = increments[level * checkCount + check]
      let last = checkExtents[check] - 1
      if step == 1 {
        low = max(low, -value)
        high = min(high, last - value + 1)
      } else if step > 0 {
        low = max(low, -floored(value, step))
        high = min(high, floored(last - value, step) + 1)
      } else if step < 0 {
        high = min(high, floored(value, -step) + 1)
        low = max(low, -floored(last - value, -step))
      } else if value < 0 || value > last {
        return (0, 0)
      }
    }
    return (low, high)
  }

  /// ⌊n / d⌋ for d > 0.
  @inline(__always)
  private func floored(_ n: Int, _ d: Int) -> Int {
    let quotient = n / d
    return n % d < 0 ? quotient - 1 : quotient
  }
}
