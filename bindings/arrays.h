// NumPy arrays in, views out: dtype and contiguity are checked by the signatures, shapes here.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "remy/cell.h"
#include "remy/view.h"

namespace remy::python {

namespace nb = nanobind;

// A C-contiguous array of T on the CPU, or None. Data of a const T may be read-only.
template <class T, int Rank>
using Array = nb::ndarray<T, nb::ndim<Rank>, nb::c_contig, nb::device::cpu>;

template <int Rank>
using Shape = std::array<std::int64_t, Rank>;

template <int Rank>
std::string text(const Shape<Rank>& shape) {
  std::string out = "(";
  for (int i = 0; i < Rank; ++i) out += (i > 0 ? ", " : "") + std::to_string(shape[i]);
  return out + (Rank == 1 ? ",)" : ")");
}

// The view of an array whose shape is known; an array that is None gives an empty view.
template <class T, int Rank>
View<T, Rank> view(const char* name, const Array<T, Rank>& array, const Shape<Rank>& expected) {
  if (!array.is_valid()) return {};
  Shape<Rank> shape;
  for (int i = 0; i < Rank; ++i) shape[i] = static_cast<std::int64_t>(array.shape(i));
  if (shape != expected)
    throw std::invalid_argument(std::string(name) + ": expected shape " + text<Rank>(expected) + ", got " +
                                text<Rank>(shape));
  // An array without elements may have no memory; it is given all the same.
  static T nothing[1] = {};
  return {array.data() != nullptr ? array.data() : nothing, shape};
}

inline Cell cell_named(const std::string& name) {
  std::string known;
  for (int i = 0; i < kCellCount; ++i) {
    if (name == kCellNames[i]) return static_cast<Cell>(i);
    known += (i > 0 ? ", " : "") + std::string(kCellNames[i]);
  }
  throw std::invalid_argument("cell: expected one of " + known + ", got '" + name + "'");
}

// Shapes of the weights of a layer, (I, G*H), (H, G*H) and G*H values of bias or 2*3H.
struct LayerShape {
  std::int64_t inputs, units, columns, bias;

  LayerShape(Cell cell, std::int64_t inputs, std::int64_t units)
      : inputs(inputs), units(units), columns(gate_count(cell) * units), bias(bias_rows(cell) * columns) {}
};

}  // namespace remy::python
