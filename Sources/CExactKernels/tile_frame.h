// The loop nest that all kernels on vector registers share.
#ifndef GRADCHECK_TILE_FRAME_H
#define GRADCHECK_TILE_FRAME_H

#include <stdint.h>
#include <string.h>

#include "tiles.h"

#define EK_UNROLLED _Pragma("clang loop unroll(full)")
#define EK_OPERATION static inline __attribute__((always_inline))

// Defines tile NAME of ROWS rows by REGISTERS columns of registers, as `ek_tiles.tile` describes.
// Accumulators stay in registers over all depths. SET names what is particular to an instruction
// set:
//
//   SET_TARGET           its target attribute, or nothing
//   SET_element          what an accumulator is in memory
//   SET_columns, SET_row registers of right and left operands
//   SET_sum              a register of accumulators, or several where they have planes
//   SET_lanes            columns in a register
//   SET_group            depths in one step
//   SET_row_bytes        bytes of one row's step in a left panel
//   SET_load_columns(b), SET_load_row(a)
//   SET_prepare(b)               asks for what later steps load
//   SET_zero(), SET_load(c, plane), SET_store(c, plane, sum)
//   SET_add(sum, columns, row)   adds the products of one step
//   SET_fold(sum, carry)         makes room for `limit` more depths
#define EK_TILE(NAME, SET, ROWS, REGISTERS)                                                      \
  SET##_TARGET static void NAME(                                                                 \
      const void *left, const void *right, int64_t depth, int64_t limit, void *accumulators,     \
      int64_t stride, int64_t plane, int32_t keep, int32_t carry) {                              \
    const char *a = left, *b = right;                                                            \
    SET##_element *c = accumulators;                                                             \
    SET##_sum sum[ROWS][REGISTERS];                                                              \
    EK_UNROLLED for (int i = 0; i < ROWS; i++) {                                                 \
      EK_UNROLLED for (int j = 0; j < REGISTERS; j++) sum[i][j] = SET##_zero();                  \
    }                                                                                            \
    if (keep) {                                                                                  \
      EK_UNROLLED for (int i = 0; i < ROWS; i++) {                                               \
        EK_UNROLLED for (int j = 0; j < REGISTERS; j++) {                                        \
          sum[i][j] = SET##_fold(SET##_load(c + i * stride + j * SET##_lanes, plane), carry);    \
        }                                                                                        \
      }                                                                                          \
    }                                                                                            \
    for (int64_t begin = 0; begin < depth; begin += limit) {                                     \
      if (begin > 0) {                                                                           \
        EK_UNROLLED for (int i = 0; i < ROWS; i++) {                                             \
          EK_UNROLLED for (int j = 0; j < REGISTERS; j++) {                                      \
            sum[i][j] = SET##_fold(sum[i][j], carry);                                            \
          }                                                                                      \
        }                                                                                        \
      }                                                                                          \
      int64_t end = depth - begin < limit ? depth : begin + limit;                               \
      for (int64_t d = begin; d < end; d += SET##_group) {                                       \
        SET##_columns columns[REGISTERS];                                                        \
        SET##_prepare(b);                                                                        \
        EK_UNROLLED for (int j = 0; j < REGISTERS; j++) {                                        \
          columns[j] = SET##_load_columns(b + j * (int64_t)sizeof(SET##_columns));               \
        }                                                                                        \
        EK_UNROLLED for (int i = 0; i < ROWS; i++) {                                             \
          SET##_row row = SET##_load_row(a + i * SET##_row_bytes);                               \
          EK_UNROLLED for (int j = 0; j < REGISTERS; j++) {                                      \
            sum[i][j] = SET##_add(sum[i][j], columns[j], row);                                   \
          }                                                                                      \
        }                                                                                        \
        a += ROWS * SET##_row_bytes;                                                             \
        b += REGISTERS * (int64_t)sizeof(SET##_columns);                                         \
      }                                                                                          \
    }                                                                                            \
    EK_UNROLLED for (int i = 0; i < ROWS; i++) {                                                 \
      EK_UNROLLED for (int j = 0; j < REGISTERS; j++) {                                          \
        SET##_store(c + i * stride + j * SET##_lanes, plane, sum[i][j]);                         \
      }                                                                                          \
    }                                                                                            \
  }

#endif
