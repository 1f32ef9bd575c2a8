/* Reads the probes that `gradcheck probe` writes, and writes what `gradcheck judge` reads: safetensors files.
 *
 *     gc_file *in = gc_open("probe.safetensors"), *out = gc_new();
 *     float *x = gc_floats(gc_find(in, "x"));          // the entries in row-major order; free() them
 *     gc_put(out, "dx", GC_F32, 2, (long long[]){B, I}, dx);
 *     return gc_write(out, "grads.safetensors");       // 0, or what failed is on standard error
 *
 * C11 or C++17, nothing else. Every number is converted exactly on the way in, and rounded to nearest, ties to even, on
 * the way out. Machines whose lowest byte comes first. */
#ifndef GRADCHECK_H
#define GRADCHECK_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum { GC_F64, GC_F32, GC_F16, GC_BF16, GC_I64, GC_I32 } gc_type;
enum { GC_RANK = 10, GC_NAME = 64, GC_TENSORS = 256 };

typedef struct {
  char name[GC_NAME];
  gc_type type;
  int rank;
  long long extents[GC_RANK];
  size_t count; /* entries */
  unsigned char *data;
} gc_tensor;

typedef struct {
  int count;
  gc_tensor tensors[GC_TENSORS];
} gc_file;

static const char *const gc_type_names[] = {"F64", "F32", "F16", "BF16", "I64", "I32"};
static const size_t gc_type_sizes[] = {8, 4, 2, 2, 8, 4};

static inline gc_file *gc_new(void) { return (gc_file *)calloc(1, sizeof(gc_file)); }

static inline void gc_close(gc_file *file) {
  for (int i = 0; file && i < file->count; i++) free(file->tensors[i].data);
  free(file);
}

static inline gc_tensor *gc_find(gc_file *file, const char *name) {
  for (int i = 0; file && i < file->count; i++)
    if (strcmp(file->tensors[i].name, name) == 0) return &file->tensors[i];
  fprintf(stderr, "gradcheck.h: there is no tensor %s\n", name);
  return NULL;
}

/* ---- numbers */

static inline double gc_from_bits(gc_type type, const unsigned char *p) {
  uint64_t u64; uint32_t u32; uint16_t u16; double d; float f;
  switch (type) {
    case GC_F64: memcpy(&d, p, 8); return d;
    case GC_F32: memcpy(&f, p, 4); return f;
    case GC_I64: memcpy(&u64, p, 8); return (double)(int64_t)u64;
    case GC_I32: memcpy(&u32, p, 4); return (double)(int32_t)u32;
    case GC_BF16: memcpy(&u16, p, 2); u32 = (uint32_t)u16 << 16; memcpy(&f, &u32, 4); return f;
    case GC_F16: {
      memcpy(&u16, p, 2);
      int e = u16 >> 10 & 31, m = u16 & 1023;
      double v = e == 31 ? (m ? NAN : INFINITY) : e ? ldexp(1024 + m, e - 25) : ldexp(m, -24);
      return u16 >> 15 ? -v : v;
    }
  }
  return 0;
}

/* The nearest number with so many digits, none below 2^least. */
static inline double gc_round(double v, int digits, int least) {
  if (v == 0 || !isfinite(v)) return v;
  int e;
  frexp(v, &e);
  int unit = e - digits < least ? least : e - digits;
  return ldexp(nearbyint(ldexp(v, -unit)), unit);
}

static inline void gc_to_bits(gc_type type, double v, unsigned char *p) {
  float f; uint32_t u32; uint16_t u16; int64_t i64; int32_t i32;
  switch (type) {
    case GC_F64: memcpy(p, &v, 8); return;
    case GC_F32: f = (float)v; memcpy(p, &f, 4); return;
    case GC_I64: i64 = (int64_t)v; memcpy(p, &i64, 8); return;
    case GC_I32: i32 = (int32_t)v; memcpy(p, &i32, 4); return;
    case GC_BF16:
      v = gc_round(v, 8, -133);
      f = fabs(v) >= ldexp(1, 128) ? (float)copysign(INFINITY, v) : (float)v;
      memcpy(&u32, &f, 4); u16 = (uint16_t)(u32 >> 16); memcpy(p, &u16, 2); return;
    case GC_F16: {
      double r = gc_round(v, 11, -24), a = fabs(r);
      int e = 0;
      if (isnan(v)) u16 = 0x7E00;
      else if (a >= 65520) u16 = 0x7C00;
      else if (a < ldexp(1, -14)) u16 = (uint16_t)ldexp(a, 24);
      else { frexp(a, &e); u16 = (uint16_t)((e + 14) << 10 | ((int)ldexp(a, 11 - e) & 1023)); }
      if (signbit(v)) u16 = (uint16_t)(u16 | 0x8000);
      memcpy(p, &u16, 2); return;
    }
  }
}

