// Gradients of kernel, recurrent kernel and bias, added up span by span.
//
// Each is a product (left operand)^T d_gates over all rows of a span. Where two share columns of d_gates, these are
// packed once for both.
#pragma once

#include <algorithm>
#include <array>

#include "kernels.h"
#include "remy/sequence.h"
#include "remy/threads.h"

namespace remy {

// What a span leaves behind, row after row.
template <class T>
struct SpanRows {
  const T* inputs;    // (I)
  const T* operands;  // (H)
  const T* resets;    // (H)
  const T* d_gates;   // (gradient_count*H)
};

template <class T>
class WeightGradients {
 public:
  WeightGradients(const Sequence<T>& s, const Kernels<T>& kernels, const Gradients<T>& to, const SpanRows<T>& rows)
      : kernels_(kernels), d_gates_(rows.d_gates), blocks_(gradient_count(s.cell) * s.units), columns_(s.columns()) {
    const std::int64_t units = s.units;
    const auto x = [&](std::int64_t column) { return Product{rows.inputs, s.inputs, at(to.kernel, column)}; };
    const auto h = [&](const T* left, std::int64_t column) {
      return Product{left, units, at(to.recurrent_kernel, column)};
    };
    T* recurrent_bias = at(to.bias, columns_);
    if (s.cell == Cell::gru_reset_after) {
      group(0, units, {x(2 * units), {}}, at(to.bias, 2 * units), nullptr);
      group(units, 2 * units, {x(0), h(rows.operands, 0)}, to.bias, recurrent_bias);
      group(3 * units, units, {h(rows.operands, 2 * units), {}}, nullptr, at(recurrent_bias, 2 * units));
    } else if (s.cell == Cell::gru_reset_before) {
      group(0, 2 * units, {x(0), h(rows.operands, 0)}, to.bias, nullptr);
      group(2 * units, units, {x(2 * units), h(rows.resets, 2 * units)}, at(to.bias, 2 * units), nullptr);
    } else {
      group(0, columns_, {x(0), h(rows.operands, 0)}, to.bias, nullptr);
    }
    if (to.bias != nullptr) std::fill_n(to.bias, bias_rows(s.cell) * columns_, T(0));
  }

  static std::int64_t scratch_size(const Kernels<T>& kernels, std::int64_t rows) {
    return rows * kernels.product_width;
  }

  // One part's share of what the span's first `rows` rows add; the first span overwrites what was there. Whole panels
  // of columns go to different parts where they can be shared out evenly; else rows of the result do.
  void add(std::int64_t rows, int part, int parts, T* scratch) const {
    const std::int64_t width = kernels_.product_width;
    std::int64_t panels = 0;
    for (int g = 0; g < count_; ++g) panels += (groups_[g].count + width - 1) / width;
    const bool by_panel = (count_ == 1 && panels % parts == 0) || panels >= 8 * parts;
    const Range mine = share(panels, parts, part);
    std::int64_t panel = 0;
    for (int g = 0; g < count_; ++g) {
      for (std::int64_t column = 0; column < groups_[g].count; column += width, ++panel) {
        if (by_panel && (panel < mine.first || panel >= mine.last)) continue;
        add_panel(groups_[g], column, rows, by_panel ? 0 : part, by_panel ? 1 : parts, scratch);
      }
    }
  }

  // Call after every span.
  void next() { started_ = true; }

 private:
  struct Product {
    const T* left = nullptr;
    std::int64_t width = 0;
    T* to = nullptr;  // null where the gradient is not wanted
  };

  // Columns of d_gates, what they are multiplied with, and the biases that their sums belong to.
  struct Group {
    std::int64_t first, count;
    Product products[2];
    T* biases[2];
  };

  static T* at(T* base, std::int64_t offset) { return base != nullptr ? base + offset : nullptr; }

  void group(std::int64_t first, std::int64_t count, std::array<Product, 2> products, T* bias, T* recurrent_bias) {
    groups_[count_++] = {first, count, {products[0], products[1]}, {bias, recurrent_bias}};
  }

  void add_panel(const Group& group, std::int64_t column, std::int64_t rows, int part, int parts, T* scratch) const {
    const std::int64_t width = std::min(kernels_.product_width, group.count - column);
    const MatrixView<const T> gradient{d_gates_ + group.first + column, rows, width, blocks_, 1};
    bool packed = false;
    for (const Product& product : group.products) {
      const Range mine = share(product.width, parts, part, kernels_.product_rows);
      if (product.to == nullptr || mine.first == mine.last) continue;
      if (!packed) kernels_.pack_matrix(gradient, rows, 0, scratch);
      packed = true;
      const MatrixView<const T> left{product.left, rows, product.width, product.width, 1};
      kernels_.multiply(left.columns(mine.first, mine.last - mine.first).transposed(), gradient, scratch,
                        {product.to + mine.first * columns_ + column, mine.last - mine.first, width, columns_, 1},
                        nullptr, started_, nullptr);
    }
    for (T* bias : group.biases)
      if (bias != nullptr && part == 0) kernels_.add_column_sums(gradient, bias + column);
  }

  const Kernels<T>& kernels_;
  const T* d_gates_;
  std::int64_t blocks_, columns_;
  Group groups_[3];
  int count_ = 0;
  bool started_ = false;
};

}  // namespace remy
