#include "mechanics/response.h"

#include <string>

namespace pssglass {

Moduli moduli_from_response(const StrainDerivatives& strain, ConstMatrixView response, double volume) {
  const double d = 3;
  const auto nonaffine = [&](Strain s) { return strain.mixed.col(s).dot(response.col(s)); };
  const auto shear = [&](Strain s) { return (strain.second[s] - nonaffine(s)) / volume; };
  Moduli out;
  out.volume = volume;
  out.born_shear = strain.second[shear_xy] / volume;
  out.shear_modulus = shear(shear_xy);
  out.shear_modulus_nonaffine = nonaffine(shear_xy) / volume;
  out.shear_modulus_xz = shear(shear_xz);
  out.shear_modulus_yz = shear(shear_yz);
  out.bulk_modulus_nonaffine = nonaffine(dilation) / (volume * d * d);
  out.bulk_modulus =
      (strain.second[dilation] - d * strain.first[dilation]) / (volume * d * d) - out.bulk_modulus_nonaffine;
  return out;
}

Matrix dipole_forces(const System& system, const std::vector<IndexPair>& pairs) {
  const auto n = static_cast<int>(system.size());
  Matrix out = Matrix::Zero(3 * n, static_cast<Eigen::Index>(pairs.size()));
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    const auto [i, j] = pairs[k];
    if (i < 0 || j < 0 || i >= n || j >= n || i == j)
      throw InvalidArgument("pair " + std::to_string(k) + " is (" + std::to_string(i) + ", " +
                            std::to_string(j) + "): give two different particles between 0 and " +
                            std::to_string(n - 1));
    const Vec3 d = system.box.minimum_image(system.positions[static_cast<std::size_t>(j)] -
                                            system.positions[static_cast<std::size_t>(i)]);
    const Vec3 direction = d * (1 / norm(d));
    const auto column = static_cast<Eigen::Index>(k);
    out.col(column).segment<3>(3 * j) << direction.x, direction.y, direction.z;
    out.col(column).segment<3>(3 * i) = -out.col(column).segment<3>(3 * j);
  }
  return out;
}

Vector dipole_frequencies(ConstMatrixView dipoles, ConstMatrixView response) {
  return (response.cwiseProduct(dipoles).colwise().sum().array() / response.colwise().squaredNorm().array())
      .sqrt()
      .transpose();
}

}  // namespace pssglass
