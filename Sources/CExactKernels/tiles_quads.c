// Products of 8-bit residues: four depths to a 32-bit lane. Left residues are signed bytes, right
// ones unsigned, which both instruction sets multiply directly.
//
// Products are at most 128 * 255 in magnitude, so that 65536 depths, and a start of at most
// 2^15 * 129 after folding, reach 2 143 322 112 < 2^31 - 2^15.
#include "tile_frame.h"

// ----------------------------------------------------------------------------------------- VNNI

#if defined(__x86_64__)
#include <immintrin.h>

#define vnni_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
typedef int32_t vnni_element;
typedef __m512i vnni_columns, vnni_row, vnni_sum;
enum { vnni_lanes = 16, vnni_group = 4, vnni_row_bytes = 4, VNNI_ROWS = 12 };

vnni_TARGET EK_OPERATION __m512i vnni_load_columns(const char *b) {
  return _mm512_loadu_si512(b);
}
vnni_TARGET EK_OPERATION __m512i vnni_load_row(const char *a) {
  int32_t quad;
  memcpy(&quad, a, sizeof quad);
  return _mm512_set1_epi32(quad);
}
vnni_TARGET EK_OPERATION __m512i vnni_zero(void) { return _mm512_setzero_si512(); }
vnni_TARGET EK_OPERATION __m512i vnni_load(const int32_t *c, int64_t plane) {
  (void)plane;
  return _mm512_loadu_si512(c);
}
vnni_TARGET EK_OPERATION __m512i vnni_fold(__m512i sum, int32_t carry) {
  __m512i half = _mm512_set1_epi32(0x8000), halves = _mm512_xor_si512(_mm512_add_epi32(sum, half), half);
  return _mm512_madd_epi16(halves, _mm512_set1_epi32((int32_t)((uint32_t)carry << 16 | 1)));
}
vnni_TARGET EK_OPERATION void vnni_store(int32_t *c, int64_t plane, __m512i sum) {
  (void)plane;
  _mm512_storeu_si512(c, sum);
}
vnni_TARGET EK_OPERATION __m512i vnni_add(__m512i sum, __m512i columns, __m512i row) {
  return _mm512_dpbusd_epi32(sum, columns, row);
}
vnni_TARGET EK_OPERATION void vnni_prepare(const char *b) { _mm_prefetch(b + 2048, _MM_HINT_T0); }
EK_TILE(tile_vnni, vnni, VNNI_ROWS, 2)

const ek_tiles ek_tiles_quads_vnni = {VNNI_ROWS, 32, 4, 4, 1, 4, 1, 1, 0, tile_vnni, 0, 0};
#endif

// ------------------------------------------------------------------------------------------ AMX

// Four tiles of accumulators, 16 by 16 each, make 32 rows by 32 columns. A left tile holds 16 rows
// of 64 depths; a right tile holds 16 groups of four depths of 16 columns, so that every load
// serves two products. The kernel is written once, over five steps, for the tiles of the CPU and
// for a model of them in C, by which its layout and loops are tested where no CPU has tiles.
// Tiles 0...3 are accumulators, 4 and 5 left, 6 and 7 right.
static void fold_tile(int32_t *c, int64_t stride, int32_t carry) {
  for (int64_t i = 0; i < 32; i++)
    for (int64_t j = 0; j < 32; j++) c[i * stride + j] = ek_fold(c[i * stride + j], carry);
}

