// The exact engine's inner loops: packing, tiles, recombination, certificate.
//
// One contraction is a product of two matrices, `out[r, c] = sum over d of left[r, d] * right[d, c]`,
// whose entries are read through affine accesses. Swift plans it (which kernel, which moduli, how
// many bits); this module carries the plan out. It never decides and it never fails on valid plans
// except for lack of memory.
#ifndef GRADCHECK_EXACT_KERNELS_H
#define GRADCHECK_EXACT_KERNELS_H

#include <stdint.h>

// ---------------------------------------------------------------------------------------- CPU

enum {
  EK_CPU_AVX2 = 1,    // AVX2 and FMA
  EK_CPU_AVX512 = 2,  // AVX-512 F, BW, DQ, VL and VNNI
  EK_CPU_IFMA = 4,    // AVX-512 IFMA, on top of EK_CPU_AVX512
  EK_CPU_AMX = 8,     // AMX int8 tiles, with the kernel's permission to use them
};

// The instruction sets that this process may use, as a set of EK_CPU_ bits.
int32_t ek_cpu_features(void);

// ------------------------------------------------------------------------------------ accesses

// Some of a contraction's indices, seen from one tensor. Its points are numbered in row-major
// order and cut into `runs` of the innermost index, `length` points each.
typedef struct {
  int64_t runs;
  int64_t length;
  int64_t step;               // by how much the offset grows within a run
  const int64_t *offset;      // [runs]: where a run starts
  const int64_t *coordinate;  // [runs][axes]: where a run starts, on each checked axis
  const int64_t *stride;      // [axes]: by how much a coordinate grows within a run
} ek_group;

// How two groups of indices address one tensor. Only the axes that an access can leave are
// checked; a point at which any of them leaves its extent reads as zero and is never written.
typedef struct {
  int64_t axes;
  const int64_t *extent;  // [axes]
  ek_group outer;
  ek_group inner;
} ek_access;

// ------------------------------------------------------------------------------------- kernels

typedef enum {
  EK_PLAIN = 0,         // 128-bit dot products, no set-up
  EK_PAIRS_PORTABLE,    // 16-bit residues, two to a lane, any CPU
  EK_PAIRS_AVX2,        // the same on 256-bit registers
  EK_PAIRS_AVX512,      // the same on 512-bit registers
  EK_QUADS_VNNI,        // 8-bit residues, four to a lane
  EK_QUADS_AMX,         // 8-bit residues on AMX tiles
  EK_QUADS_AMX_MODEL,   // the AMX kernel over a software model of its tiles, for tests
  EK_WORDS_IFMA_LOW,    // 52-bit words, products below 2^52
  EK_WORDS_IFMA_WIDE,   // 52-bit words, low and high accumulators
} ek_kernel;

// The largest depth after which a kernel's accumulators must be reduced; that of pairs depends on
// their moduli.
enum { EK_QUADS_DEPTH = 65536, EK_WORDS_DEPTH = 4096 };

// One modulus of a residue system.
typedef struct {
  double modulus;
  double inverse;  // 1 / modulus, rounded
  int32_t carry;   // 2^16 modulo the modulus, balanced around zero
} ek_modulus;

// An operand's integers taken apart at a bit: with h = |value| >> shift, and h = 0 where that
// exceeds the limit,
//
//   value = main * 2^shift + rest,   main = h and rest = |value| - h * 2^shift, both signed as value.
//
// The tiles multiply the main parts, and the rests, which are zero for nearly all, are multiplied
// one by one. Values are below 2^63 in magnitude, and the limit is too.
typedef struct {
  const int64_t *whole;  // the values
  int32_t shift;
  int32_t digits;  // of the largest rest, EK_REST_BITS each; 0 where every rest is zero
  uint64_t limit;
} ek_split;

enum { EK_REST_BITS = 21 };

// The rests of an array.
typedef struct {
  int64_t count;  // of those that are not zero
  int64_t wholes;  // of those that are whole elements, whose main part would exceed the limit
  int32_t bits;   // of the largest magnitude
} ek_rests;

ek_rests ek_count_rests(const int64_t *values, int64_t count, int32_t shift, uint64_t limit);

// Writes the main parts of `count` values.
void ek_split_main(
    const int64_t *values, int64_t count, int32_t shift, uint64_t limit, int64_t *main);

// What all the jobs of one contraction share.
typedef struct {
  ek_kernel kernel;
  int32_t features;  // the EK_CPU_ bits that may be used around the kernel

  ek_access left;    // outer: rows, inner: depth
  ek_access right;   // outer: columns, inner: depth
  ek_access output;  // outer: rows, inner: columns

  // The operands as integers: little-endian limbs in two's complement, one plane after another.
  const int64_t *left_source, *right_source;
  int64_t left_limbs, right_limbs;
  int64_t left_limb_stride, right_limb_stride;
  // |left| < 2^left_bits, for operands of one limb. Kernels of words add 2^left_bits to make every
  // word unsigned.
  int32_t left_bits, right_bits;

  // Where an operand was split, `left_source` or `right_source` has its main parts, in one limb. What
  // the tiles make is multiplied by 2^result_shift (residues have that in their `weights`
  // and `product`), and the products of the rests are added:
  //   left_rest * right_whole + left_main * 2^left_split.shift * right_rest.
  // Operands are of one limb and below 2^62 in magnitude, and the whole product fits in the result.
  ek_split left_split, right_split;
  int32_t result_shift;

  // Residue kernels: one plane for each modulus. A null plane is for an operand whose residues are
  // taken while it is packed, by its weights (see `ek_residues_16`).
  int32_t moduli_count;
  // After so many depths (a multiple of the kernel's group) accumulators must be reduced.
  int32_t depth_limit;
  const ek_modulus *moduli;
  const void *left_residues, *right_residues;
  int64_t left_residue_stride, right_residue_stride;
  const double *left_weights, *right_weights;
  // [moduli_count][digits]: product / modulus in digits of 32 bits, cut to `digits` of them.
  const double *weights;
  const double *product;  // [digits]
  int32_t digits;         // always even: two to a limb

  int64_t *result;
  int64_t result_limbs;
  int64_t result_limb_stride;
} ek_problem;

