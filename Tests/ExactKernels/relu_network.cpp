// Two linear layers with a relu between them, and their backward pass.
#include "gradcheck_exact.hpp"

template <class T> using Array = std::vector<T>;

// y[n, o] = b[o] + Σ x[n, i] w[o, i]
template <class T> Array<T> linear(int B, int I, int O, const Array<T> &x, const Array<T> &w, const Array<T> &b) {
  Array<T> y(B * O);
  for (int n = 0; n < B; n++)
    for (int o = 0; o < O; o++) {
      T sum = b[o];
      for (int i = 0; i < I; i++) sum += x[n * I + i] * w[o * I + i];
      y[n * O + o] = sum;
    }
  return y;
}

template <class T>
void linear_backward(int B, int I, int O, const Array<T> &x, const Array<T> &w, const Array<T> &dy, Array<T> &dx,
                     Array<T> &dw, Array<T> &db) {
  for (int n = 0; n < B; n++)
    for (int o = 0; o < O; o++) {
      const T up = dy[n * O + o];
      db[o] += up;
      for (int i = 0; i < I; i++) {
        dx[n * I + i] += up * w[o * I + i];
        dw[o * I + i] += up * x[n * I + i];
      }
    }
}

template <class T> void run(const char *probe, const char *results) {
  gradcheck::tensors<T> in(probe), out;
  const auto x = in["x"], w1 = in["w1"], b1 = in["b1"], w2 = in["w2"], b2 = in["b2"], dy = in["dy"];
  const int B = int(in.extents("x")[0]), I = int(in.extents("x")[1]), H = int(b1.size()), O = int(b2.size());
  const Array<T> z = linear(B, I, H, x, w1, b1);
  Array<T> h(z.size());
  for (std::size_t i = 0; i < z.size(); i++) h[i] = z[i] > T(0) ? z[i] : T(0);
  const Array<T> y = linear(B, H, O, h, w2, b2);
  Array<T> dh(h.size()), dw2(w2.size()), db2(b2.size()), dx(x.size()), dw1(w1.size()), db1(b1.size());
  linear_backward(B, H, O, h, w2, dy, dh, dw2, db2);
  for (std::size_t i = 0; i < z.size(); i++)
    if (!(z[i] > T(0))) dh[i] = T(0);
  linear_backward(B, I, H, x, w1, dh, dx, dw1, db1);
  out.put("y", {B, O}, y);
  out.put("dx", {B, I}, dx);
  out.put("dw1", {H, I}, dw1);
  out.put("db1", {H}, db1);
  out.put("dw2", {O, H}, dw2);
  out.put("db2", {O}, db2);
  out.write(results);
}

int main(int, char **arguments) {
  try {
    run<gradcheck::exact>(arguments[1], arguments[2]);
  } catch (const std::exception &error) {
    return fprintf(stderr, "%s\n", error.what()), 2;
  }
}
