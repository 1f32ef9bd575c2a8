#include "pack.h"

#include <stdlib.h>
#include <string.h>

#include "access.h"

EK_GATHER(gather_bytes, int8_t)
EK_GATHER(gather_shorts, int16_t)
EK_GATHER(gather_words, int64_t)

int64_t ek_panel_elements(const ek_panels *panels) {
  return ek_round_up(panels->points, panels->width) * ek_round_up(panels->depths, panels->group);
}

int ek_reads_along_depth(const ek_access *access) {
  int depth_is_close = access->inner.step == 1 || access->inner.step == 0;
  int point_is_close = access->outer.step == 1;
  if (depth_is_close != point_is_close) return depth_is_close;
  return access->inner.length > access->outer.length;
}

#define COPY_GROUPS(BYTES)                                     \
  for (int64_t d = 0; d < depths; d += group, to += width * group) \
    memcpy(to, scratch + d, BYTES);

// Four rows of lanes of 32 bits, written side by side: lane l of all of them lies at `to + l * step`.
// A panel's lines are so filled 16 bytes at a time, where lane by lane each line is met four times.
static void copy_four_rows(
    const void *rows, int64_t row_bytes, int64_t lanes, void *to, int64_t step) {
  typedef int32_t four __attribute__((vector_size(16)));
  const char *from = rows;
  char *out = to;
  int64_t l = 0;
  for (; l + 4 <= lanes; l += 4, from += 16, out += 4 * step) {
    four a, b, c, d;
    memcpy(&a, from, 16);
    memcpy(&b, from + row_bytes, 16);
    memcpy(&c, from + 2 * row_bytes, 16);
    memcpy(&d, from + 3 * row_bytes, 16);
    four ab = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    four cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    four ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    four cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    four lane[4] = {
        __builtin_shufflevector(ab, cd, 0, 1, 4, 5), __builtin_shufflevector(ab, cd, 2, 3, 6, 7),
        __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5),
        __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7)};
    for (int i = 0; i < 4; i++) memcpy(out + i * step, &lane[i], 16);
  }
  for (; l < lanes; l++, from += 4, out += step)
    for (int i = 0; i < 4; i++) memcpy(out + 4 * i, from + i * row_bytes, 4);
}

// Residues are packed as lanes of 32 bits, or as whole rows of 64 bytes for AMX's left tiles; words
// that are yet to become residues lie in the same order.
#define EK_PACK(NAME, ELEMENT, GATHER)                                                          \
  void NAME(const ek_panels *p, const ELEMENT *plane, ELEMENT *scratch, ELEMENT *out) {         \
    const ek_access *access = p->access;                                                        \
    int64_t width = p->width, group = p->group;                                                 \
    int64_t points = ek_round_up(p->points, width), depths = ek_round_up(p->depths, group);     \
    int64_t panel = width * depths, bytes = group * (int64_t)sizeof(ELEMENT);                   \
    ek_fixed fixed;                                                                             \
    if (ek_reads_along_depth(access)) {                                                         \
      int64_t together = bytes == 4 && width % 4 == 0 ? 4 : 1;                                  \
      for (int64_t i = 0; i < points; i += together) {                                          \
        ELEMENT *to = out + i / width * panel + i % width * group;                              \
        for (int64_t j = 0; j < together; j++) {                                                \
          ELEMENT *row = scratch + j * depths;                                                  \
          int64_t filled = i + j < p->points ? p->depths : 0;                                   \
          if (filled) {                                                                         \
            ek_fix(access, &access->outer, p->first + i + j, p->base, p->origin, &fixed);       \
            GATHER(access, &access->inner, &fixed, p->depth, p->depths, plane, row);            \
          }                                                                                     \
          memset(row + filled, 0, (size_t)(depths - filled) * sizeof(ELEMENT));                 \
        }                                                                                       \
        if (together == 4) {                                                                    \
          copy_four_rows(                                                                       \
              scratch, depths * (int64_t)sizeof(ELEMENT), depths / group, to, width * bytes);   \
          continue;                                                                             \
        }                                                                                       \
        switch (bytes) {                                                                        \
          case 4: COPY_GROUPS(4) break;                                                         \
          case 16: COPY_GROUPS(16) break;                                                       \
          case 32: COPY_GROUPS(32) break;                                                       \
          case 64: COPY_GROUPS(64) break;                                                       \
          default: COPY_GROUPS((size_t)bytes) break;                                            \
        }                                                                                       \
      }                                                                                         \
      return;                                                                                   \
    }                                                                                           \
    memset(scratch, 0, (size_t)(points * group) * sizeof(ELEMENT));                             \
    for (int64_t d = 0; d < depths; d += group) {                                               \
      for (int64_t g = 0; g < group; g++) {                                                     \
        ELEMENT *row = scratch + g * points;                                                    \
        if (d + g < p->depths) {                                                                \
          ek_fix(access, &access->inner, p->depth + d + g, p->base, p->origin, &fixed);         \
          GATHER(access, &access->outer, &fixed, p->first, p->points, plane, row);              \
        } else {                                                                                \
          memset(row, 0, (size_t)points * sizeof(ELEMENT));                                     \
        }                                                                                       \
      }                                                                                         \
      for (int64_t i = 0; i < points; i += width) {                                             \
        ELEMENT *to = out + i / width * panel + d * width;                                      \
        if (group == 2) {                                                                       \
          for (int64_t j = 0; j < width; j++) {                                                 \
            to[2 * j] = scratch[i + j];                                                         \
            to[2 * j + 1] = scratch[points + i + j];                                            \
          }                                                                                     \
        } else if (group == 4) {                                                                \
          for (int64_t j = 0; j < width; j++) {                                                 \
            to[4 * j] = scratch[i + j];                                                         \
            to[4 * j + 1] = scratch[points + i + j];                                            \
            to[4 * j + 2] = scratch[2 * points + i + j];                                        \
            to[4 * j + 3] = scratch[3 * points + i + j];                                        \
          }                                                                                     \
        } else {                                                                                \
          for (int64_t j = 0; j < width; j++)                                                   \
            for (int64_t g = 0; g < group; g++)                                                 \
              to[j * group + g] = scratch[g * points + i + j];                                  \
        }                                                                                       \
      }                                                                                         \
    }                                                                                           \
  }

