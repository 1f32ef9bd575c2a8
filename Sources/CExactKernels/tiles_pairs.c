// Products of 16-bit residues: two depths to a 32-bit lane, multiplied and added pairwise.
//
// Residues are at most 2047 in magnitude and accumulators start at most 2048 away from zero, so 512
// depths reach 512 * 2047^2 + 2048 = 2 145 388 544 < 2^31.
#include <string.h>

#include "tiles.h"

// Every kernel here is the same loop nest; only the register and its multiply-add differ.
// REGISTERS columns of vectors, ROWS rows; the compiler keeps the accumulators in registers.
// A row's pair is ROW_BYTES long and ROW makes a vector of it.
#define EK_PAIRS_TILE(                                                                           \
    NAME, TARGET, VECTOR, LANES, ROWS, REGISTERS, LOAD, STORE, ROW_BYTES, ROW, MADD, ZERO)       \
  TARGET static void NAME(                                                                       \
      const void *left, const void *right, int64_t depth, void *accumulators, int64_t stride,    \
      int64_t plane, int32_t keep) {                                                             \
    (void)plane;                                                                                 \
    const char *a = left, *b = right;                                                            \
    int32_t *c = accumulators;                                                                   \
    VECTOR sum[ROWS][REGISTERS];                                                                 \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) {                          \
      _Pragma("clang loop unroll(full)") for (int j = 0; j < REGISTERS; j++) {                   \
        sum[i][j] = keep ? LOAD(c + i * stride + j * LANES) : ZERO;                              \
      }                                                                                          \
    }                                                                                            \
    for (int64_t d = 0; d < depth; d += 2) {                                                     \
      VECTOR columns[REGISTERS];                                                                 \
      _Pragma("clang loop unroll(full)") for (int j = 0; j < REGISTERS; j++) {                   \
        columns[j] = LOAD(b + j * LANES * 4);                                                    \
      }                                                                                          \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) {                        \
        VECTOR row = ROW(a + i * ROW_BYTES);                                                     \
        _Pragma("clang loop unroll(full)") for (int j = 0; j < REGISTERS; j++) {                 \
          sum[i][j] = MADD(sum[i][j], columns[j], row);                                          \
        }                                                                                        \
      }                                                                                          \
      a += ROWS * ROW_BYTES;                                                                     \
      b += REGISTERS * LANES * 4;                                                                \
    }                                                                                            \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) {                          \
      _Pragma("clang loop unroll(full)") for (int j = 0; j < REGISTERS; j++) {                   \
        STORE(c + i * stride + j * LANES, sum[i][j]);                                            \
      }                                                                                          \
    }                                                                                            \
  }

#define EK_PAIRS_KERNEL(NAME, FUNCTION, ROWS, COLUMNS, FACTOR, SPREAD)                           \
  const ek_tiles NAME = {                                                                        \
      ROWS, COLUMNS, 2, 2, 2, 4, 1, EK_PAIRS_DEPTH, FACTOR, SPREAD, FUNCTION, 0, 0};

enum { PORTABLE_ROWS = 6 };

// Repeats each pair four times, since 128-bit registers have no load that does.
static void spread_four(const void *left, int64_t depth, void *wide) {
  const int32_t *a = left;
  int32_t *out = wide;
  for (int64_t i = 0; i < PORTABLE_ROWS * depth / 2; i++)
    for (int64_t j = 0; j < 4; j++) out[4 * i + j] = a[i];
}

#if defined(__x86_64__)
#include <immintrin.h>

static inline int32_t load_pair(const char *p) {
  int32_t pair;
  memcpy(&pair, p, sizeof pair);
  return pair;
}

