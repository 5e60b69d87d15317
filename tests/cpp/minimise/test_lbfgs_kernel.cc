#include <doctest/doctest.h>

#include "base/columns.h"
#include "minimise/lbfgs_kernel.h"

using namespace pssglass;

namespace {

Eigen::Map<const Vector> column(const double* first, std::size_t size) {
  return {first, static_cast<Eigen::Index>(size)};
}

}  // namespace

TEST_CASE("every instruction set gives the same, to the last bit") {
  const Vector from = Vector::Random(771), to = Vector::Random(771);
  const LbfgsMove move{from.data(), to.data(), to.data(), from.data()};
  const LbfgsCoefficients coefficients{0.1, 0.2, 0.3};
  LbfgsColumns columns(771);
  AlignedVector<double> out(columns.rows);
  const LbfgsProducts products = remember(columns, move, 2, Simd::baseline);
  combine(columns, 0.7, coefficients, out.data(), Simd::baseline);
  for (const Simd simd : {Simd::avx2, Simd::avx512}) {
    if (!supported(simd)) continue;
    LbfgsColumns others(771);
    AlignedVector<double> other_out(others.rows);
    CHECK(remember(others, move, 2, simd) == products);
    combine(others, 0.7, coefficients, other_out.data(), simd);
    CHECK(other_out == out);
  }
}

TEST_CASE("steps, force changes and their inner products are those of plain loops, for any number of rows") {
  for (Eigen::Index size : {3, 8, 300, 771}) {
    LbfgsColumns columns(static_cast<std::size_t>(size));
    for (std::size_t slot = 0; slot < kLbfgsMemory; ++slot) {
      const Vector from = Vector::Random(size), to = Vector::Random(size);
      const Vector force_from = Vector::Random(size), force_to = Vector::Random(size);
      const LbfgsProducts products =
          remember(columns, {from.data(), to.data(), force_from.data(), force_to.data()}, slot);
      CHECK(column(columns.step(slot), columns.size) == to - from);
      CHECK(column(columns.change(slot), columns.size) == force_from - force_to);
      CHECK(column(columns.force(), columns.size) == force_to);
      for (std::size_t k = 0; k < products.size(); ++k) {
        const Vector stored = column(columns.step(k), columns.size);
        CHECK(products[k][0] == doctest::Approx(stored.dot(to - from)).epsilon(1e-12).scale(size));
        CHECK(products[k][1] ==
              doctest::Approx(stored.dot(force_from - force_to)).epsilon(1e-12).scale(size));
        CHECK(products[k][2] == doctest::Approx(stored.dot(force_to)).epsilon(1e-12).scale(size));
      }
    }

    std::array<double, 2 * kLbfgsMemory> coefficients;
    Vector expected = 0.7 * column(columns.force(), columns.size);
    for (std::size_t k = 0; k < coefficients.size(); ++k) {
      coefficients[k] = 0.1 * static_cast<double>(k) - 0.3;
      expected += coefficients[k] * column(columns.step(k), columns.size);
    }
    AlignedVector<double> out(columns.rows);
    combine(columns, 0.7, coefficients, out.data());
    CHECK((column(out.data(), columns.size) - expected).cwiseAbs().maxCoeff() < 1e-14);
  }
}
