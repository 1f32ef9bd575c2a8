// Residues, recombination and certificate sums in plain vector C. `vectors.c` compiles this text
// once for each instruction set, with EK_NAME giving every function its suffix and EK_LANES the
// elements that it takes at a time, 4 or 8: few enough for its registers.
//
// Every value that a double holds here is an integer below 2^53 unless its comment says otherwise,
// so that products and sums are exact whether or not the compiler fuses them.

typedef double EK_NAME(doubles) __attribute__((vector_size(8 * EK_LANES)));
typedef int64_t EK_NAME(words) __attribute__((vector_size(8 * EK_LANES)));
typedef uint64_t EK_NAME(unsigned) __attribute__((vector_size(8 * EK_LANES)));
typedef int32_t EK_NAME(ints) __attribute__((vector_size(4 * EK_LANES)));
typedef int16_t EK_NAME(shorts) __attribute__((vector_size(2 * EK_LANES)));
typedef int8_t EK_NAME(bytes) __attribute__((vector_size(EK_LANES)));
#define ek_doubles EK_NAME(doubles)
#define ek_words EK_NAME(words)
#define ek_unsigned EK_NAME(unsigned)
#define ek_ints EK_NAME(ints)
#define ek_shorts EK_NAME(shorts)
#define ek_bytes EK_NAME(bytes)

// Moves halves of two's complement limbs into doubles: the low half from 0 up, the high half of
// the last limb signed.
EK_INLINE ek_doubles EK_NAME(low_half)(ek_words x) {
  ek_words bits = (x & 0xffffffff) | EK_MAGIC_LOW_BITS;
  return (ek_doubles)bits - EK_MAGIC_LOW;
}

EK_INLINE ek_doubles EK_NAME(signed_half)(ek_words x) {
  ek_words bits = ((x & 0xffffffff) ^ 0x80000000) | EK_MAGIC_LOW_BITS;
  return (ek_doubles)bits - (EK_MAGIC_LOW + 2147483648.0);
}

EK_INLINE ek_doubles EK_NAME(high_half)(ek_words x, int is_signed) {
  ek_words shifted = (ek_words)((ek_unsigned)x >> 32);
  if (is_signed) return EK_NAME(signed_half)(shifted);
  return (ek_doubles)(shifted | EK_MAGIC_LOW_BITS) - EK_MAGIC_LOW;
}

// x - modulus * round(x / modulus), for |x| < 2^53 and quotients below 2^51. Ties and the rounding
// of the inverse can only matter for even moduli at exactly half, where both answers are right.
EK_INLINE ek_doubles EK_NAME(balance)(ek_doubles x, double modulus, double inverse) {
  ek_doubles quotient = (x * inverse + EK_MAGIC_ROUND) - EK_MAGIC_ROUND;
  return x - quotient * modulus;
}

EK_INLINE ek_words EK_NAME(load)(const int64_t *p) {
  ek_words x;
  memcpy(&x, p, sizeof x);
  return x;
}

// Groups of halves that are taken apart at one time, in all and of each half: long runs of each
// modulus's residues, which stay in the first cache.
enum {
  EK_NAME(all_groups) = 8192 / EK_LANES,
  EK_NAME(most_groups) = 1024 / EK_LANES,
};

// A block modulo one modulus. Sums of at most 128 terms up to 2^32 * 2^12 stay up to 2^51; modulo
// 2^16 only the first term is not zero, and it is up to 2^32 * 2^15.
EK_INLINE void EK_NAME(residue_block)(
    const ek_doubles *halves, int64_t count, int64_t groups, ek_modulus modulus,
    const double *weights, int32_t kind, char *out) {
  for (int64_t g = 0; g < groups; g++) {
    ek_doubles sum = halves[g] * weights[0];
    if (count > 1) sum += halves[groups + g] * weights[1];
    for (int64_t j = 2; j < count; j++) sum += halves[j * groups + g] * weights[j];
    ek_ints whole = __builtin_convertvector(
        EK_NAME(balance)(sum, modulus.modulus, modulus.inverse), ek_ints);
    if (kind == 16) {
      ek_shorts s = __builtin_convertvector(whole, ek_shorts);
      memcpy(out + g * (int64_t)sizeof s, &s, sizeof s);
    } else {
      if (kind == 9) whole += (whole >> 31) & (int32_t)modulus.modulus;
      ek_bytes s = __builtin_convertvector(whole, ek_bytes);
      memcpy(out + g * (int64_t)sizeof s, &s, sizeof s);
    }
  }
}