#define LOAD_128(p) _mm_loadu_si128((const __m128i *)(p))
#define LOAD_ALIGNED_128(p) _mm_load_si128((const __m128i *)(p))
#define STORE_128(p, x) _mm_storeu_si128((__m128i *)(p), x)
#define MADD_128(s, x, y) _mm_add_epi32(s, _mm_madd_epi16(x, y))
EK_PAIRS_TILE(
    tile_portable, , __m128i, 4, PORTABLE_ROWS, 2, LOAD_128, STORE_128, 16, LOAD_ALIGNED_128,
    MADD_128, _mm_setzero_si128())

#define LOAD_256(p) _mm256_loadu_si256((const __m256i *)(p))
#define ROW_256(p) _mm256_set1_epi32(load_pair(p))
#define STORE_256(p, x) _mm256_storeu_si256((__m256i *)(p), x)
#define MADD_256(s, x, y) _mm256_add_epi32(s, _mm256_madd_epi16(x, y))
EK_PAIRS_TILE(
    tile_avx2, __attribute__((target("avx2"))), __m256i, 8, 6, 2, LOAD_256, STORE_256, 4,
    ROW_256, MADD_256, _mm256_setzero_si256())

#define LOAD_512(p) _mm512_loadu_si512((const void *)(p))
#define ROW_512(p) _mm512_set1_epi32(load_pair(p))
#define STORE_512(p, x) _mm512_storeu_si512((void *)(p), x)
EK_PAIRS_TILE(
    tile_avx512, __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))), __m512i, 16,
    12, 2, LOAD_512, STORE_512, 4, ROW_512, _mm512_dpwssd_epi32,
    _mm512_setzero_si512())

EK_PAIRS_KERNEL(ek_tiles_pairs_portable, tile_portable, PORTABLE_ROWS, 8, 4, spread_four)
EK_PAIRS_KERNEL(ek_tiles_pairs_avx2, tile_avx2, 6, 16, 1, 0)
EK_PAIRS_KERNEL(ek_tiles_pairs_avx512, tile_avx512, 12, 32, 1, 0)

#else

typedef int32_t lanes __attribute__((vector_size(16)));

static inline lanes load_lanes(const void *p) {
  lanes x;
  memcpy(&x, p, sizeof x);
  return x;
}
static inline lanes madd_lanes(lanes sum, lanes x, lanes y) {
  return sum + ((x << 16) >> 16) * ((y << 16) >> 16) + (x >> 16) * (y >> 16);
}
#define STORE_LANES(p, x) memcpy(p, &(x), sizeof(lanes))
EK_PAIRS_TILE(
    tile_portable, , lanes, 4, PORTABLE_ROWS, 2, load_lanes, STORE_LANES, 16, load_lanes,
    madd_lanes, ((lanes){0, 0, 0, 0}))

EK_PAIRS_KERNEL(ek_tiles_pairs_portable, tile_portable, PORTABLE_ROWS, 8, 4, spread_four)

#endif

const ek_tiles *ek_tiles_for(ek_kernel kernel) {
  switch (kernel) {
    case EK_PLAIN: return 0;
    case EK_PAIRS_PORTABLE: return &ek_tiles_pairs_portable;
    case EK_QUADS_AMX_MODEL: return &ek_tiles_quads_amx_model;
#if defined(__x86_64__)
    case EK_PAIRS_AVX2: return &ek_tiles_pairs_avx2;
    case EK_PAIRS_AVX512: return &ek_tiles_pairs_avx512;
    case EK_QUADS_VNNI: return &ek_tiles_quads_vnni;
    case EK_QUADS_AMX: return &ek_tiles_quads_amx;
    case EK_WORDS_IFMA_LOW: return &ek_tiles_words_low;
    case EK_WORDS_IFMA_WIDE: return &ek_tiles_words_wide;
#else
    case EK_PAIRS_AVX2:
    case EK_PAIRS_AVX512:
    case EK_QUADS_VNNI:
    case EK_QUADS_AMX:
    case EK_WORDS_IFMA_LOW:
    case EK_WORDS_IFMA_WIDE: return 0;
#endif
  }
  return 0;
}
