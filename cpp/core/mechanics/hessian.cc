#include "mechanics/hessian.h"

#include <algorithm>
#include <limits>
#include <string>

namespace pssglass {
namespace {

std::size_t index(int i) { return static_cast<std::size_t>(i); }

/// Columns that are multiplied together: the matrix is read once for all of them.
constexpr int kLanes = 8;

/// −∂²u/∂d∂d of one pair, as xx xy xz yy yz zz.
using Coupling = std::array<double, 6>;

Coupling coupling(const Pair& pair) {
  const Vec3& d = pair.separation;
  const double c = -pair.curvature, s = -pair.slope;
  return {c * d.x * d.x + s, c * d.x * d.y, c * d.x * d.z,
          c * d.y * d.y + s, c * d.y * d.z, c * d.z * d.z + s};
}

}  // namespace

Hessian::Hessian(std::size_t particles, const Pairs& pairs) {
  const std::size_t n = particles;
  std::vector<int> below(n, 0);
  row_start_.assign(n + 1, 0);
  for (const Pair& pair : pairs) {
    ++row_start_[index(pair.i) + 1], ++row_start_[index(pair.j) + 1];
    ++below[index(pair.j)];
  }
  for (std::size_t i = 0; i < n; ++i) row_start_[i + 1] += row_start_[i] + 1;
  columns_.resize(index(row_start_[n]));
  values_.resize(9 * columns_.size());

  // Pairs come sorted by (i, j): filling rows in that order leaves each row's columns ascending.
  std::vector<int> next_lower(row_start_.begin(), row_start_.end() - 1), next_upper(n);
  diagonal_.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    diagonal_[i] = row_start_[i] + below[i];
    next_upper[i] = diagonal_[i] + 1;
    columns_[index(diagonal_[i])] = static_cast<int>(i);
  }
  partner_.resize(columns_.size());
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    const auto [i, j] = std::pair(index(pairs[p].i), index(pairs[p].j));
    const auto upper = index(next_upper[i]++), lower = index(next_lower[j]++);
    columns_[upper] = pairs[p].j;
    columns_[lower] = pairs[p].i;
    partner_[upper] = static_cast<int>(p);
    partner_[lower] = static_cast<int>(upper);
  }
  assemble(pairs);
}

void Hessian::assemble(const Pairs& pairs) {
  // Row by row, so that values are written in the order in which they stand.
  for (std::size_t i = 0; i < particles(); ++i) {
    const int first = row_start_[i], last = row_start_[i + 1], own = diagonal_[i];
    double* const rows = &values_[9 * index(first)];
    const auto stride = 3 * index(last - first);
    Coupling sum{};
    const auto put = [&](int k, const Coupling& c) {
      double* entry = rows + 3 * index(k - first);
      entry[0] = c[0], entry[1] = c[1], entry[2] = c[2];
      entry += stride;
      entry[0] = c[1], entry[1] = c[3], entry[2] = c[4];
      entry += stride;
      entry[0] = c[2], entry[1] = c[4], entry[2] = c[5];
      for (std::size_t e = 0; e < 6; ++e) sum[e] -= c[e];
    };
    for (int k = first; k < own; ++k) put(k, block(index(columns_[index(k)]), partner_[index(k)]));
    for (int k = own + 1; k < last; ++k) put(k, coupling(pairs[index(partner_[index(k)])]));
    put(own, Coupling(sum));
  }
}

CsrPattern Hessian::csr_pattern() const {
  if (values_.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw InvalidArgument("the Hessian has " + std::to_string(values_.size()) +
                          " entries, more than a matrix with 32-bit indices can hold: use fewer particles");
  CsrPattern out;
  out.indices.resize(values_.size());
  out.indptr.reserve(3 * particles() + 1);
  out.indptr.push_back(0);
  int* next = out.indices.data();
  for (std::size_t i = 0; i < particles(); ++i) {
    const int* row = next;
    for (auto k = index(row_start_[i]); k < index(row_start_[i + 1]); ++k)
      for (int b = 0; b < 3; ++b) *next++ = 3 * columns_[k] + b;
    const auto size = next - row;
    for (int copy = 0; copy < 2; ++copy) next = std::copy(row, row + size, next);
    for (int a = 0; a < 3; ++a) out.indptr.push_back(out.indptr.back() + static_cast<int>(size));
  }
  return out;
}

void Hessian::multiply(ConstMatrixView x, MatrixView y) const {
  Eigen::Index column = 0;
  for (; column + kLanes <= x.cols(); column += kLanes)
    multiply_columns<kLanes>(x.middleCols<kLanes>(column), y.middleCols<kLanes>(column));
  for (; column < x.cols(); ++column) multiply_columns<1>(x.col(column), y.col(column));
}

template <int lanes>
void Hessian::multiply_columns(ConstMatrixView x, MatrixView y) const {
  // A row holds the same component of all columns, which the compiler works on at once.
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, lanes, lanes == 1 ? Eigen::ColMajor : Eigen::RowMajor>;
  using Row = Eigen::Array<double, 1, lanes>;
  const Rows in = x;
  Rows out(x.rows(), lanes);
  const double* value = values_.data();
  for (std::size_t i = 0; i < particles(); ++i)
    for (std::size_t a = 0; a < 3; ++a) {
      Row sum = Row::Zero();
      for (auto k = index(row_start_[i]); k < index(row_start_[i + 1]); ++k, value += 3) {
        const double* v = in.data() + 3 * lanes * columns_[k];
        for (int b = 0; b < 3; ++b) sum += value[b] * Eigen::Map<const Row>(v + b * lanes);
      }
      Eigen::Map<Row>(out.data() + lanes * static_cast<Eigen::Index>(3 * i + a)) = sum;
    }
  y = out;
}

}  // namespace pssglass