// Takes apart the whole groups of `count` integers. Kind 16 and 8 are balanced shorts and bytes, and
// 9 unsigned bytes. Integers below 2^31 in magnitude are one half.
static void EK_NAME(residues)(
    const int64_t *source, int64_t limbs, int64_t limb_stride, int64_t count, int32_t bits,
    int32_t moduli_count, const ek_modulus *moduli, const double *weights, int32_t kind,
    void *out, int64_t stride) {
  ek_doubles halves[EK_NAME(all_groups)];
  int64_t size = kind == 16 ? 2 : 1, whole = count / EK_LANES;
  int is_narrow = limbs == 1 && bits <= 31;
  int64_t most = ek_min(EK_NAME(all_groups) / (2 * limbs), EK_NAME(most_groups));
  for (int64_t first = 0; first < whole; first += most) {
    int64_t groups = ek_min(whole - first, most), all = is_narrow ? 1 : 2 * limbs;
    if (is_narrow)
      for (int64_t g = 0; g < groups; g++)
        halves[g] = EK_NAME(signed_half)(EK_NAME(load)(source + (first + g) * EK_LANES));
    for (int64_t j = 0; j < limbs && !is_narrow; j++) {
      const int64_t *limb = source + j * limb_stride + first * EK_LANES;
      for (int64_t g = 0; g < groups; g++) {
        ek_words x = EK_NAME(load)(limb + g * EK_LANES);
        halves[2 * j * groups + g] = EK_NAME(low_half)(x);
        halves[(2 * j + 1) * groups + g] = EK_NAME(high_half)(x, j + 1 == limbs);
      }
    }
    for (int32_t r = 0; r < moduli_count; r++) {
      const double *w = weights + (int64_t)r * limbs * 2;
      char *to = (char *)out + (r * stride + first * EK_LANES) * size;
      if (kind == 16 && is_narrow) {
        EK_NAME(residue_block)(halves, 1, groups, moduli[r], w, 16, to);
      } else if (kind == 16 && limbs == 1) {
        EK_NAME(residue_block)(halves, 2, groups, moduli[r], w, 16, to);
      } else if (kind == 16) {
        EK_NAME(residue_block)(halves, all, groups, moduli[r], w, 16, to);
      } else if (kind == 8) {
        EK_NAME(residue_block)(halves, all, groups, moduli[r], w, 8, to);
      } else {
        EK_NAME(residue_block)(halves, all, groups, moduli[r], w, 9, to);
      }
    }
  }
}

// Chinese remaindering of a group of entries. With weighted residues c, |c| <= modulus / 2, the
// value is
//   sum over r of c[r] * (M / modulus[r])  -  round(sum over r of c[r] / modulus[r]) * M.
// In digits of 32 bits the planner keeps the sum of all terms below 2^19 * 2^32 = 2^51. The rounded
// quotient is right because the planner leaves |value| < M / 2 * (1 - 2^-17), while the
// floating-point sum errs by less than 2^-40.
//
// `constants` holds, for each modulus, whole groups of: the modulus, its inverse, its digits.
EK_INLINE void EK_NAME(recombine_group)(
    const int32_t *accumulators, int64_t plane, int32_t moduli_count, const ek_doubles *constants,
    const double *product, int32_t digits, ek_doubles *sum, int64_t *out, int64_t out_stride) {
  ek_doubles quotient = {0};
  for (int32_t d = 0; d < digits; d++) sum[d] = (ek_doubles){0};
  for (int32_t r = 0; r < moduli_count; r++, constants += digits + 2) {
    ek_ints x;
    memcpy(&x, accumulators + r * plane, sizeof x);
    ek_doubles c = __builtin_convertvector(x, ek_doubles);
    c -= ((c * constants[1] + EK_MAGIC_ROUND) - EK_MAGIC_ROUND) * constants[0];
    quotient += c * constants[1];
    for (int32_t d = 0; d < digits; d++) sum[d] += c * constants[d + 2];
  }
  quotient = (quotient + EK_MAGIC_ROUND) - EK_MAGIC_ROUND;
  ek_words carry = {0};
  for (int32_t d = 0; d < digits; d += 2) {
    ek_doubles low = sum[d] - quotient * product[d];
    ek_doubles high = sum[d + 1] - quotient * product[d + 1];
    ek_words l = (ek_words)(low + EK_MAGIC_ROUND) - EK_MAGIC_ROUND_BITS + carry;
    ek_words h = (ek_words)(high + EK_MAGIC_ROUND) - EK_MAGIC_ROUND_BITS + (l >> 32);
    ek_words limb = (l & 0xffffffff) | (ek_words)((ek_unsigned)h << 32);
    carry = h >> 32;
    memcpy(out + (d / 2) * out_stride, &limb, sizeof limb);
  }
}

static void EK_NAME(spread_constants)(
    int32_t moduli_count, const ek_modulus *moduli, const double *weights, int32_t digits,
    void *constants) {
  ek_doubles *to = constants;
  for (int32_t r = 0; r < moduli_count; r++) {
    *to++ = (ek_doubles){0} + moduli[r].modulus;
    *to++ = (ek_doubles){0} + moduli[r].inverse;
    for (int32_t d = 0; d < digits; d++) *to++ = (ek_doubles){0} + *weights++;
  }
}

