/* The backward pass of a dense layer with relu, in single precision: reads a probe, writes the gradients.
 *
 *     gradcheck probe dense.expr -o probe.safetensors
 *     cc -O2 -I../../Include dense.c -o dense -lm && ./dense probe.safetensors grads.safetensors
 *     gradcheck judge dense.expr --at probe.safetensors grads.safetensors */
#include "gradcheck.h"

static void backward(int B, int I, int O, const float *x, const float *w, const float *b, const float *dy,
                     float *dx, float *dw, float *db) {
  for (int n = 0; n < B; n++)
    for (int o = 0; o < O; o++) {
      float z = b[o];
      for (int i = 0; i < I; i++) z += x[n * I + i] * w[o * I + i];
      float dz = z > 0 ? dy[n * O + o] : 0;
      db[o] += dz;
      for (int i = 0; i < I; i++) {
        dx[n * I + i] += dz * w[o * I + i];
        dw[o * I + i] += dz * x[n * I + i];
      }
    }
}

int main(int count, char **arguments) {
  if (count != 3) return fprintf(stderr, "usage: dense PROBE GRADS\n"), 64;
  gc_file *in = gc_open(arguments[1]), *out = gc_new();
  if (!in || !out) return gc_close(in), gc_close(out), 2;
  gc_tensor *tx = gc_find(in, "x"), *tw = gc_find(in, "w");
  float *x = gc_floats(tx), *w = gc_floats(tw), *b = gc_floats(gc_find(in, "b")), *dy = gc_floats(gc_find(in, "dy"));
  int status = 2;
  if (x && w && b && dy) {
    long long B = tx->extents[0], I = tx->extents[1], O = tw->extents[0];
    float *dx = (float *)calloc((size_t)(B * I), sizeof(float)), *dw = (float *)calloc((size_t)(O * I), sizeof(float));
    float *db = (float *)calloc((size_t)O, sizeof(float));
    if (dx && dw && db) {
      backward((int)B, (int)I, (int)O, x, w, b, dy, dx, dw, db);
      gc_put(out, "dx", GC_F32, 2, tx->extents, dx);
      gc_put(out, "dw", GC_F32, 2, tw->extents, dw);
      gc_put(out, "db", GC_F32, 1, tw->extents, db);
      status = gc_write(out, arguments[2]);
    }
    free(dx), free(dw), free(db);
  }
  free(x), free(w), free(b), free(dy);
  gc_close(in), gc_close(out);
  return status;
}
