#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

exit(GradcheckCommand.status(of: Array(CommandLine.arguments.dropFirst())))
