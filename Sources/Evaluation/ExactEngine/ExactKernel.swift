import CExactKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The instruction sets that the engine's kernels are written for, narrowest first.
///
/// Each name also forces its kernels, in ``ExactOptions`` or by `GRADCHECK_KERNEL`. All of them
/// give the same integers.
public enum ExactKernelFamily: String, CaseIterable, Hashable, Sendable {
  /// 16-bit residues in plain C, on any CPU.
  case portable
  /// The same with AVX2.
  case avx2
  /// AVX-512 IFMA words where they hold the operands, else 16-bit residues on 512-bit registers.
  case ifma
  /// 8-bit residues with AVX-512 VNNI.
  case vnni
  /// 8-bit residues on AMX tiles.
  case amx
  /// The AMX kernel over a software model of its tiles: slow, for tests on other machines.
  case amxModel

  /// What this machine has; asking it takes long where it is a virtual one.
  private static let cpuFeatures = ek_cpu_features()

  /// Whether this machine runs these kernels.
  public var isAvailable: Bool {
    let features = Self.cpuFeatures
    return switch self {
    case .portable, .amxModel: true
    case .avx2: features & Int32(EK_CPU_AVX2) != 0
    case .ifma: features & Int32(EK_CPU_IFMA) != 0
    case .vnni: features & Int32(EK_CPU_AVX512) != 0
    case .amx: features & Int32(EK_CPU_AMX) != 0
    }
  }

  /// The family that the environment asks for, if any.
  ///
  /// - Throws: ``ExactEngineError/unknownKernel(_:)`` for a name that is none of these, and
  ///   ``ExactEngineError/kernelUnavailable(_:)`` for one that this machine does not run.
  public static func fromEnvironment() throws(ExactEngineError) -> ExactKernelFamily? {
    guard let value = getenv("GRADCHECK_KERNEL") else { return nil }
    let name = String(cString: value)
    if name.isEmpty { return nil }
    guard let family = ExactKernelFamily(rawValue: name) else { throw .unknownKernel(name) }
    guard family.isAvailable else { throw .kernelUnavailable(family) }
    return family
  }

  /// The instruction sets that may be used around this family's kernels.
  var features: Int32 {
    switch self {
    case .portable, .amxModel: 0
    case .avx2: Int32(EK_CPU_AVX2)
    case .ifma, .vnni, .amx: Self.cpuFeatures
    }
  }

  /// The kernels that a plan may choose from.
  var kernels: [ek_kernel] {
    switch self {
    case .portable: [EK_PAIRS_PORTABLE]
    case .avx2: [EK_PAIRS_AVX2]
    case .ifma: [EK_WORDS_IFMA_LOW, EK_WORDS_IFMA_WIDE, EK_PAIRS_AVX512]
    case .vnni: [EK_QUADS_VNNI, EK_PAIRS_AVX512]
    case .amx: [EK_QUADS_AMX, EK_PAIRS_AVX512]
    case .amxModel: [EK_QUADS_AMX_MODEL, EK_PAIRS_PORTABLE]
    }
  }

  /// Everything that this machine has.
  static func available() -> (kernels: [ek_kernel], features: Int32) {
    let features = cpuFeatures
    var kernels: [ek_kernel] = []
    for family in [ExactKernelFamily.amx, .vnni, .ifma, .avx2, .portable]
    where family.isAvailable {
      for kernel in family.kernels where !kernels.contains(kernel) { kernels.append(kernel) }
      if family == .avx2 { break }
    }
    return (kernels, features)
  }
}

extension ek_kernel {
  /// The width of its residues: 16 or 8 bits; nil for kernels without residues.
  var residueBits: Int? {
    switch self {
    case EK_PAIRS_PORTABLE, EK_PAIRS_AVX2, EK_PAIRS_AVX512: 16
    case EK_QUADS_VNNI, EK_QUADS_AMX, EK_QUADS_AMX_MODEL: 8
    default: nil
    }
  }

  /// The name in messages.
  var name: String {
    switch self {
    case EK_PLAIN: "plain"
    case EK_PAIRS_PORTABLE: "pairs portable"
    case EK_PAIRS_AVX2: "pairs AVX2"
    case EK_PAIRS_AVX512: "pairs AVX-512"
    case EK_QUADS_VNNI: "quads VNNI"
    case EK_QUADS_AMX: "quads AMX"
    case EK_QUADS_AMX_MODEL: "quads AMX model"
    case EK_WORDS_IFMA_LOW: "words IFMA low"
    case EK_WORDS_IFMA_WIDE: "words IFMA wide"
    default: "unknown"
    }
  }

  /// Multiply-adds for each cycle and residue, as measured; only their ratios matter.
  var speed: Double {
    switch self {
    case EK_PLAIN: 0.5
    case EK_PAIRS_PORTABLE: 14
    case EK_PAIRS_AVX2: 28
    case EK_PAIRS_AVX512: 60
    case EK_QUADS_VNNI: 115
    case EK_QUADS_AMX: 500
    case EK_QUADS_AMX_MODEL: 1
    case EK_WORDS_IFMA_LOW: 15
    case EK_WORDS_IFMA_WIDE: 7.5
    default: 1
    }
  }
}
