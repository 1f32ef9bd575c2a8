// The backward pass of the mean cross entropy of a linear layer's softmax, shifted as softmaxes are.
#include "gradcheck_exact.hpp"

template <class T> void run(const char *probe, const char *results) {
  gradcheck::tensors<T> in(probe), out;
  const auto x = in["x"], w = in["w"], b = in["b"], t = in["t"];
  const int B = int(in.extents("x")[0]), I = int(in.extents("x")[1]), C = int(b.size());
  std::vector<T> z(B * C), dz(B * C), dx(x.size()), dw(w.size()), db(b.size());
  for (int n = 0; n < B; n++) {
    T largest = std::numeric_limits<T>::lowest();
    for (int c = 0; c < C; c++) {
      T sum = b[c];
      for (int i = 0; i < I; i++) sum += x[n * I + i] * w[c * I + i];
      z[n * C + c] = sum;
      largest = std::max(largest, sum);
    }
    T total = 0;
    for (int c = 0; c < C; c++) total += std::exp(z[n * C + c] - largest);
    for (int c = 0; c < C; c++) {
      const T p = std::exp(z[n * C + c] - largest) / total;
      dz[n * C + c] = (p - t[n * C + c]) / B;
    }
    for (int c = 0; c < C; c++) {
      db[c] += dz[n * C + c];
      for (int i = 0; i < I; i++) {
        dx[n * I + i] += dz[n * C + c] * w[c * I + i];
        dw[c * I + i] += dz[n * C + c] * x[n * I + i];
      }
    }
  }
  out.put("dx", {B, I}, dx);
  out.put("dw", {C, I}, dw);
  out.put("db", {C}, db);
  out.write(results);
}

int main(int, char **arguments) {
  try {
    run<gradcheck::exact>(arguments[1], arguments[2]);
  } catch (const std::exception &error) {
    return fprintf(stderr, "%s\n", error.what()), 2;
  }
}
