#include "arrays.h"
#include "deformation/quasistatic.h"
#include "exports.h"

namespace pssglass::bind {
namespace {

std::unique_ptr<Quasistatic> make(const Potential& potential, const DoubleArray& box,
                                  const DoubleArray& positions, const IntArray& species,
                                  const std::string& kind, const std::string& plane, double tolerance,
                                  int threads, const Diameters& diameters) {
  return std::make_unique<Quasistatic>(to_system(box, positions, species, diameters), potential,
                                       Deformation(kind, plane), tolerance, threads);
}

StrainedState state(const Quasistatic& self, double strain, const DoubleArray& positions) {
  Vectors given = to_vectors(positions, "positions");
  const py::gil_scoped_release release;
  return self.state(strain, std::move(given));
}

std::optional<StrainedState> follow(const Quasistatic& self, const StrainedState& from, double strain) {
  const py::gil_scoped_release release;
  return self.follow(from, strain);
}

}  // namespace

void export_deformation(py::module_& m) {
  py::class_<StrainedState>(m, "StrainedState", "A configuration at a strain, and how it answers to more.")
      .def_readonly("strain", &StrainedState::strain)
      .def_property_readonly("box", [](const StrainedState& self) { return to_array(self.box); })
      .def_property_readonly("positions", [](const StrainedState& self) { return to_array(self.positions); })
      .def_readonly("energy", &StrainedState::energy)
      .def_readonly("stress", &StrainedState::stress, "dU/dgamma / V.")
      .def_readonly("max_force", &StrainedState::max_force)
      .def_property_readonly("tangent", [](const StrainedState& self) { return to_array(self.tangent); })
      .def_readonly("modulus", &StrainedState::modulus, "d(stress)/dgamma along the branch.")
      .def_readonly("positive", &StrainedState::positive);
  py::class_<Quasistatic>(m, "Quasistatic", "A minimum of the energy, followed as the box deforms.")
      .def(py::init(&make), py::arg("potential"), py::arg("box"), py::arg("positions"), py::arg("species"),
           py::kw_only(), py::arg("kind"), py::arg("plane"), py::arg("tolerance") = 1e-9,
           py::arg("threads") = 1, py::arg("diameters") = py::none())
      .def(
          "box_at", [](const Quasistatic& self, double strain) { return to_array(self.box_at(strain)); },
          py::arg("strain"), "The deformed box, its tilts reduced.")
      .def(
          "moved",
          [](const Quasistatic& self, const DoubleArray& positions, double by) {
            return to_array(self.moved(to_vectors(positions, "positions"), by));
          },
          py::arg("positions"), py::arg("by"), "The affine image of positions.")
      .def("state", &state, py::arg("strain"), py::arg("positions"))
      .def("follow", &follow, py::arg("state"), py::arg("strain"),
           "The state's branch at another strain; None where it has ended.");
}

}  // namespace pssglass::bind
