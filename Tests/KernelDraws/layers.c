/* The backward passes of several layers in single precision, for Scripts/kernel-draws.
 *
 *     layers LAYER ORDER STORAGE VARIANT SLIP PROBE GRADS
 *
 * ORDER is that of every sum: 0 forward, 1 backward, 2 in blocks of 4. VARIANT "other" takes another formula. SLIP changes one term of the
 * gradient's formula by that share of it; -1 changes one entry of dw by 2^-22 of its sum of |terms|. */
#include "gradcheck.h"

enum { LONGEST = 1 << 16 };
static int order;
static float slip, terms[LONGEST];

/* Σ terms[0 … n − 1]. */
static float sum(int n) {
  float s = 0;
  if (order == 0)
    for (int i = 0; i < n; i++) s += terms[i];
  else if (order == 1)
    for (int i = n - 1; i >= 0; i--) s += terms[i];
  else
    for (int i = 0; i < n; i += 4) {
      float block = 0;
      for (int k = i; k < n && k < i + 4; k++) block += terms[k];
      s += block;
    }
  return s;
}
#define SUM(i, n, term) (__extension__({ for (int i = 0; i < (n); i++) terms[i] = (term); sum(n); }))

static gc_file *in, *out;
static gc_type storage;
static float *get(const char *name) { return gc_floats(gc_find(in, name)); }
static int extent(const char *name, int axis) { return (int)gc_find(in, name)->extents[axis]; }
static float *new_floats(int n) { return (float *)calloc((size_t)n + 1, sizeof(float)); }
static void put(const char *name, int rank, int a, int b, const float *v) {
  long long extents[2] = {a, b};
  gc_put(out, name, storage, rank, extents, v);
}

static void linear(int relu) {
  int B = extent("x", 0), I = extent("x", 1), O = extent("w", 0);
  float *x = get("x"), *w = get("w"), *b = get("b"), *dy = get("dy");
  float *dx = new_floats(B * I), *dw = new_floats(O * I), *db = new_floats(O);
  if (relu)
    for (int n = 0; n < B; n++)
      for (int o = 0; o < O; o++)
        if (!(SUM(i, I, x[n * I + i] * w[o * I + i]) + b[o] > 0)) dy[n * O + o] = 0;
  for (int n = 0; n < B; n++)
    for (int i = 0; i < I; i++) dx[n * I + i] = SUM(o, O, dy[n * O + o] * w[o * I + i]);
  float share = slip > 0 ? slip : 0;
  for (int o = 0; o < O; o++) {
    db[o] = SUM(n, B, dy[n * O + o]);
    for (int i = 0; i < I; i++) dw[o * I + i] = SUM(n, B, dy[n * O + o] * x[n * I + i] * (n == 0 ? 1 + share : 1));
  }
  if (slip < 0) {
    double all = 0;
    for (int o = 0; o < O; o++) all += fabs((double)dy[o] * w[o * I]);
    dx[0] = (float)(dx[0] + ldexp(all, -22));
  }
  put("dx", 2, B, I, dx), put("dw", 2, O, I, dw), put("db", 1, O, 0, db);
}

static void layer_norm(int other) {
  int R = extent("x", 0), D = extent("x", 1);
  float *x = get("x"), *g = get("g"), *dy = get("dy");
  float *dx = new_floats(R * D), *dg = new_floats(D), *db = new_floats(D), *unit = new_floats(R * D);
  for (int r = 0; r < R; r++) {
    float *row = x + r * D, *h = unit + r * D, *up = dy + r * D;
    float mean = SUM(i, D, row[i]) / (float)D;
    float variance = other ? SUM(i, D, row[i] * row[i]) / (float)D - mean * mean
                           : SUM(i, D, (row[i] - mean) * (row[i] - mean)) / (float)D;
    float scale = 1 / sqrtf(variance + 1e-5f);
    for (int i = 0; i < D; i++) h[i] = (row[i] - mean) * scale;
    float first = SUM(i, D, up[i] * g[i]) / (float)D, second = SUM(i, D, up[i] * g[i] * h[i]) / (float)D * (1 + slip);
    for (int i = 0; i < D; i++) dx[r * D + i] = (up[i] * g[i] - first - h[i] * second) * scale;
  }
  for (int i = 0; i < D; i++) {
    db[i] = SUM(r, R, dy[r * D + i]);
    dg[i] = SUM(r, R, dy[r * D + i] * unit[r * D + i]);
  }
  put("dx", 2, R, D, dx), put("dg", 1, D, 0, dg), put("db", 1, D, 0, db);
}

