// Runs convolution.hpp at a probe: in single precision, or exactly where the probe is one of `--dtype exact`.
//
//     c++ -std=c++17 -O2 -I../../Include convolution.cpp -o convolution
//     gradcheck judge convolution.expr --dtype exact --run './convolution {probe} {grads}'
//     gradcheck judge convolution.expr --run './convolution {probe} {grads}'
#include "gradcheck_exact.hpp"

#include "convolution.hpp"

template <class T> int run(const char *probe, const char *results) {
  gradcheck::tensors<T> in(probe), out;
  const auto x = in["x"], w = in["w"], b = in["b"], dy = in["dy"];
  const auto xs = in.extents("x"), ws = in.extents("w"), ys = in.extents("dy");
  const Convolution layer{int(xs[0]), int(xs[1]), int(xs[2]), int(xs[3]), int(ws[0]), int(ws[2]), int(ws[3]), 2, 1, 2};
  std::vector<T> y(dy.size()), dx(x.size()), dw(w.size()), db(b.size());
  layer.forward(x, w, b, y);
  layer.backward(x, w, dy, dx, dw, db);
  out.put("y", ys, y);
  out.put("dx", xs, dx);
  out.put("dw", ws, dw);
  out.put("db", {ws[0]}, db);
  out.write(results);
  return 0;
}

int main(int count, char **arguments) {
  if (count != 3) return fprintf(stderr, "usage: convolution PROBE GRADS\n"), 64;
  try {
    return gradcheck::is_exact(arguments[1]) ? run<gradcheck::exact>(arguments[1], arguments[2])
                                             : run<float>(arguments[1], arguments[2]);
  } catch (const std::exception &error) {
    return fprintf(stderr, "convolution: %s\n", error.what()), 2;
  }
}
