#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A reading of two clocks.
struct Milliseconds {
  /// Of the wall clock.
  let passed: Double
  /// Of the processors, in all threads of this process.
  let spent: Double

  static func now() -> Milliseconds {
    func read(_ clock: clockid_t) -> Double {
      var time = timespec()
      clock_gettime(clock, &time)
      return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
    }
    return Milliseconds(passed: read(CLOCK_MONOTONIC), spent: read(CLOCK_PROCESS_CPUTIME_ID))
  }
}
