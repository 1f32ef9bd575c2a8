import CExactKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// One planned contraction, carried out.
struct ContractionRun {
  private let plan: ContractionPlan
  private let layouts: [[ContractionLayout]]
  /// The operands, and what the kernel multiplies: their main parts, or themselves.
  private let whole: (left: ExactPlane, right: ExactPlane)
  private let left: ExactPlane, right: ExactPlane
  private let resultCount: Int
  private let options: ExactOptions
  private let threads: Int

  /// - Throws: ``ExactEngineError/memory(needed:allowed:)``.
  init(
    _ plan: ContractionPlan, layouts: [[ContractionLayout]], left: ExactPlane,
    right: ExactPlane, resultCount: Int, options: ExactOptions
  ) throws(ExactEngineError) {
    self.plan = plan
    self.layouts = layouts
    whole = (left, right)
    self.left = plan.split?.left.main ?? left
    self.right = plan.split?.right.main ?? right
    self.resultCount = resultCount
    self.options = options
    threads = options.threadCount(forCycles: plan.cycles)
    let needed = bytes
    guard needed <= options.memoryLimit else {
      throw .memory(needed: needed, allowed: options.memoryLimit)
    }
  }

  /// About how much memory the run takes beside its operands: result, residues, blocks.
  private var bytes: Int {
    let results = resultCount * plan.resultLimbs * 8 * min(layouts.count, 2)
    let residueBytes = (plan.kernel.residueBits ?? 0) / 8 * (plan.system?.moduli.count ?? 0)
    let packings = packings
    let planes = [(left, packings.left), (right, packings.right)].filter {
      !OperandResidues.areTakenWhilePacking($0.1)
    }
    let residues = planes.reduce(0) { $0 + $1.0.count * residueBytes }
    let workspace = layouts.joined().reduce(0) { max($0, workspaceBytes($1)) }
    return results + residues + workspace * threads + restBytes
  }

  /// What one thread takes for packed blocks and their accumulators.
  private func workspaceBytes(_ layout: ContractionLayout) -> Int {
    var problem = ek_problem()
    problem.kernel = plan.kernel
    problem.left.inner.runs = 1
    problem.left.inner.length = Int64(layout.depthCount)
    problem.left_limbs = Int64(left.limbCount)
    problem.right_limbs = Int64(right.limbCount)
    problem.moduli_count = Int32(plan.system?.moduli.count ?? 0)
    problem.digits = Int32(plan.resultLimbs * 2)
    problem.result_limbs = Int64(plan.resultLimbs)
    return Int(ek_workspace_bytes(&problem, Int64(layout.rowCount), Int64(layout.columnCount)))
  }

  /// What splitting takes: main parts, lists of rests, the blocks of their products.
  private var restBytes: Int {
    guard let split = plan.split else { return 0 }
    var depth = 0, reads = (left: 0, right: 0)
    for layout in layouts.joined() {
      let depths = layout.depthCount
      depth = max(depth, depths)
      reads.left = max(reads.left, layout.rowCount * depths * layout.batchCount)
      reads.right = max(reads.right, layout.columnCount * depths * layout.batchCount)
    }
    func lists(_ operand: OperandSplit, _ reads: Int) -> Int {
      let digits = operand.rests.digits
      let found = Double(operand.rests.count) / Double(max(operand.whole.count, 1)) * Double(reads)
      return Int(found) * (2 * 16 + 8 * digits)
    }
    return (left.count + right.count) * 8 + Int(ek_rest_bytes(Int64(depth))) * threads
      + max(lists(split.left, reads.left), lists(split.right, reads.right))
  }

  /// How often the elements of each operand are packed, on average.
  private var packings: (left: Double, right: Double) {
    var packed = (left: 0.0, right: 0.0)
    for layout in layouts.joined() {
      let pieces = layout.batchCount >= threads ? 1 : threads
      let (rows, columns) = (layout.rowCount, layout.columnCount)
      let cutsColumns = columns >= rows
      var counts: (left: Int64, right: Int64) = (1, 1)
      ek_pack_counts(
        plan.kernel, Int64(rows), Int64(columns), Int64(layout.depthCount), &counts.left,
        &counts.right)
      let depth = Double(layout.depthCount * layout.batchCount)
      packed.left += Double(rows) * depth * Double(counts.left) * Double(cutsColumns ? pieces : 1)
      packed.right +=
        Double(columns) * depth * Double(counts.right) * Double(cutsColumns ? 1 : pieces)
    }
    return (packed.left / Double(max(left.count, 1)), packed.right / Double(max(right.count, 1)))
  }

