// Reading and writing through affine accesses, one run at a time.
#ifndef GRADCHECK_ACCESS_H
#define GRADCHECK_ACCESS_H

#include <stdint.h>
#include <string.h>

#include "exact_kernels.h"

enum { EK_MAX_AXES = 16 };

static inline int64_t ek_min(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t ek_max(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t ek_round_up(int64_t n, int64_t unit) { return (n + unit - 1) / unit * unit; }

static inline int64_t ek_points(const ek_group *group) { return group->runs * group->length; }

// A point of one group, as the other group's runs see it.
typedef struct {
  int64_t offset;
  int64_t coordinate[EK_MAX_AXES];
} ek_fixed;

static inline void ek_fix(
    const ek_access *access, const ek_group *group, int64_t point, int64_t base,
    const int64_t *origin, ek_fixed *fixed) {
  int64_t run = group->length == 1 ? point : point / group->length;
  int64_t i = point - run * group->length;
  fixed->offset = base + group->offset[run] + i * group->step;
  for (int64_t a = 0; a < access->axes; a++)
    fixed->coordinate[a] =
        origin[a] + group->coordinate[run * access->axes + a] + i * group->stride[a];
}

// Narrows lo ..< hi to the points of a run at which every checked coordinate is in its extent.
static inline void ek_clip(
    const ek_access *access, const ek_fixed *fixed, const ek_group *along, int64_t run,
    int64_t *lo, int64_t *hi) {
  for (int64_t a = 0; a < access->axes; a++) {
    int64_t start = fixed->coordinate[a] + along->coordinate[run * access->axes + a];
    int64_t last = access->extent[a] - 1 - start;  // start + i * stride <= extent - 1
    int64_t stride = along->stride[a];
    int64_t first = 0, end = INT64_MAX;
    if (stride == 0) {
      if (start < 0 || last < 0) end = 0;
    } else if (stride == 1) {
      first = -start;
      end = last + 1;
    } else if (stride > 0) {
      first = start >= 0 ? 0 : (-start + stride - 1) / stride;
      end = last < 0 ? 0 : last / stride + 1;
    } else {
      first = last >= 0 ? 0 : (-last + -stride - 1) / -stride;
      end = start < 0 ? 0 : start / -stride + 1;
    }
    *lo = ek_max(*lo, first);
    *hi = ek_min(*hi, end);
  }
  if (*hi < *lo) *hi = *lo;
}

#define EK_GATHER(NAME, ELEMENT)                                                                \
  /* Reads `count` points of `along` from `first` on, at a fixed point of the other group. */  \
  static inline void NAME(                                                                      \
      const ek_access *access, const ek_group *along, const ek_fixed *fixed, int64_t first,     \
      int64_t count, const ELEMENT *plane, ELEMENT *out) {                                      \
    int64_t run = first / along->length, i = first % along->length;                             \
    while (count > 0) {                                                                         \
      int64_t end = ek_min(along->length, i + count), lo = i, hi = end;                         \
      if (access->axes) {                                                                       \
        ek_clip(access, fixed, along, run, &lo, &hi);                                           \
        if (lo > end) lo = hi = end;                                                            \
      }                                                                                         \
      const ELEMENT *p = plane + fixed->offset + along->offset[run];                            \
      int64_t step = along->step;                                                               \
      ELEMENT *o = out - i;                                                                     \
      for (int64_t j = i; j < lo; j++) o[j] = 0;                                                \
      if (step == 1) {                                                                          \
        if (hi - lo >= 16) {                                                                    \
          memcpy(o + lo, p + lo, (size_t)(hi - lo) * sizeof(ELEMENT));                          \
        } else {                                                                                \
          for (int64_t j = lo; j < hi; j++) o[j] = p[j];                                        \
        }                                                                                       \
      } else {                                                                                  \
        for (int64_t j = lo; j < hi; j++) o[j] = p[j * step];                                   \
      }                                                                                         \
      for (int64_t j = hi; j < end; j++) o[j] = 0;                                              \
      out += end - i;                                                                           \
      count -= end - i;                                                                         \
      i = 0;                                                                                    \
      run++;                                                                                    \
    }                                                                                           \
  }

// Writes `count` points of `along` from `first` on, at a fixed point of the other group.
static inline void ek_scatter(
    const ek_access *access, const ek_group *along, const ek_fixed *fixed, int64_t first,
    int64_t count, const int64_t *values, int64_t *plane) {
  int64_t run = first / along->length, i = first % along->length;
  while (count > 0) {
    int64_t end = ek_min(along->length, i + count), lo = i, hi = end;
    if (access->axes) {
      ek_clip(access, fixed, along, run, &lo, &hi);
      if (lo > end) lo = hi = end;
    }
    int64_t *p = plane + fixed->offset + along->offset[run];
    const int64_t *v = values - i;
    if (along->step == 1) {
      if (hi > lo) memcpy(p + lo, v + lo, (size_t)(hi - lo) * sizeof(int64_t));
    } else {
      for (int64_t j = lo; j < hi; j++) p[j * along->step] = v[j];
    }
    values += end - i;
    count -= end - i;
    i = 0;
    run++;
  }
}

#endif