#define EK_AMX_TILE(NAME, TARGET, CLEAR, LOAD, MULTIPLY, STORE)                                  \
  TARGET static void NAME(                                                                       \
      const void *left, const void *right, int64_t depth, int64_t limit, void *accumulators,      \
      int64_t stride, int64_t plane, int32_t keep, int32_t carry) {                                                             \
    (void)plane, (void)limit;                                                                             \
    const char *a = left, *b = right;                                                            \
    int32_t *c = accumulators, *below = c + 16 * stride;                                         \
    if (keep) {                                                                                  \
      fold_tile(c, stride, carry);                                                               \
      LOAD(0, c, stride * 4);                                                                    \
      LOAD(1, c + 16, stride * 4);                                                               \
      LOAD(2, below, stride * 4);                                                                \
      LOAD(3, below + 16, stride * 4);                                                           \
    } else {                                                                                     \
      CLEAR(0);                                                                                  \
      CLEAR(1);                                                                                  \
      CLEAR(2);                                                                                  \
      CLEAR(3);                                                                                  \
    }                                                                                            \
    for (int64_t d = 0; d < depth; d += 64) {                                                    \
      LOAD(4, a, 64);                                                                            \
      LOAD(5, a + 16 * 64, 64);                                                                  \
      LOAD(6, b, 128);                                                                           \
      LOAD(7, b + 64, 128);                                                                      \
      MULTIPLY(0, 4, 6);                                                                         \
      MULTIPLY(1, 4, 7);                                                                         \
      MULTIPLY(2, 5, 6);                                                                         \
      MULTIPLY(3, 5, 7);                                                                         \
      a += 32 * 64;                                                                              \
      b += 32 * 64;                                                                              \
    }                                                                                            \
    STORE(0, c, stride * 4);                                                                     \
    STORE(1, c + 16, stride * 4);                                                                \
    STORE(2, below, stride * 4);                                                                 \
    STORE(3, below + 16, stride * 4);                                                            \
  }

#define EK_AMX_KERNEL(NAME, FUNCTION, ENTER, LEAVE)                                              \
  const ek_tiles NAME = {32, 32, 64, 4, 1, 4, 1, 1, 0, FUNCTION, ENTER, LEAVE};

#if defined(__x86_64__)

// The layout that LDTILECFG reads.
typedef struct {
  uint8_t palette, start_row;
  uint8_t reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} __attribute__((packed, aligned(64))) tile_configuration;

__attribute__((target("amx-tile"))) static void enter_amx(void) {
  tile_configuration configuration;
  memset(&configuration, 0, sizeof configuration);
  configuration.palette = 1;
  for (int t = 0; t < 8; t++) {
    configuration.rows[t] = 16;
    configuration.row_bytes[t] = 64;
  }
  _tile_loadconfig(&configuration);
}

__attribute__((target("amx-tile"))) static void leave_amx(void) { _tile_release(); }

EK_AMX_TILE(
    tile_amx, __attribute__((target("amx-tile,amx-int8"))), _tile_zero, _tile_loadd,
    _tile_dpbsud, _tile_stored)
EK_AMX_KERNEL(ek_tiles_quads_amx, tile_amx, enter_amx, leave_amx)
#endif

typedef union {
  int32_t sum[16][16];
  int8_t left[16][64];
  uint8_t right[16][64];
} tile_model;

static _Thread_local tile_model model[8];

static void model_zero(int t) { memset(&model[t], 0, sizeof model[t]); }

static void model_load(int t, const void *from, int64_t stride) {
  for (int m = 0; m < 16; m++) memcpy(model[t].left[m], (const char *)from + m * stride, 64);
}

static void model_store(int t, void *to, int64_t stride) {
  for (int m = 0; m < 16; m++) memcpy((char *)to + m * stride, model[t].left[m], 64);
}

// What TDPBSUD does: sum[m][n] += left[m][4k + i] * right[k][4n + i], signed times unsigned.
static void model_multiply(int sum, int left, int right) {
  for (int m = 0; m < 16; m++)
    for (int k = 0; k < 16; k++)
      for (int n = 0; n < 16; n++)
        for (int i = 0; i < 4; i++)
          model[sum].sum[m][n] +=
              (int32_t)model[left].left[m][4 * k + i] * (int32_t)model[right].right[k][4 * n + i];
}

EK_AMX_TILE(tile_amx_model, , model_zero, model_load, model_multiply, model_store)
EK_AMX_KERNEL(ek_tiles_quads_amx_model, tile_amx_model, 0, 0)