EK_PACK(ek_pack_bytes, int8_t, gather_bytes)
EK_PACK(ek_pack_shorts, int16_t, gather_shorts)
EK_PACK(ek_pack_limbs, int64_t, gather_words)

// Four rows of `depths` words, written side by side and `bias` more.
static void copy_four_words(
    const int64_t *rows, int64_t depths, int64_t bias, int64_t *to, int64_t width) {
  typedef int64_t two __attribute__((vector_size(16)));
  two biases = {bias, bias};
  int64_t d = 0;
  for (; d + 2 <= depths; d += 2, to += 2 * width) {
    two row[4];
    for (int i = 0; i < 4; i++) {
      memcpy(&row[i], rows + i * depths + d, 16);
      row[i] += biases;
    }
    two out[4] = {
        __builtin_shufflevector(row[0], row[1], 0, 2), __builtin_shufflevector(row[2], row[3], 0, 2),
        __builtin_shufflevector(row[0], row[1], 1, 3),
        __builtin_shufflevector(row[2], row[3], 1, 3)};
    memcpy(to, out, 32);
    memcpy(to + width, out + 2, 32);
  }
  for (int i = 0; d < depths && i < 4; i++) to[i] = rows[i * depths + d] + bias;
}

void ek_pack_words(
    const ek_panels *p, const int64_t *plane, int64_t bias, int64_t *scratch, int64_t *out) {
  const ek_access *access = p->access;
  int64_t width = p->width, points = ek_round_up(p->points, width), panel = width * p->depths;
  ek_fixed fixed;
  if (ek_reads_along_depth(access)) {
    int64_t together = width % 4 == 0 ? 4 : 1;
    for (int64_t i = 0; i < points; i += together) {
      int64_t *to = out + i / width * panel + i % width;
      int64_t filled = ek_max(ek_min(p->points - i, together), 0);
      for (int64_t j = 0; j < filled; j++) {
        ek_fix(access, &access->outer, p->first + i + j, p->base, p->origin, &fixed);
        gather_words(
            access, &access->inner, &fixed, p->depth, p->depths, plane, scratch + j * p->depths);
      }
      if (filled == 4) {
        copy_four_words(scratch, p->depths, bias, to, width);
        continue;
      }
      for (int64_t j = 0; j < together; j++)
        for (int64_t d = 0; d < p->depths; d++)
          to[d * width + j] = j < filled ? scratch[j * p->depths + d] + bias : 0;
    }
    return;
  }
  for (int64_t d = 0; d < p->depths; d++) {
    ek_fix(access, &access->inner, p->depth + d, p->base, p->origin, &fixed);
    gather_words(access, &access->outer, &fixed, p->first, p->points, plane, scratch);
    for (int64_t i = 0; i < p->points; i++) scratch[i] += bias;
    for (int64_t i = p->points; i < points; i++) scratch[i] = 0;
    for (int64_t i = 0; i < points; i += width)
      memcpy(out + i / width * panel + d * width, scratch + i, (size_t)width * sizeof(int64_t));
  }
}
