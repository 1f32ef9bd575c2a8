// A strided, padded, grouped convolution and its backward pass, over any number type: float as it ships, gradcheck::exact to be judged
// without rounding.
#ifndef CONVOLUTION_HPP
#define CONVOLUTION_HPP

#include <vector>

struct Convolution {
  int images, channels, height, width; // of the input
  int filters, rows, columns;          // of the kernel
  int stride, padding, groups;

  int out_height() const { return (height + 2 * padding - rows) / stride + 1; }
  int out_width() const { return (width + 2 * padding - columns) / stride + 1; }
  int group_channels() const { return channels / groups; }

  // Calls visit(y entry, x entry, w entry, filter) for every product of the sum.
  template <class Visit> void each(Visit visit) const {
    for (int n = 0; n < images; n++)
      for (int o = 0; o < filters; o++)
        for (int p = 0; p < out_height(); p++)
          for (int q = 0; q < out_width(); q++)
            for (int c = 0; c < group_channels(); c++)
              for (int k = 0; k < rows; k++)
                for (int l = 0; l < columns; l++) {
                  const int i = stride * p + k - padding, j = stride * q + l - padding;
                  if (i < 0 || j < 0 || i >= height || j >= width) continue;
                  const int channel = o / (filters / groups) * group_channels() + c;
                  visit(((n * filters + o) * out_height() + p) * out_width() + q,
                        ((n * channels + channel) * height + i) * width + j,
                        ((o * group_channels() + c) * rows + k) * columns + l);
                }
  }

  template <class T>
  void forward(const std::vector<T> &x, const std::vector<T> &w, const std::vector<T> &b, std::vector<T> &y) const {
    const int image = out_height() * out_width();
    for (int at = 0; at < images * filters * image; at++) y[at] = b[at / image % filters];
    each([&](int out, int in, int weight) { y[out] += x[in] * w[weight]; });
  }

  template <class T>
  void backward(const std::vector<T> &x, const std::vector<T> &w, const std::vector<T> &dy, std::vector<T> &dx,
                std::vector<T> &dw, std::vector<T> &db) const {
    const int image = out_height() * out_width();
    for (int at = 0; at < images * filters * image; at++) db[at / image % filters] += dy[at];
    each([&](int out, int in, int weight) {
      dx[in] += dy[out] * w[weight];
      dw[weight] += dy[out] * x[in];
    });
  }
};

#endif
