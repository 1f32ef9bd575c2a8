// What this CPU, and the operating system under it, let us use.
#include "exact_kernels.h"

#if defined(__x86_64__)
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

// The tile data state must be asked for before its first use, once for a process. Only Linux has
// a way to ask; elsewhere tiles stay unused.
static int tiles_are_permitted(void) {
#if defined(__linux__) && defined(SYS_arch_prctl)
  enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };
  return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
#else
  return 0;
#endif
}

static int has_int8_tiles(void) {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  enum { AMX_TILE = 1 << 24, AMX_INT8 = 1 << 25 };
  return (d & AMX_TILE) != 0 && (d & AMX_INT8) != 0;
}

int32_t ek_cpu_features(void) {
  int32_t features = 0;
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) features |= EK_CPU_AVX2;
  if (features && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512vnni")) {
    features |= EK_CPU_AVX512;
    if (__builtin_cpu_supports("avx512ifma")) features |= EK_CPU_IFMA;
    if (has_int8_tiles() && tiles_are_permitted()) features |= EK_CPU_AMX;
  }
  return features;
}

#else

int32_t ek_cpu_features(void) { return 0; }

#endif
