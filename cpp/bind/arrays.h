// Conversion between NumPy arrays and the core's containers, with shape checks.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "particles/system.h"

namespace pssglass::bind {

namespace py = pybind11;
using DoubleArray = py::array_t<double, py::array::c_style | py::array::forcecast>;
using IntArray = py::array_t<int, py::array::c_style | py::array::forcecast>;

inline std::string shape_of(const py::array& array) {
  std::string text = "(";
  for (py::ssize_t k = 0; k < array.ndim(); ++k) text += (k ? ", " : "") + std::to_string(array.shape(k));
  return text + ")";
}

/// (N, 3) → Vectors.
inline Vectors to_vectors(const DoubleArray& array, const char* name) {
  if (array.ndim() != 2 || array.shape(1) != 3)
    throw InvalidArgument(std::string(name) + " has shape " + shape_of(array) + ": give (N, 3)");
  Vectors out(static_cast<std::size_t>(array.shape(0)));
  if (!out.empty()) std::memcpy(&out.front().x, array.data(), sizeof(Vec3) * out.size());
  return out;
}

template <class T>
std::vector<T> to_list(const py::array_t<T, py::array::c_style | py::array::forcecast>& array,
                       const char* name) {
  if (array.ndim() != 1)
    throw InvalidArgument(std::string(name) + " has shape " + shape_of(array) + ": give one dimension");
  return {array.data(), array.data() + array.size()};
}

inline Box to_box(const DoubleArray& box) {
  const auto b = to_list<double>(box, "box");
  if (b.size() != 6)
    throw InvalidArgument("box has " + std::to_string(b.size()) + " entries: give [Lx, Ly, Lz, xy, xz, yz]");
  return {b[0], b[1], b[2], b[3], b[4], b[5]};
}

using Diameters = std::optional<DoubleArray>;

inline std::vector<double> to_diameters(const Diameters& diameters) {
  return diameters ? to_list<double>(*diameters, "diameters") : std::vector<double>{};
}

inline System to_system(const DoubleArray& box, const DoubleArray& positions, const IntArray& species,
                        const Diameters& diameters) {
  return {to_box(box), to_vectors(positions, "positions"), to_list<int>(species, "species"),
          to_diameters(diameters)};
}

/// Copies n contiguous values into a new array of the given shape.
template <class T>
py::array_t<T> to_array(const T* values, std::vector<py::ssize_t> shape) {
  py::array_t<T> out(std::move(shape));
  if (out.size() > 0)
    std::memcpy(out.mutable_data(), values, sizeof(T) * static_cast<std::size_t>(out.size()));
  return out;
}

template <class T>
py::array_t<T> to_array(const std::vector<T>& values) {
  return to_array(values.data(), {static_cast<py::ssize_t>(values.size())});
}

/// An array that takes the container over, without a copy.
template <class Container>
py::array_t<typename Container::value_type> to_owner(Container&& values) {
  auto kept = std::make_unique<Container>(std::move(values));
  const auto* data = kept->data();
  const auto size = static_cast<py::ssize_t>(kept->size());
  py::capsule owner(kept.release(), [](void* pointer) { delete static_cast<Container*>(pointer); });
  return py::array_t<typename Container::value_type>(size, data, owner);
}

inline py::array_t<double> to_array(const Vectors& vectors) {
  return to_array(reinterpret_cast<const double*>(vectors.data()),
                  {static_cast<py::ssize_t>(vectors.size()), 3});
}

inline py::array_t<double> to_array(const Box& box) {
  const double entries[6] = {box.lx(), box.ly(), box.lz(), box.xy(), box.xz(), box.yz()};
  return to_array(entries, {6});
}

inline py::array_t<double> to_matrix(const Tensor& t) {
  const double entries[9] = {t.xx, t.xy, t.xz, t.xy, t.yy, t.yz, t.xz, t.yz, t.zz};
  return to_array(entries, {3, 3});
}

}  // namespace pssglass::bind