/* The entries as new arrays; NULL without a tensor or memory. */
static inline double *gc_doubles(const gc_tensor *t) {
  double *v = t ? (double *)malloc((t->count + 1) * sizeof(double)) : NULL;
  for (size_t i = 0; v && i < t->count; i++)
    v[i] = gc_from_bits(t->type, t->data + i * gc_type_sizes[t->type]);
  return v;
}

static inline float *gc_floats(const gc_tensor *t) {
  float *v = t ? (float *)malloc((t->count + 1) * sizeof(float)) : NULL;
  for (size_t i = 0; v && i < t->count; i++)
    v[i] = (float)gc_from_bits(t->type, t->data + i * gc_type_sizes[t->type]);
  return v;
}

/* ---- reading */

static inline const char *gc_after(const char *p, const char *word) {
  while (p && *p && strchr(" \n\t\r", *p)) p++;
  return p && strncmp(p, word, strlen(word)) == 0 ? p + strlen(word) : NULL;
}

/* A string of JSON without escapes. */
static inline const char *gc_string(const char *p, char *to, size_t room) {
  p = gc_after(p, "\"");
  size_t n = p ? strcspn(p, "\"\\") : 0;
  if (!p || p[n] != '"' || n >= room) return NULL;
  memcpy(to, p, n); to[n] = 0;
  return p + n + 1;
}

/* A list of numbers that are not negative. */
static inline const char *gc_numbers(const char *p, long long *to, int room, int *count) {
  p = gc_after(p, "[");
  for (*count = 0; p && !gc_after(p, "]");) {
    if (*count && !(p = gc_after(p, ","))) return NULL;
    char *end;
    long long n = strtoll(p, &end, 10);
    if (end == p || n < 0 || *count == room) return NULL;
    to[(*count)++] = n;
    p = end;
  }
  return p ? gc_after(p, "]") : NULL;
}

static inline int gc_entry(gc_file *file, const char **at, const char *name, const unsigned char *data, size_t size) {
  gc_tensor *t = &file->tensors[file->count];
  char key[16], dtype[8] = "";
  long long offsets[2] = {-1, -1};
  int found = 0;
  const char *p = gc_after(*at, "{");
  while (p && !gc_after(p, "}")) {
    if (found && !(p = gc_after(p, ","))) return 0;
    if (!(p = gc_string(p, key, sizeof key)) || !(p = gc_after(p, ":"))) return 0;
    if (!strcmp(key, "dtype")) p = gc_string(p, dtype, sizeof dtype);
    else if (!strcmp(key, "shape")) p = gc_numbers(p, t->extents, GC_RANK, &t->rank);
    else { int n; p = gc_numbers(p, offsets, 2, &n); }
    found++;
  }
  size_t length = (size_t)(offsets[1] - offsets[0]);
  if (!p || offsets[0] < 0 || offsets[1] < offsets[0] || (size_t)offsets[1] > size) return 0;
  for (int k = 0; k < 6; k++)
    if (!strcmp(dtype, gc_type_names[k])) {
      t->type = (gc_type)k;
      t->count = length / gc_type_sizes[k];
      long long count = 1; /* cannot overflow: it stays at most the length */
      for (int i = 0; i < t->rank; i++)
        if (t->extents[i] && count > (long long)length / t->extents[i]) return 0;
        else count *= t->extents[i];
      if ((size_t)count != t->count || length % gc_type_sizes[k]) return 0;
      if (!(t->data = (unsigned char *)malloc(length + 1))) return 0;
      memcpy(t->data, data + offsets[0], length);
      strcpy(t->name, name);
      file->count++;
      *at = gc_after(p, "}");
      return 1;
    }
  return 0;
}

static inline int gc_parse(gc_file *file, const char *p, const unsigned char *data, size_t size) {
  char name[GC_NAME];
  p = gc_after(p, "{");
  for (int n = 0; p && !gc_after(p, "}"); n++) {
    if (n && !(p = gc_after(p, ","))) return 0;
    if (!(p = gc_string(p, name, sizeof name)) || !(p = gc_after(p, ":"))) return 0;
    if (!strcmp(name, "__metadata__")) { /* strings only: it ends at the first brace */
      p = strchr(p, '}');
      if (p) p++;
    } else if (file->count == GC_TENSORS || !gc_entry(file, &p, name, data, size)) return 0;
  }
  return p != NULL;
}