static void rms_norm(int other) {
  int R = extent("x", 0), D = extent("x", 1);
  float *x = get("x"), *g = get("g"), *dy = get("dy");
  float *dx = new_floats(R * D), *dg = new_floats(D), *scale = new_floats(R);
  for (int r = 0; r < R; r++) {
    float *row = x + r * D, *up = dy + r * D;
    scale[r] = 1 / sqrtf(SUM(i, D, row[i] * row[i]) / (float)D + 1e-5f);
    float s = scale[r], along = SUM(i, D, up[i] * g[i] * row[i]) * (1 + slip) / (float)D;
    for (int i = 0; i < D; i++)
      dx[r * D + i] = other ? s * (up[i] * g[i] - row[i] * s * (s * along)) : up[i] * g[i] * s - row[i] * along * s * s * s;
  }
  for (int i = 0; i < D; i++) dg[i] = SUM(r, R, dy[r * D + i] * x[r * D + i] * scale[r]);
  put("dx", 2, R, D, dx), put("dg", 1, D, 0, dg);
}

/* The softmax of n numbers; "other" takes the largest and the sum in one pass. */
static void softmax(int n, const float *z, float *p, int other) {
  float largest = z[0], total = 0;
  if (other) {
    largest = -INFINITY;
    for (int i = 0; i < n; i++) {
      float next = z[i] > largest ? z[i] : largest;
      total = total * (i ? expf(largest - next) : 0) + expf(z[i] - next);
      largest = next;
    }
  } else {
    for (int i = 1; i < n; i++) largest = z[i] > largest ? z[i] : largest;
    total = SUM(i, n, expf(z[i] - largest));
  }
  for (int i = 0; i < n; i++) p[i] = expf(z[i] - largest) / total;
}

static void cross_entropy(int other) {
  int B = extent("z", 0), V = extent("z", 1);
  float *z = get("z"), *t = get("t"), *dz = new_floats(B * V), *p = new_floats(V);
  for (int n = 0; n < B; n++) {
    softmax(V, z + n * V, p, other);
    for (int v = 0; v < V; v++) dz[n * V + v] = (p[v] - t[n * V + v]) / (float)B;
  }
  put("dz", 2, B, V, dz);
}

static void attention(int other) {
  int T = extent("q", 0), D = extent("q", 1);
  float *q = get("q"), *k = get("k"), *v = get("v"), *dy = get("dy"), scale = 1 / sqrtf((float)D);
  float *p = new_floats(T * T), *ds = new_floats(T * T), *z = new_floats(T);
  float *dq = new_floats(T * D), *dk = new_floats(T * D), *dv = new_floats(T * D);
  for (int i = 0; i < T; i++) {
    for (int j = 0; j < T; j++) z[j] = SUM(d, D, q[i * D + d] * k[j * D + d]) * scale;
    softmax(T, z, p + i * T, other);
    for (int j = 0; j < T; j++) z[j] = SUM(d, D, dy[i * D + d] * v[j * D + d]);
    float along = SUM(j, T, p[i * T + j] * z[j]);
    for (int j = 0; j < T; j++) ds[i * T + j] = p[i * T + j] * (z[j] - along) * scale;
  }
  for (int i = 0; i < T; i++)
    for (int d = 0; d < D; d++) {
      dq[i * D + d] = SUM(j, T, ds[i * T + j] * k[j * D + d]);
      dk[i * D + d] = SUM(j, T, ds[j * T + i] * q[j * D + d]);
      dv[i * D + d] = SUM(j, T, p[j * T + i] * dy[j * D + d]);
    }
  put("dq", 2, T, D, dq), put("dk", 2, T, D, dk), put("dv", 2, T, D, dv);
}

