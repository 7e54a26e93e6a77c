// The cells the core knows, and the sizes that follow from each.
//
// Weights have Keras's layout: kernel W (I, G*H), recurrent kernel U (H, G*H), gates side by side in the order
// given here.
#pragma once

#include <cstdint>

#include "remy/view.h"

namespace remy {

enum class Cell : int {
  simple_rnn_tanh,
  simple_rnn_relu,
  simple_rnn_linear,
  lstm,              // gates i, f, g, o
  gru_reset_after,   // gates z, r, h; the reset gate scales the product U_h h
  gru_reset_before,  // gates z, r, h; the reset gate scales h before the product
};

constexpr int kCellCount = 6;

constexpr const char* kCellNames[kCellCount] = {
    "simple_rnn_tanh", "simple_rnn_relu", "simple_rnn_linear", "lstm", "gru_reset_after", "gru_reset_before",
};

REMY_INLINE constexpr bool is_simple(Cell cell) { return cell <= Cell::simple_rnn_linear; }

// Blocks of H columns in W and U.
REMY_INLINE constexpr std::int64_t gate_count(Cell cell) {
  if (is_simple(cell)) return 1;
  return cell == Cell::lstm ? 4 : 3;
}

// Values kept for each unit and step for the backward pass: LSTM i, f, g, o; GRU z, r, h~ and, with the reset gate
// after the product, q = U_h h + b.
REMY_INLINE constexpr std::int64_t slot_count(Cell cell) {
  if (is_simple(cell)) return 0;
  return cell == Cell::gru_reset_before ? 3 : 4;
}

// Blocks of H columns in the gradient of the pre-activations. With the reset gate after the product the candidate
// has two: h as the input product sees it, z, r, h as the recurrent product sees it. So either product's are adjacent.
REMY_INLINE constexpr std::int64_t gradient_count(Cell cell) {
  return cell == Cell::gru_reset_after ? 4 : gate_count(cell);
}

REMY_INLINE constexpr bool has_cell_state(Cell cell) { return cell == Cell::lstm; }

REMY_INLINE constexpr std::int64_t bias_rows(Cell cell) { return cell == Cell::gru_reset_after ? 2 : 1; }

}  // namespace remy
