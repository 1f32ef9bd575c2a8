// Finds what a split operand's main parts leave out, and sorts it.
#ifndef GRADCHECK_REST_LISTS_H
#define GRADCHECK_REST_LISTS_H

#include <stdint.h>

#include "exact_kernels.h"
#include "vectors.h"

// One operand of a term: its split or its words, and the points of its outer group that a job has.
typedef struct {
  const ek_access *access;
  const int64_t *words;
  int64_t base;
  const int64_t *origin;
  int64_t begin, end;
} ek_rest_side;

// The digits of rests, sorted by list: those of the d-th digit of point i that are added are list
// 2 * (i * digits + d), and those that are subtracted the next one.
typedef struct {
  int64_t *starts;    // [points * digits * 2 + 1]
  ek_rest_term *terms;
  int32_t *depths;    // [depth_count]: those that have rests, which is how terms number them
  int64_t depth_count;
  int32_t digits;
} ek_rest_lists;

// Reads every point and depth of a side and lists the rests. Returns 0, or -1 when memory could not be
// had; the lists are released by `ek_release_rests` in either case.
int32_t ek_list_rests(
    const ek_vectors *vectors, const ek_rest_side *side, const ek_split *split, ek_rest_lists *lists);
void ek_release_rests(ek_rest_lists *lists);

#endif
