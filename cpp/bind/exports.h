// What each export file adds to the module.
#pragma once

#include <pybind11/pybind11.h>

namespace pssglass::bind {

void export_deformation(pybind11::module_& m);
void export_dynamics(pybind11::module_& m);
void export_forces(pybind11::module_& m);
void export_info(pybind11::module_& m);
void export_mechanics(pybind11::module_& m);
void export_quasilocalised(pybind11::module_& m);
void export_quench(pybind11::module_& m);
void export_structure(pybind11::module_& m);

}  // namespace pssglass::bind
