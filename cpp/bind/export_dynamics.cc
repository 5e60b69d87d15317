#include <chrono>
#include <limits>
#include <map>

#include "arrays.h"
#include "dynamics/displacements.h"
#include "dynamics/dynamics.h"
#include "exports.h"

namespace pssglass::bind {
namespace {

Thermostat to_thermostat(const std::string& name) {
  static const std::map<std::string, Thermostat> known{
      {"nve", Thermostat::nve}, {"langevin", Thermostat::langevin}, {"svr", Thermostat::svr}};
  const auto found = known.find(name);
  if (found == known.end())
    throw InvalidArgument("thermostat is '" + name + "': use 'nve', 'langevin' or 'svr'");
  return found->second;
}

Precision to_precision(const std::string& name) {
  if (name == "double") return Precision::full;
  if (name == "mixed") return Precision::mixed;
  throw InvalidArgument("precision is '" + name + "': use 'double' or 'mixed'");
}

std::vector<Image> to_images(const std::optional<IntArray>& array) {
  if (!array) return {};
  if (array->ndim() != 2 || array->shape(1) != 3)
    throw InvalidArgument("images has shape " + shape_of(*array) + ": give (N, 3)");
  std::vector<Image> out(static_cast<std::size_t>(array->shape(0)));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int* row = array->data() + 3 * i;
    out[i] = {row[0], row[1], row[2]};
  }
  return out;
}

Simulation make_simulation(const Potential& potential, const DoubleArray& box, const DoubleArray& positions,
                           const DoubleArray& velocities, const IntArray& species, double mass,
                           std::uint64_t seed, std::int64_t step, const std::optional<IntArray>& images,
                           const std::optional<DoubleArray>& list_reference,
                           const std::optional<DoubleArray>& list_box, int threads,
                           const std::string& precision, const Diameters& diameters) {
  SimulationState state{to_list<int>(species, "species"),
                        to_diameters(diameters),
                        to_vectors(positions, "positions"),
                        to_images(images),
                        to_vectors(velocities, "velocities"),
                        step,
                        list_reference ? to_vectors(*list_reference, "list_reference") : Vectors{},
                        list_box ? std::optional(to_box(*list_box)) : std::nullopt};
  return {to_box(box), potential, std::move(state), mass, seed, {threads, to_precision(precision)}};
}

py::dict to_dict(const Series& series, bool has_barostat) {
  py::dict out;
  out["step"] = to_array(series.step);
  out["potential_energy"] = to_array(series.potential_energy);
  out["kinetic_energy"] = to_array(series.kinetic_energy);
  out["pressure"] = to_array(series.pressure);
  out["stress"] = to_array(series.stress);
  out["born_shear"] = to_array(series.born_shear);
  if (has_barostat) {
    out["volume"] = to_array(series.volume);
    out["effective_energy"] = to_array(series.effective_energy);
  }
  return out;
}

py::dict to_dict(const SwapRecord& record) {
  constexpr auto parts = static_cast<py::ssize_t>(SwapRecord::kParts);
  py::dict out;
  out["attempts"] = bind::to_array(record.attempts.data(), {parts});
  out["accepted"] = bind::to_array(record.accepted.data(), {parts});
  out["largest_difference"] = record.largest_difference;
  out["seconds"] = record.seconds;
  return out;
}

py::dict to_dict(const Frames& frames, std::size_t particles) {
  const auto count = static_cast<py::ssize_t>(frames.positions.size());
  py::array_t<double> positions({count, static_cast<py::ssize_t>(particles), py::ssize_t{3}});
  py::array_t<double> boxes({count, py::ssize_t{6}});
  for (py::ssize_t f = 0; f < count; ++f) {
    const Vectors& one = frames.positions[static_cast<std::size_t>(f)];
    if (!one.empty()) std::memcpy(positions.mutable_data(f, 0, 0), one.data(), sizeof(Vec3) * one.size());
    const py::array_t<double> box = to_array(frames.boxes[static_cast<std::size_t>(f)]);
    std::memcpy(boxes.mutable_data(f, 0), box.data(), 6 * sizeof(double));
  }
  py::dict out;
  out["positions"] = positions;
  out["boxes"] = boxes;
  return out;
}

std::span<const Vec3> view(const DoubleArray& positions) {
  if (positions.ndim() != 2 || positions.shape(1) != 3)
    throw InvalidArgument("positions have shape " + shape_of(positions) + ": give (N, 3)");
  return {reinterpret_cast<const Vec3*>(positions.data()), static_cast<std::size_t>(positions.shape(0))};
}

/// (pairs, kinds, 4)
py::array_t<double> sums_of_displacements(const std::vector<DoubleArray>& positions,
                                          const std::vector<std::pair<std::size_t, std::size_t>>& pairs,
                                          const IntArray& species, int kinds, double wave_number,
                                          double overlap_distance) {
  const Species list = to_list<int>(species, "species");
  std::vector<std::span<const Vec3>> views;
  for (const DoubleArray& one : positions) views.push_back(view(one));
  std::vector<DisplacementSums> sums;
  {
    py::gil_scoped_release release;
    for (const auto& [before, after] : pairs) {
      const auto found =
          displacement_sums(views.at(before), views.at(after), list, kinds, {wave_number, overlap_distance});
      sums.insert(sums.end(), found.begin(), found.end());
    }
  }
  static_assert(sizeof(DisplacementSums) == 4 * sizeof(double));
  return bind::to_array(reinterpret_cast<const double*>(sums.data()),
                        {static_cast<py::ssize_t>(pairs.size()), kinds, 4});
}

py::dict run(Simulation& self, std::int64_t steps, double dt, const std::string& thermostat,
             double temperature, double friction, double relaxation_time, std::int64_t sample_every,
             const std::optional<double>& pressure, double barostat_relaxation_time, double compressibility,
             std::int64_t barostat_every, double largest_volume, std::int64_t swap_every,
             std::int64_t swap_attempts, double swap_largest_difference,
             const std::vector<std::int64_t>& frames) {
  RunSettings settings{steps,           dt,          to_thermostat(thermostat), temperature, friction,
                       relaxation_time, sample_every};
  settings.frames = frames;
  if (pressure)
    settings.barostat = BarostatSettings{*pressure, barostat_relaxation_time, compressibility, barostat_every,
                                         largest_volume};
  if (swap_every != 0) settings.swap = SwapSettings{swap_every, swap_attempts, swap_largest_difference};
  const std::int64_t rebuilds_before = self.rebuilds();
  const auto start = std::chrono::steady_clock::now();
  const Series series = [&] {
    py::gil_scoped_release release;
    return self.run(settings);
  }();
  py::dict out;
  out["steps"] = steps;
  out["wall_time"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  out["rebuilds"] = self.rebuilds() - rebuilds_before;
  out["series"] = to_dict(series, pressure.has_value());
  if (pressure) {
    const BarostatRecord& record = self.barostat_record();
    out["volume_moves"] = record.moves;
    out["volume_moves_accepted"] = record.accepted;
    out["volume_moves_cut"] = record.cut;
    out["effective_energy_change"] = record.effective_energy_change;
  }
  if (settings.swap) out["swap"] = to_dict(self.swap_record());
  if (!frames.empty()) out["frames"] = to_dict(self.frames(), self.state().species.size());
  return out;
}

py::array_t<std::int32_t> images(const Simulation& self) {
  const auto& list = self.state().images;
  return bind::to_array(&list.data()->x, {static_cast<py::ssize_t>(list.size()), 3});
}

}  // namespace

void export_dynamics(py::module_& m) {
  py::class_<Simulation>(m, "Simulation",
                         "Molecular dynamics of one system; see dynamics.h for what is bit-identical.")
      .def(py::init(&make_simulation), py::arg("potential"), py::arg("box"), py::arg("positions"),
           py::arg("velocities"), py::arg("species"), py::arg("mass"), py::arg("seed"), py::kw_only(),
           py::arg("step") = 0, py::arg("images") = py::none(), py::arg("list_reference") = py::none(),
           py::arg("list_box") = py::none(), py::arg("threads") = 1, py::arg("precision") = "double",
           py::arg("diameters") = py::none())
      .def("run", &run, py::arg("steps"), py::arg("dt"), py::arg("thermostat") = "nve",
           py::arg("temperature") = 0.0, py::arg("friction") = 1.0, py::arg("relaxation_time") = 1.0,
           py::arg("sample_every") = 0, py::kw_only(), py::arg("pressure") = py::none(),
           py::arg("barostat_relaxation_time") = 1.0, py::arg("compressibility") = 1.0,
           py::arg("barostat_every") = 1, py::arg("largest_volume") = std::numeric_limits<double>::max(),
           py::arg("swap_every") = 0, py::arg("swap_attempts") = 0,
           py::arg("swap_largest_difference") = std::numeric_limits<double>::infinity(),
           py::arg("frames") = std::vector<std::int64_t>{})
      .def_property_readonly("positions", [](const Simulation& s) { return to_array(s.state().positions); })
      .def_property_readonly("species", [](const Simulation& s) { return to_array(s.state().species); })
      .def_property_readonly("diameters", [](const Simulation& s) { return to_array(s.state().diameters); })
      .def_property_readonly("velocities", [](const Simulation& s) { return to_array(s.state().velocities); })
      .def_property_readonly("list_reference",
                             [](const Simulation& s) { return to_array(s.state().list_reference); })
      .def_property_readonly("images", &images)
      .def_property_readonly("box", [](const Simulation& s) { return to_array(s.box()); })
      .def_property_readonly("list_box",
                             [](const Simulation& s) -> std::optional<py::array_t<double>> {
                               if (const auto& box = s.state().list_box) return to_array(*box);
                               return std::nullopt;
                             })
      .def_property_readonly("step", [](const Simulation& s) { return s.state().step; });
  m.def("displacement_sums", &sums_of_displacements, py::arg("positions"), py::arg("pairs"),
        py::arg("species"), py::arg("kinds"), py::arg("wave_number"), py::arg("overlap_distance"),
        "Sums over particles of displacements between pairs of times; see displacements.h.");
}

}  // namespace pssglass::bind