  /// The limbs of the result.
  ///
  /// - Throws: ``ExactEngineError/memory(needed:allowed:)`` when memory could not be had,
  ///   ``ExactEngineError/certificateFailed(kernel:)``.
  func result() throws(ExactEngineError) -> [Int64] {
    guard
      let residues = OperandResidues(plan, left: left, right: right, packings: packings)
    else {
      throw .memory(needed: bytes, allowed: options.memoryLimit)
    }
    var result: [Int64] = []
    for layer in layouts {
      var limbs = [Int64](repeating: 0, count: resultCount * plan.resultLimbs)
      for layout in layer { try compute(layout, residues, into: &limbs) }
      if result.isEmpty { result = limbs } else { add(limbs, to: &result) }
    }
    return result
  }

  private func add(_ limbs: [Int64], to result: inout [Int64]) {
    for i in 0..<resultCount {
      var carry: UInt64 = 0
      for j in stride(from: i, to: result.count, by: resultCount) {
        let a = UInt64(bitPattern: result[j]), b = UInt64(bitPattern: limbs[j])
        let (first, overflow1) = a.addingReportingOverflow(b)
        let (second, overflow2) = first.addingReportingOverflow(carry)
        result[j] = Int64(bitPattern: second)
        carry = (overflow1 ? 1 : 0) + (overflow2 ? 1 : 0)
      }
    }
  }

  private func compute(
    _ layout: ContractionLayout, _ residues: OperandResidues, into limbs: inout [Int64]
  ) throws(ExactEngineError) {
    let rows = Runs(layout.rows, in: layout), columns = Runs(layout.columns, in: layout)
    let depth = Runs(layout.depth, in: layout)
    let contraction = layout.contraction
    let leftTables = AccessTables(contraction.left, in: layout, outer: rows, inner: depth)
    let rightTables = AccessTables(contraction.right, in: layout, outer: columns, inner: depth)
    let outputTables = AccessTables(contraction.output, in: layout, outer: rows, inner: columns)
    guard max(leftTables.access.axes, rightTables.access.axes, outputTables.access.axes) <= 16
    else { throw .malformed(.left) }
    func makeJob(_ entry: Int, rows: Range<Int>, columns: Range<Int>) -> ek_job {
      ek_job(
        left_base: leftTables.bases[entry], right_base: rightTables.bases[entry],
        output_base: outputTables.bases[entry],
        left_origin: leftTables.origins + entry * Int(leftTables.access.axes),
        right_origin: rightTables.origins + entry * Int(rightTables.access.axes),
        output_origin: outputTables.origins + entry * Int(outputTables.access.axes),
        row_begin: Int64(rows.lowerBound), row_end: Int64(rows.upperBound),
        column_begin: Int64(columns.lowerBound), column_end: Int64(columns.upperBound))
    }
    let status = limbs.withUnsafeMutableBufferPointer { result in
      withProblem(residues) { problem in
        problem.left = leftTables.access
        problem.right = rightTables.access
        problem.output = outputTables.access
        problem.result = result.baseAddress
        let jobs = divided(layout, makeJob)
        guard execute(problem, jobs) else { return Outcome.outOfMemory }
        options.sabotage?(result)
        if plan.kernel == EK_PLAIN { return .done }
        let whole = (0..<layout.batchCount).map {
          makeJob($0, rows: 0..<layout.rowCount, columns: 0..<layout.columnCount)
        }
        return certify(problem, whole, layout)
      }
    }
    withExtendedLifetime((leftTables, rightTables, outputTables)) {}
    switch status {
    case .done: return
    case .outOfMemory: throw .memory(needed: bytes, allowed: options.memoryLimit)
    case .refuted: throw .certificateFailed(kernel: plan.kernel.name)
    }
  }

  private enum Outcome { case done, outOfMemory, refuted }

  /// The jobs of a part: its batch entries, each cut in two along its longer side where there are
  /// fewer entries than threads.
  private func divided(
    _ layout: ContractionLayout, _ makeJob: (Int, Range<Int>, Range<Int>) -> ek_job
  ) -> [ek_job] {
    let (rows, columns) = (layout.rowCount, layout.columnCount)
    let pieces = layout.batchCount >= threads ? 1 : threads
    var jobs: [ek_job] = []
    for entry in 0..<layout.batchCount {
      for piece in 0..<pieces {
        // Boundaries on whole panels, whose width divides 96.
        func cut(_ count: Int) -> Range<Int> {
          func boundary(_ k: Int) -> Int {
            k == pieces ? count : min(count, (count * k / pieces + 48) / 96 * 96)
          }
          return boundary(piece)..<boundary(piece + 1)
        }
        let (r, c) = columns >= rows ? (0..<rows, cut(columns)) : (cut(rows), 0..<columns)
        if !r.isEmpty && !c.isEmpty { jobs.append(makeJob(entry, r, c)) }
      }
    }
    return jobs
  }

