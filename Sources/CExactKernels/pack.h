// Copies operands into panels, straight from their strided accesses.
#ifndef GRADCHECK_PACK_H
#define GRADCHECK_PACK_H

#include <stdint.h>

#include "exact_kernels.h"

// One operand's panels: `points` of its outer group from `first` on, `depths` from `depth` on, in
// panels of `width` points (a whole number of them; missing points and depths are zero), with
// `group` depths of a point side by side.
typedef struct {
  const ek_access *access;
  int64_t base;
  const int64_t *origin;
  int64_t first, points, depth, depths;
  int32_t width, group;
} ek_panels;

// Whether an operand is best read along depths (in long runs there) rather than along points.
int ek_reads_along_depth(const ek_access *access);

// How many elements the panels take.
int64_t ek_panel_elements(const ek_panels *panels);

// `scratch` holds max(points * group, 4 * depths) elements, rounded up to whole panels and groups.
void ek_pack_bytes(const ek_panels *panels, const int8_t *plane, int8_t *scratch, int8_t *out);
void ek_pack_shorts(const ek_panels *panels, const int16_t *plane, int16_t *scratch, int16_t *out);
void ek_pack_limbs(const ek_panels *panels, const int64_t *plane, int64_t *scratch, int64_t *out);

// Adds `bias` to every element, zeros outside the tensor included, but not to missing points.
void ek_pack_words(
    const ek_panels *panels, const int64_t *plane, int64_t bias, int64_t *scratch, int64_t *out);

#endif
