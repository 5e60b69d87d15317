#include "arrays.h"
#include "exports.h"
#include "structure/density_waves.h"
#include "structure/pair_counts.h"

namespace pssglass::bind {
namespace {

/// (pairs of species, bins)
py::array_t<std::int64_t> counts(const DoubleArray& box, const DoubleArray& positions,
                                 const IntArray& species, int kinds, double range, int bins) {
  const Box edges = to_box(box);
  const Vectors points = to_vectors(positions, "positions");
  const Species list = to_list<int>(species, "species");
  const auto found = [&] {
    py::gil_scoped_release release;
    return pair_counts(edges, points, list, kinds, range, bins);
  }();
  return bind::to_array(found.data(), {static_cast<py::ssize_t>(found.size()) / bins, bins});
}

std::vector<WaveNumbers> to_waves(const IntArray& array) {
  if (array.ndim() != 2 || array.shape(1) != 3)
    throw InvalidArgument("waves has shape " + shape_of(array) + ": give (n, 3)");
  std::vector<WaveNumbers> waves(static_cast<std::size_t>(array.shape(0)));
  for (std::size_t w = 0; w < waves.size(); ++w) {
    const int* row = array.data() + 3 * w;
    waves[w] = {row[0], row[1], row[2]};
  }
  return waves;
}

/// (waves, signs, pairs of species)
py::array_t<double> products(const DoubleArray& box, const DoubleArray& positions, const IntArray& species,
                             int kinds, const IntArray& waves) {
  const Box edges = to_box(box);
  const Vectors points = to_vectors(positions, "positions");
  const Species list = to_list<int>(species, "species");
  const std::vector<WaveNumbers> numbers = to_waves(waves);
  const auto found = [&] {
    py::gil_scoped_release release;
    return density_products(edges, points, list, kinds, numbers);
  }();
  return bind::to_array(found.data(), {static_cast<py::ssize_t>(numbers.size()), 4, kinds * (kinds + 1) / 2});
}

}  // namespace

void export_structure(py::module_& m) {
  m.def("pair_counts", &counts, py::arg("box"), py::arg("positions"), py::arg("species"), py::arg("kinds"),
        py::arg("range"), py::arg("bins"),
        "Pairs of particles by species and distance, (pairs of species, bins); see pair_counts.h.");
  m.def("density_products", &products, py::arg("box"), py::arg("positions"), py::arg("species"),
        py::arg("kinds"), py::arg("waves"),
        "Products of Fourier components, (waves, signs, pairs of species); see density_waves.h.");
}

}  // namespace pssglass::bind
