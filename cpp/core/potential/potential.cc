#include "potential/potential.h"

#include <string>

namespace pssglass {
namespace {

int species_count(const std::vector<double>& energies, const std::vector<double>& lengths) {
  const auto count = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(energies.size()))));
  if (count == 0 || count * count != energies.size() || lengths.size() != energies.size())
    throw InvalidArgument("pair energies and lengths must be square matrices of one size, got " +
                          std::to_string(energies.size()) + " and " + std::to_string(lengths.size()) +
                          " entries: give one row and column for each species");
  return static_cast<int>(count);
}

double checked_cutoff(const Form& form) {
  return std::visit(
      [](const auto& f) {
        f.check();
        return f.q_cut;
      },
      form);
}

}  // namespace

Potential::Potential(const std::vector<double>& energies, const std::vector<double>& lengths,
                     const OwnedForm& form)
    : species_(species_count(energies, lengths)), form_(form), q_cut_(checked_cutoff(form.form)) {
  for (int a = 0; a < species_; ++a)
    for (int b = 0; b < species_; ++b) {
      const auto k = static_cast<std::size_t>(a * species_ + b),
                 transposed = static_cast<std::size_t>(b * species_ + a);
      if (!(lengths[k] > 0) || lengths[k] != lengths[transposed] || !std::isfinite(energies[k]) ||
          energies[k] != energies[transposed])
        throw InvalidArgument("pair type (" + std::to_string(a) + ", " + std::to_string(b) + ") has energy " +
                              std::to_string(energies[k]) + " and length " + std::to_string(lengths[k]) +
                              ": energies must be finite, lengths positive, both symmetric");
      scales_.push_back(scale_of(energies[k], lengths[k], q_cut_));
    }
}

Potential Potential::by_diameter(double energy, const Mixing& mixing, const OwnedForm& form) {
  if (!std::isfinite(energy) || !std::isfinite(mixing.nonadditivity))
    throw InvalidArgument("energy " + std::to_string(energy) + " and nonadditivity " +
                          std::to_string(mixing.nonadditivity) + " must be finite");
  Potential out(std::vector<double>{energy}, std::vector<double>{1}, form);
  out.mixing_ = mixing;
  return out;
}

}  // namespace pssglass