static void EK_NAME(recombine)(
    const int32_t *accumulators, int64_t plane, int64_t count, int32_t moduli_count,
    const void *constants, const double *product, int32_t digits, int64_t *out,
    int64_t out_stride) {
  ek_doubles sum[EK_MAX_DIGITS];
  for (int64_t i = 0; i < count; i += EK_LANES) {
    if (digits == 2) {
      ek_doubles two[2];
      EK_NAME(recombine_group)(
          accumulators + i, plane, moduli_count, constants, product, 2, two, out + i, out_stride);
    } else if (digits == 4) {
      ek_doubles four[4];
      EK_NAME(recombine_group)(
          accumulators + i, plane, moduli_count, constants, product, 4, four, out + i, out_stride);
    } else {
      EK_NAME(recombine_group)(
          accumulators + i, plane, moduli_count, constants, product, digits, sum, out + i,
          out_stride);
    }
  }
}

// The sum of x[i] * u[i] modulo 2^61 - 1 over unsigned x = values ^ flip, where u is given as
// three digits of 21 bits. Products are below 2^53 and a block of 1024 keeps sums below 2^63;
// `count` is a multiple of 8 (the digits of u are zero past the end).
static uint64_t EK_NAME(field_dot)(
    const int64_t *values, uint64_t flip, const uint64_t *u0, const uint64_t *u1,
    const uint64_t *u2, int64_t count) {
  uint64_t total = 0;
  for (int64_t begin = 0; begin < count; begin += 1024) {
    int64_t end = begin + 1024 < count ? begin + 1024 : count;
    ek_unsigned l0 = {0}, l1 = {0}, l2 = {0}, h0 = {0}, h1 = {0}, h2 = {0};
    for (int64_t i = begin; i < end; i += EK_LANES) {
      ek_unsigned x = (ek_unsigned)EK_NAME(load)(values + i) ^ flip;
      ek_unsigned low = x & 0xffffffff, high = x >> 32;
      ek_unsigned a = (ek_unsigned)EK_NAME(load)((const int64_t *)u0 + i) & 0xffffffff;
      ek_unsigned b = (ek_unsigned)EK_NAME(load)((const int64_t *)u1 + i) & 0xffffffff;
      ek_unsigned c = (ek_unsigned)EK_NAME(load)((const int64_t *)u2 + i) & 0xffffffff;
      l0 += low * a;
      l1 += low * b;
      l2 += low * c;
      h0 += high * a;
      h1 += high * b;
      h2 += high * c;
    }
    ek_field_sums sums = {0};
    for (int lane = 0; lane < EK_LANES; lane++) {
      sums.part[0] += l0[lane];
      sums.part[1] += l1[lane];
      sums.part[2] += l2[lane];
      sums.part[3] += h0[lane];
      sums.part[4] += h1[lane];
      sums.part[5] += h2[lane];
    }
    total = ek_field_add(total, ek_field_fold(&sums));
  }
  return total;
}

static ek_binary_range EK_NAME(scan)(const double *values, int64_t count) {
  // The lowest set bit of a significand, as a double, has that bit's exponent.
  ek_words lowest = (ek_words){0} + 4096, highest = {0}, bad = {0}, any = {0};
  for (int64_t i = 0; i + EK_LANES <= count; i += EK_LANES) {
    ek_words bits = EK_NAME(load)((const int64_t *)values + i);
    ek_words field = (bits >> 52) & 0x7ff;
    ek_words fraction = bits & 0xfffffffffffff;
    ek_words normal = (field != 0);  // all ones where true
    ek_words significand = fraction | (normal & 0x10000000000000);
    ek_words exponent = field + 1 + normal;  // subnormals count as exponent 1
    // Both halves of the lowest bit are exact as doubles, and one of them is zero.
    ek_words bit = significand & -significand;
    ek_doubles place = EK_NAME(low_half)(bit) + EK_NAME(high_half)(bit, 0) * 4294967296.0;
    ek_doubles size = EK_NAME(low_half)(significand) +
                      EK_NAME(high_half)(significand, 0) * 4294967296.0;
    ek_words low = exponent + (((ek_words)place >> 52) & 0x7ff) - 1023;
    ek_words high = exponent + (((ek_words)size >> 52) & 0x7ff) - 1022;
    ek_words present = (significand != 0);
    low = (low & present) | (4096 & ~present);
    high = high & present;
    lowest = __builtin_elementwise_min(lowest, low);
    highest = __builtin_elementwise_max(highest, high);
    bad |= (field == 0x7ff);
    any |= present;
  }
  ek_binary_range range = {4096, 0, 1, 1};
  for (int lane = 0; lane < EK_LANES; lane++) {
    if (lowest[lane] < range.lowest) range.lowest = (int32_t)lowest[lane];
    if (highest[lane] > range.highest) range.highest = (int32_t)highest[lane];
    if (bad[lane]) range.is_finite = 0;
    if (any[lane]) range.is_zero = 0;
  }
  range.lowest -= 1075;
  range.highest -= 1075;
  return range;
}