  private func execute(_ problem: ek_problem, _ jobs: [ek_job]) -> Bool {
    var problem = problem
    guard let progress = options.progress else {
      return ek_run(&problem, jobs, Int64(jobs.count), Int32(threads), nil, nil) == 0
    }
    var report = progress
    return withUnsafeMutablePointer(to: &report) {
      ek_run(
        &problem, jobs, Int64(jobs.count), Int32(threads),
        { context, done, total in
          context?.assumingMemoryBound(to: (@Sendable (Int, Int) -> Void).self)
            .pointee(Int(done), Int(total))
        }, $0) == 0
    }
  }

  /// Checks every batch entry with one pair of random vectors. A wrong entry passes with a
  /// probability of at most 2 / (2^61 − 1), independently of which kernel made it.
  private func certify(
    _ problem: ek_problem, _ jobs: [ek_job], _ layout: ContractionLayout
  ) -> Outcome {
    var problem = problem
    var generator = FieldGenerator()
    let rows = (0..<layout.rowCount).map { _ in generator.next() }
    let columns = (0..<layout.columnCount).map { _ in generator.next() }
    // What is certified is the product of the operands themselves.
    if plan.split != nil {
      problem.left_source = problem.left_split.whole
      problem.right_source = problem.right_split.whole
    }
    for var job in jobs {
      var certificate = ek_certificate()
      guard ek_certify(&problem, &job, rows, columns, &certificate) == 0 else {
        return .outOfMemory
      }
      guard certificate.expected == certificate.found else { return .refuted }
    }
    return .done
  }

  /// Lends a problem in which everything but the accesses and the result is filled in.
  private func withProblem<R>(_ residues: OperandResidues, _ body: (inout ek_problem) -> R) -> R {
    withLimbs { problem in
      residues.withTables { table, weights in
        problem.kernel = plan.kernel
        problem.features = plan.features
        problem.left_limbs = Int64(left.limbCount)
        problem.right_limbs = Int64(right.limbCount)
        problem.left_limb_stride = Int64(left.count)
        problem.right_limb_stride = Int64(right.count)
        problem.left_bits = Int32(plan.leftBits)
        problem.right_bits = Int32(plan.rightBits)
        problem.moduli_count = Int32(table.count)
        problem.depth_limit = Int32(plan.depthLimit)
        problem.moduli = table.baseAddress
        problem.left_residues = UnsafeRawPointer(residues.left.plane)
        problem.right_residues = UnsafeRawPointer(residues.right.plane)
        problem.left_weights = weights.left.baseAddress
        problem.right_weights = weights.right.baseAddress
        problem.left_residue_stride = Int64(left.count)
        problem.right_residue_stride = Int64(right.count)
        problem.weights = weights.result.baseAddress
        problem.product = weights.product.baseAddress
        problem.digits = Int32(plan.resultLimbs * 2)
        problem.result_limbs = Int64(plan.resultLimbs)
        problem.result_limb_stride = Int64(resultCount)
        return body(&problem)
      }
    }
  }

  /// Lends a problem that has only the operands and where they are split.
  private func withLimbs<R>(_ body: (inout ek_problem) -> R) -> R {
    func split(_ part: OperandSplit, _ whole: UnsafeBufferPointer<Int64>) -> ek_split {
      ek_split(
        whole: whole.baseAddress, shift: Int32(part.cut.shift), digits: Int32(part.rests.digits),
        limit: part.cut.limit)
    }
    var problem = ek_problem()
    return left.limbs.withUnsafeBufferPointer { leftLimbs in
      right.limbs.withUnsafeBufferPointer { rightLimbs in
        problem.left_source = leftLimbs.baseAddress
        problem.right_source = rightLimbs.baseAddress
        guard let parts = plan.split else { return body(&problem) }
        problem.result_shift = Int32(parts.shift)
        return whole.left.limbs.withUnsafeBufferPointer { leftWhole in
          whole.right.limbs.withUnsafeBufferPointer { rightWhole in
            problem.left_split = split(parts.left, leftWhole)
            problem.right_split = split(parts.right, rightWhole)
            return body(&problem)
          }
        }
      }
    }
  }
}

/// Random elements of the field of 2^61 − 1, from a seed that the system draws.
///
/// Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators" (2014).
private struct FieldGenerator {
  private var state = UInt64.random(in: .min ... .max)

  mutating func next() -> UInt64 {
    while true {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      z = (z ^ (z >> 31)) >> 3
      if z < (1 << 61) - 1 { return z }
    }
  }
}
