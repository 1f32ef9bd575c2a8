import CExactKernels

/// What becomes of memory that a process has freed.
public enum FreedMemory {
  /// Lets the process keep what it frees until it ends, where the allocator can be told so.
  ///
  /// For a process that does one thing: large values come and go all the time, and to clear fresh pages for each
  /// takes as long as to compute some of them. Call it before any other thread starts.
  public static func keep() { ek_keep_freed_memory() }
}
