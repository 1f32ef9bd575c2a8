// The kernels proper: products of one panel of rows with one panel of columns.
#ifndef GRADCHECK_TILES_H
#define GRADCHECK_TILES_H

#include <stdint.h>

#include "exact_kernels.h"

// How a kernel wants its panels. A panel of `rows` (or `columns`) points holds, for each group of
// consecutive depths, that many depths of every point: [group][point][depth in group].
typedef struct {
  int32_t rows, columns;
  int32_t left_group, right_group;  // depths side by side in a panel
  int32_t element_bytes;
  int32_t accumulator_bytes;
  int32_t accumulator_planes;
  // By how much `spread` widens a left panel; 1 where the tile reads panels as they were packed.
  int32_t spread_factor;
  void (*spread)(const void *left, int64_t depth, void *wide);
  // Multiplies two panels over `depth` (a multiple of both groups) into a tile of accumulators whose
  // rows are `stride` apart and whose planes are `plane` apart, and adds to what the tile holds if
  // `keep`. After every `limit` depths it makes room: residues' sums are folded by `carry`, which is
  // 2^16 modulo the modulus.
  void (*tile)(
      const void *left, const void *right, int64_t depth, int64_t limit, void *accumulators,
      int64_t stride, int64_t plane, int32_t keep, int32_t carry);
  // Called once by each thread around its tiles, where a kernel needs it.
  void (*enter)(void);
  void (*leave)(void);
} ek_tiles;

// Null for EK_PLAIN, and for kernels that this architecture does not have.
const ek_tiles *ek_tiles_for(ek_kernel kernel);

extern const ek_tiles ek_tiles_pairs_portable;
extern const ek_tiles ek_tiles_quads_amx_model;
#if defined(__x86_64__)
extern const ek_tiles ek_tiles_pairs_avx2, ek_tiles_pairs_avx512;
extern const ek_tiles ek_tiles_quads_vnni, ek_tiles_quads_amx;
extern const ek_tiles ek_tiles_words_low, ek_tiles_words_wide;
#endif

// Brings a sum closer to zero without changing it modulo a modulus: with sum = high * 2^16 + low
// and |low| <= 2^15, it is congruent to high * carry + low, at most 2^15 * (1 + |carry|) in
// magnitude. Sums must be below 2^31 - 2^15 in magnitude, unless the modulus divides 2^32.
static inline int32_t ek_fold(int32_t sum, int32_t carry) {
  int32_t high = (int32_t)((uint32_t)sum + 0x8000) >> 16;
  int32_t low = (int16_t)sum;
  return high * carry + low;
}

#endif