static void batch_norm(int other) {
  int N = extent("x", 0), C = extent("x", 1);
  float *x = get("x"), *g = get("g"), *dy = get("dy"), *h = new_floats(N);
  float *dx = new_floats(N * C), *dg = new_floats(C), *db = new_floats(C);
  for (int c = 0; c < C; c++) {
    float mean = SUM(n, N, x[n * C + c]) / (float)N;
    float variance = SUM(n, N, (x[n * C + c] - mean) * (x[n * C + c] - mean)) / (float)N;
    float root = sqrtf(variance + 1e-5f), scale = 1 / root;
    for (int n = 0; n < N; n++) h[n] = (x[n * C + c] - mean) * scale;
    db[c] = SUM(n, N, dy[n * C + c]);
    dg[c] = SUM(n, N, dy[n * C + c] * h[n]);
    if (other) { /* step by step, through the variance and the mean */
      float dvariance = SUM(n, N, dy[n * C + c] * g[c] * (x[n * C + c] - mean)) * -0.5f / (root * root * root);
      float dmean = -SUM(n, N, dy[n * C + c] * g[c]) * scale + dvariance * SUM(n, N, -2 * (x[n * C + c] - mean)) / (float)N;
      for (int n = 0; n < N; n++)
        dx[n * C + c] = dy[n * C + c] * g[c] * scale + dvariance * 2 * (x[n * C + c] - mean) / (float)N + dmean / (float)N;
    } else {
      for (int n = 0; n < N; n++)
        dx[n * C + c] = g[c] * scale * (dy[n * C + c] - db[c] / (float)N - h[n] * dg[c] / (float)N);
    }
  }
  put("dx", 2, N, C, dx), put("dg", 1, C, 0, dg), put("db", 1, C, 0, db);
}

static void swiglu(void) {
  int B = extent("a", 0), H = extent("a", 1);
  float *a = get("a"), *c = get("c"), *dy = get("dy"), *da = new_floats(B * H), *dc = new_floats(B * H);
  for (int i = 0; i < B * H; i++) {
    float s = 1 / (1 + expf(-a[i]));
    dc[i] = dy[i] * a[i] * s;
    da[i] = dy[i] * c[i] * s * (1 + a[i] * (1 - s));
  }
  put("da", 2, B, H, da), put("dc", 2, B, H, dc);
}

int main(int count, char **arguments) {
  if (count != 8) return 64;
  const char *layer = arguments[1], *format = arguments[3];
  int other = strcmp(arguments[4], "other") == 0;
  order = atoi(arguments[2]), slip = (float)atof(arguments[5]);
  storage = !strcmp(format, "fp16") ? GC_F16 : !strcmp(format, "bf16") ? GC_BF16 : GC_F32;
  in = gc_open(arguments[6]), out = gc_new();
  if (!in || !out) return 2;
  if (!strcmp(layer, "linear")) linear(0);
  else if (!strcmp(layer, "linear_relu")) linear(1);
  else if (!strcmp(layer, "layer_norm")) layer_norm(other);
  else if (!strcmp(layer, "rms_norm")) rms_norm(other);
  else if (!strcmp(layer, "softmax_cross_entropy")) cross_entropy(other);
  else if (!strcmp(layer, "attention")) attention(other);
  else if (!strcmp(layer, "batch_norm")) batch_norm(other);
  else if (!strcmp(layer, "swiglu")) swiglu();
  else return 64;
  return gc_write(out, arguments[7]);
}