// A rectangle of one batch entry.
typedef struct {
  int64_t left_base, right_base, output_base;
  const int64_t *left_origin, *right_origin, *output_origin;  // coordinates on the checked axes
  int64_t row_begin, row_end, column_begin, column_end;
} ek_job;

// Is told how many multiply-adds of the whole are done; called from one thread only.
typedef void (*ek_progress)(void *context, int64_t done, int64_t total);

// How often each element of both operands' panels is packed by a job of so many rows and columns.
void ek_pack_counts(
    ek_kernel kernel, int64_t rows, int64_t columns, int64_t depth, int64_t *left, int64_t *right);

// How many bytes the rests of one job take, beside the lists of them: 16 for each one, twice while
// they are being found, and 8 for each of its digits.
int64_t ek_rest_bytes(int64_t depth);

// The memory that one thread takes for a job of so many rows and columns, in bytes, at most. Of the problem
// it needs the kernel, the numbers of limbs, moduli and digits, and the points of `left.inner`.
int64_t ek_workspace_bytes(const ek_problem *problem, int64_t rows, int64_t columns);

// Runs every job, on up to `threads` threads. Returns 0, or -1 when memory could not be had.
int32_t ek_run(
    const ek_problem *problem, const ek_job *jobs, int64_t job_count, int32_t threads,
    ek_progress progress, void *context);

// -------------------------------------------------------------------------------------- memory

// Memory on a cache line's boundary; null when there is none. Goes back with `free`.
void *ek_allocate(int64_t bytes);

// Lets the process keep what it frees: tensors of one size come and go, and to clear fresh pages for
// each takes as long as to compute it. Does nothing where the allocator has no such setting.
void ek_keep_freed_memory(void);

// ------------------------------------------------------------------------------------ residues

// Writes the residues of `count` integers below 2^bits in magnitude, balanced around zero, as 16-bit
// values.
// `weights[(r * limbs + j) * 2 + h]` is what half h of limb j counts for modulo modulus r.
// Requires limbs <= 64 and weights at most 2^12 in magnitude, or a modulus of 2^16.
void ek_residues_16(
    int32_t features, const int64_t *source, int64_t limbs, int64_t limb_stride, int64_t count,
    int32_t bits, int32_t moduli_count, const ek_modulus *moduli, const double *weights,
    int16_t *residues,
    int64_t residue_stride);

// The same as bytes: balanced ones (-128...127), or from 0 up when `is_unsigned`.
void ek_residues_8(
    int32_t features, const int64_t *source, int64_t limbs, int64_t limb_stride, int64_t count,
    int32_t bits, int32_t moduli_count, const ek_modulus *moduli, const double *weights,
    int32_t is_unsigned,
    int8_t *residues, int64_t residue_stride);

// --------------------------------------------------------------------------------- certificate

// Both sides of `u' (A B) v = u' C v` modulo 2^61 - 1.
typedef struct {
  uint64_t expected;  // from the operands
  uint64_t found;     // from the result
} ek_certificate;

// Contracts one batch entry with the random vectors `rows` (u) and `columns` (v), whose elements
// are below 2^61 - 1, reading operands and result where they lie. Returns 0, or -1 when memory
// could not be had.
int32_t ek_certify(
    const ek_problem *problem, const ek_job *job, const uint64_t *rows, const uint64_t *columns,
    ek_certificate *certificate);

// ------------------------------------------------------------------------------------- scanning

// What an array of floating-point numbers needs as integers with one power of two.
typedef struct {
  int32_t lowest;   // the exponent of the lowest set bit of any element
  int32_t highest;  // one more than the exponent of the highest set bit of any element
  int32_t is_finite;
  int32_t is_zero;
} ek_binary_range;

ek_binary_range ek_scan_doubles(int32_t features, const double *values, int64_t count);

// Writes `values * 2^-exponent` as integers; every one must be whole and below 2^63.
void ek_integers_from_doubles(
    const double *values, int64_t count, int32_t exponent, int64_t *integers);

// The fewest bits such that no integer is larger than 2^bits in magnitude.
int64_t ek_bit_width(
    const int64_t *limbs, int64_t limb_count, int64_t limb_stride, int64_t count);

// The largest magnitude; 0 for none.
uint64_t ek_largest_magnitude(int32_t features, const int64_t *values, int64_t count);

// Reduces two's complement integers modulo an odd modulus below 2^62, into 0 ..< modulus.
void ek_reduce(
    const int64_t *limbs, int64_t limb_count, int64_t limb_stride, int64_t count,
    uint64_t modulus, uint64_t *reduced);

#endif
