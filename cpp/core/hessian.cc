#include "hessian.h"

namespace pssglass {
namespace {

std::size_t index(int i) { return static_cast<std::size_t>(i); }

/// One 3×3 block inside its three scalar rows: entry (a, b) is at first[a·stride + b].
struct Block {
  double* first;
  std::size_t stride;

  void set(const double (&m)[6]) { put<false>(m); }
  void subtract(const double (&m)[6]) { put<true>(m); }

 private:
  template <bool Subtract>
  void put(const double (&m)[6]) {
    static constexpr int kPacked[3][3] = {{0, 1, 2}, {1, 3, 4}, {2, 4, 5}};
    for (std::size_t a = 0; a < 3; ++a)
      for (std::size_t b = 0; b < 3; ++b) {
        double& entry = first[a * stride + b];
        entry = (Subtract ? entry : 0.0) + (Subtract ? -1 : 1) * m[kPacked[a][b]];
      }
  }
};

}  // namespace

Hessian::Hessian(const System& system, const Potential& potential, const std::vector<Pair>& pairs) {
  const std::size_t n = system.size();
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
  for (const Pair& pair : pairs) {
    upper_.push_back(next_upper[index(pair.i)]++);
    lower_.push_back(next_lower[index(pair.j)]++);
    columns_[index(upper_.back())] = pair.j;
    columns_[index(lower_.back())] = pair.i;
  }
  assemble(system, potential, pairs);
}

void Hessian::assemble(const System& system, const Potential& potential, const std::vector<Pair>& pairs) {
  const auto block = [&](int row, int k) {
    const auto start = index(row_start_[index(row)]), blocks = index(row_start_[index(row) + 1]) - start;
    return Block{&values_[9 * start + 3 * (index(k) - start)], 3 * blocks};
  };
  for (std::size_t i = 0; i < particles(); ++i) block(static_cast<int>(i), diagonal_[i]).set({});
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    const Pair& pair = pairs[p];
    const PairTerms t =
        potential.terms(system.species[index(pair.i)], system.species[index(pair.j)], pair.r2);
    const Vec3& d = pair.separation;
    const double c = -t.curvature, s = -t.slope;
    const double coupling[6] = {c * d.x * d.x + s, c * d.x * d.y, c * d.x * d.z,
                                c * d.y * d.y + s, c * d.y * d.z, c * d.z * d.z + s};
    block(pair.i, upper_[p]).set(coupling);
    block(pair.j, lower_[p]).set(coupling);
    block(pair.i, diagonal_[index(pair.i)]).subtract(coupling);
    block(pair.j, diagonal_[index(pair.j)]).subtract(coupling);
  }
}

CsrMatrix Hessian::csr() const {
  CsrMatrix out{values_, {}, {0}};
  out.indices.reserve(values_.size());
  out.indptr.reserve(3 * particles() + 1);
  for (std::size_t i = 0; i < particles(); ++i)
    for (int a = 0; a < 3; ++a) {
      for (auto k = index(row_start_[i]); k < index(row_start_[i + 1]); ++k)
        for (int b = 0; b < 3; ++b) out.indices.push_back(3 * columns_[k] + b);
      out.indptr.push_back(static_cast<int>(out.indices.size()));
    }
  return out;
}

void Hessian::multiply(ConstMatrixView x, MatrixView y) const {
  for (Eigen::Index column = 0; column < x.cols(); ++column) {
    const double* in = x.col(column).data();
    double* out = y.col(column).data();
    const double* value = values_.data();
    for (std::size_t i = 0; i < particles(); ++i)
      for (std::size_t a = 0; a < 3; ++a) {
        double sum = 0;
        for (auto k = index(row_start_[i]); k < index(row_start_[i + 1]); ++k, value += 3) {
          const double* v = in + 3 * columns_[k];
          sum += value[0] * v[0] + value[1] * v[1] + value[2] * v[2];
        }
        out[3 * i + a] = sum;
      }
  }
}

}  // namespace pssglass
