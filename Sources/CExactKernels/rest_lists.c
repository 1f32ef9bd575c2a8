#include "rest_lists.h"

#include <stdlib.h>

#include "access.h"
#include "pack.h"

EK_GATHER(gather_words, int64_t)

enum { BLOCK = 1024 };  // points or depths searched at a time

// What is added up over an array's rests.
typedef struct {
  uint64_t all, empty, wholes;
} rest_sums;

// The main part of a value, whose rest goes into the sums.
static inline int64_t main_part(int64_t value, int32_t shift, uint64_t limit, rest_sums *sums) {
  uint64_t sign = (uint64_t)(value >> 63), size = ((uint64_t)value ^ sign) - sign;
  // Both are below 2^63: their difference has a sign.
  uint64_t high = size >> shift, goes = 0 - ((limit - high) >> 63);
  uint64_t rest = size & (((UINT64_C(1) << shift) - 1) | goes);
  high &= ~goes;
  sums->all |= rest;
  sums->empty += (rest - 1) >> 63;
  sums->wholes -= goes;
  return (int64_t)((high ^ sign) - sign);
}

static ek_rests rests_of(const rest_sums *sums, int64_t count) {
  ek_rests rests = {
      count - (int64_t)sums->empty, (int64_t)sums->wholes,
      sums->all ? 64 - __builtin_clzll(sums->all) : 0};
  return rests;
}

ek_rests ek_count_rests(const int64_t *values, int64_t count, int32_t shift, uint64_t limit) {
  rest_sums sums = {0};
  for (int64_t i = 0; i < count; i++) (void)main_part(values[i], shift, limit, &sums);
  return rests_of(&sums, count);
}

void ek_split_main(
    const int64_t *values, int64_t count, int32_t shift, uint64_t limit, int64_t *main) {
  rest_sums sums = {0};
  for (int64_t i = 0; i < count; i++) main[i] = main_part(values[i], shift, limit, &sums);
}

typedef struct {
  int32_t point, depth;
  int64_t rest;
} found_rest;

typedef struct {
  found_rest *items;
  int64_t count, room;
} found_rests;

static int append_rests(
    found_rests *f, const ek_vectors *vectors, const ek_split *split, const int64_t *values,
    int64_t count, int64_t point, int64_t depth, int along_depth) {
  int32_t places[BLOCK];
  int64_t found = vectors->find_rests(values, count, split->shift, split->limit, places);
  if (f->count + found > f->room) {
    f->room = 2 * f->room + BLOCK;
    found_rest *grown = realloc(f->items, (size_t)f->room * sizeof(found_rest));
    if (!grown) return -1;
    f->items = grown;
  }
  uint64_t mask = (UINT64_C(1) << split->shift) - 1;
  for (int64_t i = 0; i < found; i++) {
    int64_t value = values[places[i]], size = value < 0 ? -value : value;
    int64_t rest = (uint64_t)(size >> split->shift) > split->limit ? size : size & (int64_t)mask;
    found_rest item = {
        (int32_t)(along_depth ? point : point + places[i]),
        (int32_t)(along_depth ? depth + places[i] : depth), value < 0 ? -rest : rest};
    f->items[f->count++] = item;
  }
  return 0;
}

// Reads every point and depth of a side in runs, and notes where the rest is not zero.
static int find_all(
    const ek_vectors *vectors, const ek_rest_side *s, const ek_split *split, found_rests *f) {
  const ek_access *access = s->access;
  int64_t points = s->end - s->begin, depths = ek_points(&access->inner);
  int along_depth = ek_reads_along_depth(access);
  const ek_group *along = along_depth ? &access->inner : &access->outer;
  const ek_group *other = along_depth ? &access->outer : &access->inner;
  int64_t length = along_depth ? depths : points, first = along_depth ? 0 : s->begin;
  int64_t others = along_depth ? points : depths, first_other = along_depth ? s->begin : 0;
  int64_t values[BLOCK];
  ek_fixed fixed;
  for (int64_t i = 0; i < others; i++) {
    ek_fix(access, other, first_other + i, s->base, s->origin, &fixed);
    for (int64_t j = 0; j < length; j += BLOCK) {
      int64_t count = ek_min(length - j, BLOCK);
      gather_words(access, along, &fixed, first + j, count, s->words, values);
      int64_t point = along_depth ? i : j, depth = along_depth ? j : i;
      if (append_rests(f, vectors, split, values, count, point, depth, along_depth)) return -1;
    }
  }
  return 0;
}

static int64_t list_of(const found_rest *item, int32_t digits, int32_t digit) {
  return 2 * ((int64_t)item->point * digits + digit) + (item->rest < 0);
}

static uint32_t digit_of(const found_rest *item, int32_t digit) {
  uint64_t size = (uint64_t)(item->rest < 0 ? -item->rest : item->rest);
  return (uint32_t)(size >> (EK_REST_BITS * digit)) & ((1 << EK_REST_BITS) - 1);
}

// Numbers the depths that have rests, in order.
static int number_depths(ek_rest_lists *l, found_rests *f, int64_t depth) {
  int32_t *number = calloc((size_t)depth + 1, sizeof(int32_t));
  l->depths = malloc((size_t)ek_min(depth, f->count) * sizeof(int32_t) + 1);
  if (number && l->depths) {
    for (int64_t i = 0; i < f->count; i++) number[f->items[i].depth] = 1;
    for (int64_t d = 0; d < depth; d++) {
      if (!number[d]) continue;
      l->depths[l->depth_count] = (int32_t)d;
      number[d] = (int32_t)l->depth_count++;
    }
    for (int64_t i = 0; i < f->count; i++) f->items[i].depth = number[f->items[i].depth];
  }
  free(number);
  return number && l->depths ? 0 : -1;
}

static int make_lists(ek_rest_lists *l, const found_rests *f, int64_t points, int32_t digits) {
  int64_t count = points * digits * 2;
  l->digits = digits;
  l->starts = calloc((size_t)count + 2, sizeof(int64_t));
  l->terms = malloc((size_t)(f->count * digits) * sizeof(ek_rest_term) + 1);
  if (!l->starts || !l->terms) return -1;
  // Counted one further on, so that writing moves each start to where its list begins.
  for (int64_t i = 0; i < f->count; i++)
    for (int32_t d = 0; d < digits; d++)
      l->starts[list_of(f->items + i, digits, d) + 2] += digit_of(f->items + i, d) != 0;
  for (int64_t i = 2; i <= count; i++) l->starts[i] += l->starts[i - 1];
  for (int64_t i = 0; i < f->count; i++) {
    for (int32_t d = 0; d < digits; d++) {
      uint32_t digit = digit_of(f->items + i, d);
      if (!digit) continue;
      ek_rest_term term = {(uint32_t)f->items[i].depth, digit};
      l->terms[l->starts[list_of(f->items + i, digits, d) + 1]++] = term;
    }
  }
  return 0;
}

int32_t ek_list_rests(
    const ek_vectors *vectors, const ek_rest_side *side, const ek_split *split, ek_rest_lists *l) {
  found_rests found = {0};
  int is_done = !find_all(vectors, side, split, &found) &&
                !number_depths(l, &found, ek_points(&side->access->inner)) &&
                !make_lists(l, &found, side->end - side->begin, split->digits);
  free(found.items);
  return is_done ? 0 : -1;
}

void ek_release_rests(ek_rest_lists *l) {
  free(l->starts);
  free(l->terms);
  free(l->depths);
}
