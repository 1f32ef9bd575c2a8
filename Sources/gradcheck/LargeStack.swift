#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Runs work on a thread whose stack is large enough for deeply nested files.
///
/// The memory is only reserved: pages that are never reached cost nothing.
enum LargeStack {
  private static let sizes = [512 << 20, 64 << 20]

  /// Runs `body` to its end and gives its value; on the caller's own stack where no thread can be had.
  static func run(_ body: @escaping @Sendable () -> Int32) -> Int32 {
    for size in sizes {
      let job = Job(body)
      if start(job, stack: size) { return job.value }
    }
    return body()
  }

  private final class Job {
    let body: @Sendable () -> Int32
    var value: Int32 = 0
    init(_ body: @escaping @Sendable () -> Int32) { self.body = body }
  }

  private static func start(_ job: Job, stack size: Int) -> Bool {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return false }
    defer { pthread_attr_destroy(&attributes) }
    guard pthread_attr_setstacksize(&attributes, size) == 0 else { return false }
    let pointer = Unmanaged.passRetained(job)
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let status = pthread_create(
      &thread, &attributes,
      { argument in
        #if canImport(Darwin)
          let job = Unmanaged<Job>.fromOpaque(argument).takeRetainedValue()
        #else
          guard let argument else { return nil }
          let job = Unmanaged<Job>.fromOpaque(argument).takeRetainedValue()
        #endif
        job.value = job.body()
        return nil
      }, pointer.toOpaque())
    guard status == 0 else {
      pointer.release()
      return false
    }
    #if canImport(Darwin)
      guard let thread else { return false }
    #endif
    return pthread_join(thread, nil) == 0
  }
}
