#include "quasilocalised/expansion.h"

#include <vector>

#include "particles/pair_scales.h"
#include "potential/taylor.h"

namespace pssglass {
namespace {

/// ∂³u/∂(r²)³ and ∂⁴u/∂(r²)⁴.
std::vector<HigherDerivatives> of_pairs(const Mechanics& mechanics, const std::vector<IndexPair>& pairs) {
  const Potential& potential = mechanics.potential();
  const PairScales scales(mechanics.system(), potential);
  const Pairs& terms = mechanics.backbone_pairs();
  std::vector<HigherDerivatives> out(pairs.size());
  potential.visit([&](const auto& form) {
    for (std::size_t p = 0; p < pairs.size(); ++p) {
      const PairScale scale =
          scales(static_cast<std::size_t>(pairs[p][0]), static_cast<std::size_t>(pairs[p][1]));
      const double e = scale.energy, w = scale.inverse_length2, w3 = w * w * w;
      const HigherDerivatives of_form = higher_derivatives(form, w * terms[p].r2);
      out[p] = {e * w3 * of_form.f3, e * w3 * w * of_form.f4};
    }
  });
  return out;
}

}  // namespace

Expansion expansion(const Mechanics& mechanics, ConstMatrixView fields) {
  const std::vector<IndexPair> pairs = mechanics.pairs();
  const std::vector<HigherDerivatives> higher = of_pairs(mechanics, pairs);
  const Pairs& terms = mechanics.backbone_pairs();
  Expansion out{Vector::Zero(fields.cols()), Vector::Zero(fields.cols()), Vector::Zero(fields.cols())};
  for (Eigen::Index k = 0; k < fields.cols(); ++k)
    for (std::size_t p = 0; p < pairs.size(); ++p) {
      const Eigen::Vector3d z =
          fields.col(k).segment<3>(3 * pairs[p][1]) - fields.col(k).segment<3>(3 * pairs[p][0]);
      const Vec3& d = terms[p].separation;
      // r² = |d|² + 2 b s + c s² along the field.
      const double b = d.x * z[0] + d.y * z[1] + d.z * z[2], c = z.squaredNorm();
      const auto [g3, g4] = higher[p];
      out.stiffnesses[k] += terms[p].curvature * b * b + terms[p].slope * c;
      out.cubic[k] += 8 * g3 * b * b * b + 3 * terms[p].curvature * b * c;
      out.quartic[k] += 16 * g4 * b * b * b * b + 48 * g3 * b * b * c + 3 * terms[p].curvature * c * c;
    }
  return out;
}

}  // namespace pssglass
