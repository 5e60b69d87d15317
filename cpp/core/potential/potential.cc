#include "potential/potential.h"

#include <algorithm>
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

}  // namespace

Potential::Potential(const std::vector<double>& energies, const std::vector<double>& lengths,
                     const Form& form)
    : species_(species_count(energies, lengths)), form_(form) {
  const double q_cut = visit([](const auto& f) {
    f.check();
    return f.q_cut;
  });
  for (int a = 0; a < species_; ++a)
    for (int b = 0; b < species_; ++b) {
      const auto k = static_cast<std::size_t>(a * species_ + b),
                 transposed = static_cast<std::size_t>(b * species_ + a);
      if (!(lengths[k] > 0) || lengths[k] != lengths[transposed] || !std::isfinite(energies[k]) ||
          energies[k] != energies[transposed])
        throw InvalidArgument("pair type (" + std::to_string(a) + ", " + std::to_string(b) + ") has energy " +
                              std::to_string(energies[k]) + " and length " + std::to_string(lengths[k]) +
                              ": energies must be finite, lengths positive, both symmetric");
      const double length2 = lengths[k] * lengths[k];
      scales_.push_back({energies[k], 1 / length2, q_cut * length2});
      max_cutoff_ = std::max(max_cutoff_, std::sqrt(scales_.back().cutoff2));
    }
}

}  // namespace pssglass