static uint64_t EK_NAME(largest)(const int64_t *values, int64_t count) {
  ek_unsigned largest = {0};
  for (int64_t i = 0; i + EK_LANES <= count; i += EK_LANES) {
    ek_words x = EK_NAME(load)(values + i);
    ek_words sign = x >> 63;
    ek_unsigned size = (ek_unsigned)((x ^ sign) - sign);
    largest = __builtin_elementwise_max(largest, size);
  }
  uint64_t result = 0;
  for (int lane = 0; lane < EK_LANES; lane++)
    if (largest[lane] > result) result = largest[lane];
  return result;
}

static int64_t EK_NAME(find_rests)(
    const int64_t *values, int64_t count, int32_t shift, uint64_t limit, int32_t *places) {
  uint64_t mask = (UINT64_C(1) << shift) - 1;
  int64_t found = 0;
  for (int64_t i = 0; i < count; i += EK_LANES) {
    int64_t end = i + EK_LANES < count ? i + EK_LANES : count;
    if (end == i + EK_LANES) {
      ek_words x = EK_NAME(load)(values + i), sign = x >> 63;
      ek_unsigned size = (ek_unsigned)((x ^ sign) - sign);
      // The limit and the size are below 2^63: their difference has a sign.
      ek_unsigned any = (size & mask) | ((limit - (size >> shift)) >> 63);
      uint64_t some = 0;
      for (int lane = 0; lane < EK_LANES; lane++) some |= any[lane];
      if (!some) continue;
    }
    for (int64_t j = i; j < end; j++) {
      uint64_t size = values[j] < 0 ? -(uint64_t)values[j] : (uint64_t)values[j];
      if ((size & mask) || size >> shift > limit) places[found++] = (int32_t)j;
    }
  }
  return found;
}

// Two registers of panel words at a time, whose sums stay in registers over all digits.
static void EK_NAME(rest_sums)(
    const ek_rest_term *plus, int64_t plus_count, const ek_rest_term *minus, int64_t minus_count,
    const int64_t *panel, int64_t *low, int64_t *high) {
  uint64_t excess = 0;
  for (int64_t i = 0; i < plus_count; i++) excess += plus[i].digit;
  for (int64_t i = 0; i < minus_count; i++) excess -= minus[i].digit;
  excess *= (uint64_t)EK_REST_BIAS >> 32;
  for (int first = 0; first < EK_REST_WIDTH; first += 2 * EK_LANES) {
    ek_unsigned l0 = {0}, l1 = {0}, h0 = {0}, h1 = {0};
    for (int64_t i = 0; i < plus_count; i++) {
      const int64_t *row = panel + (int64_t)plus[i].depth * EK_REST_WIDTH + first;
      ek_unsigned digit = (ek_unsigned){0} + plus[i].digit;
      ek_unsigned x = (ek_unsigned)EK_NAME(load)(row);
      ek_unsigned y = (ek_unsigned)EK_NAME(load)(row + EK_LANES);
      l0 += (x & 0xffffffff) * (digit & 0xffffffff);
      h0 += (x >> 32) * (digit & 0xffffffff);
      l1 += (y & 0xffffffff) * (digit & 0xffffffff);
      h1 += (y >> 32) * (digit & 0xffffffff);
    }
    for (int64_t i = 0; i < minus_count; i++) {
      const int64_t *row = panel + (int64_t)minus[i].depth * EK_REST_WIDTH + first;
      ek_unsigned digit = (ek_unsigned){0} + minus[i].digit;
      ek_unsigned x = (ek_unsigned)EK_NAME(load)(row);
      ek_unsigned y = (ek_unsigned)EK_NAME(load)(row + EK_LANES);
      l0 -= (x & 0xffffffff) * (digit & 0xffffffff);
      h0 -= (x >> 32) * (digit & 0xffffffff);
      l1 -= (y & 0xffffffff) * (digit & 0xffffffff);
      h1 -= (y >> 32) * (digit & 0xffffffff);
    }
    h0 -= excess;
    h1 -= excess;
    memcpy(low + first, &l0, sizeof l0);
    memcpy(low + first + EK_LANES, &l1, sizeof l1);
    memcpy(high + first, &h0, sizeof h0);
    memcpy(high + first + EK_LANES, &h1, sizeof h1);
  }
}

#undef ek_doubles
#undef ek_words
#undef ek_unsigned
#undef ek_ints
#undef ek_shorts
#undef ek_bytes
