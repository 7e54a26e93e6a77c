// The module remy._core. Conversion and checks of shape only; everything that computes is in csrc/.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "arrays.h"
#include "remy/isa.h"
#include "remy/math.h"
#include "remy/pool.h"
#include "remy/product.h"
#include "remy/threads.h"

namespace remy::python {

void bind_sequence(nb::module_& module);
void bind_stream(nb::module_& module);

namespace {

template <class T>
void bind_map(nb::module_& module, const char* name, void (*map)(const T*, T*, std::int64_t)) {
  module.def(
      name,
      [map](const Array<const T, 1>& x) {
        const auto count = x.shape(0);
        T* y = new T[count + 1];
        const nb::capsule owner(y, [](void* data) noexcept { delete[] static_cast<T*>(data); });
        map(x.data(), y, static_cast<std::int64_t>(count));
        return nb::ndarray<nb::numpy, T, nb::ndim<1>>(y, {count}, owner);
      },
      nb::arg("x").noconvert());
}

template <class T>
void bind_math(nb::module_& module) {
  bind_map<T>(module, "exp", &exp<T>);
  bind_map<T>(module, "tanh", &tanh<T>);
  bind_map<T>(module, "sigmoid", &sigmoid<T>);
}

template <class T>
void bind_pooled(nb::module_& module, const char* name) {
  module.def(
      name,
      [](std::size_t count) {
        void* block = borrow_block(count * sizeof(T));
        const nb::capsule owner(block, [](void* data) noexcept { return_block(data); });
        return nb::ndarray<nb::numpy, T, nb::ndim<1>>(static_cast<T*>(block), {count}, owner);
      },
      "An array of so many values, not cleared, whose memory is lent again once nobody holds it.");
}

}  // namespace

NB_MODULE(_core, module) {
  module.doc() = "Remy's compiled core. See csrc/include/remy for what each function means.";
  module.def("set_num_threads", &set_num_threads, nb::arg("count"));
  module.def("get_num_threads", &num_threads);
  module.def("borrow_openmp", &borrow_openmp, "Work on the threads of a GNU OpenMP that the process has loaded.");
  module.def("isa", &isa, "Name of the instruction set in use.");
  module.def("available_isas", &available_isas, "Instruction sets of this build that this machine has, best last.");
  module.def("set_isa", &set_isa, nb::arg("name"));
  bind_math<float>(module);
  bind_math<double>(module);
  bind_pooled<float>(module, "pooled");
  bind_pooled<double>(module, "pooled64");
  module.def("release_memory", &release_idle_blocks, "Give the idle blocks of the pool back to the system.");
  module.def("idle_memory", &idle_block_bytes, "Bytes of the idle blocks of the pool.");
  module.def(
      "read",
      [](const Array<const float, 1>& x, std::int64_t times) {
        const nb::gil_scoped_release release;
        return read(x.data(), static_cast<std::int64_t>(x.shape(0)), times);
      },
      nb::arg("x").noconvert(), nb::arg("times"), "Sum of an array that is read so many times; for measuring caches.");
  bind_sequence(module);
  bind_stream(module);
}

}  // namespace remy::python