/* The tensors of a file; NULL with a line on standard error where there are none to be had. */
static inline gc_file *gc_open(const char *path) {
  FILE *stream = fopen(path, "rb");
  unsigned char *bytes = NULL;
  size_t size = 0, room = 0;
  while (stream) {
    if (size == room) {
      unsigned char *more = (unsigned char *)realloc(bytes, room = room ? 2 * room : 1 << 16);
      if (!more) break;
      bytes = more;
    }
    size_t got = fread(bytes + size, 1, room - size, stream);
    if (!got) break;
    size += got;
  }
  if (stream) fclose(stream);
  uint64_t length = 0;
  if (size >= 8) memcpy(&length, bytes, 8);
  gc_file *file = size >= 8 && length <= size - 8 ? gc_new() : NULL;
  char *header = file ? (char *)malloc((size_t)length + 1) : NULL;
  int good = 0;
  if (header) {
    memcpy(header, bytes + 8, (size_t)length);
    header[length] = 0;
    good = gc_parse(file, header, bytes + 8 + length, size - 8 - (size_t)length);
  }
  free(header);
  free(bytes);
  if (good) return file;
  fprintf(stderr, "gradcheck.h: %s cannot be read as safetensors\n", path);
  gc_close(file);
  return NULL;
}

/* ---- writing */

static inline int gc_put_doubles(gc_file *file, const char *name, gc_type type, int rank, const long long *extents, const double *v) {
  if (!file || file->count == GC_TENSORS || rank > GC_RANK || strlen(name) >= GC_NAME) return 1;
  gc_tensor *t = &file->tensors[file->count];
  t->type = type; t->rank = rank; t->count = 1;
  for (int i = 0; i < rank; i++) t->count *= (size_t)(t->extents[i] = extents[i]);
  if (!(t->data = (unsigned char *)malloc(t->count * gc_type_sizes[type] + 1))) return 1;
  for (size_t i = 0; i < t->count; i++) gc_to_bits(type, v[i], t->data + i * gc_type_sizes[type]);
  strcpy(t->name, name);
  file->count++;
  return 0;
}

static inline int gc_put(gc_file *file, const char *name, gc_type type, int rank, const long long *extents, const float *v) {
  size_t count = 1;
  for (int i = 0; i < rank; i++) count *= (size_t)extents[i];
  double *wide = (double *)malloc((count + 1) * sizeof(double));
  for (size_t i = 0; wide && i < count; i++) wide[i] = v[i];
  int failed = !wide || gc_put_doubles(file, name, type, rank, extents, wide);
  free(wide);
  return failed;
}

/* Words of 64 bits as they are. */
static inline int gc_put_words(gc_file *file, const char *name, int rank, const long long *extents, const int64_t *v) {
  if (!file || file->count == GC_TENSORS || rank > GC_RANK || strlen(name) >= GC_NAME) return 1;
  gc_tensor *t = &file->tensors[file->count];
  t->type = GC_I64; t->rank = rank; t->count = 1;
  for (int i = 0; i < rank; i++) t->count *= (size_t)(t->extents[i] = extents[i]);
  if (!(t->data = (unsigned char *)malloc(t->count * 8 + 1))) return 1;
  if (t->count) memcpy(t->data, v, t->count * 8);
  strcpy(t->name, name);
  file->count++;
  return 0;
}

/* 0 when every byte was written. */
static inline int gc_write(gc_file *file, const char *path) {
  char *header = (char *)malloc(64 + (size_t)GC_TENSORS * (GC_NAME + 96 + 24 * GC_RANK));
  FILE *stream = header ? fopen(path, "wb") : NULL;
  size_t offset = 0, n = 0;
  int failed = !stream;
  if (header) n += (size_t)sprintf(header, "{");
  for (int i = 0; stream && i < file->count; i++) {
    gc_tensor *t = &file->tensors[i];
    size_t length = t->count * gc_type_sizes[t->type];
    n += (size_t)sprintf(header + n, "%s\"%s\":{\"dtype\":\"%s\",\"shape\":[", i ? "," : "", t->name, gc_type_names[t->type]);
    for (int k = 0; k < t->rank; k++) n += (size_t)sprintf(header + n, "%s%lld", k ? "," : "", t->extents[k]);
    n += (size_t)sprintf(header + n, "],\"data_offsets\":[%llu,%llu]}", (unsigned long long)offset, (unsigned long long)(offset + length));
    offset += length;
  }
  if (header) n += (size_t)sprintf(header + n, "}");
  for (; header && n % 8; n++) header[n] = ' ';
  uint64_t length = n;
  failed = failed || fwrite(&length, 8, 1, stream) != 1 || fwrite(header, n, 1, stream) != 1;
  for (int i = 0; !failed && i < file->count; i++) {
    gc_tensor *t = &file->tensors[i];
    size_t size = t->count * gc_type_sizes[t->type];
    failed = size && fwrite(t->data, size, 1, stream) != 1;
  }
  if (stream && fclose(stream)) failed = 1;
  if (failed) fprintf(stderr, "gradcheck.h: %s cannot be written\n", path);
  free(header);
  return failed;
}

#endif
