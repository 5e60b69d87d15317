#include "mechanics/sparse_cholesky.h"

#ifndef PSSGLASS_CHOLMOD

namespace pssglass {
std::unique_ptr<SparseCholesky> cholmod_cholesky(int) { return nullptr; }
}  // namespace pssglass

#else

#include <cholmod.h>

#include <algorithm>
#include <new>
#include <utility>

#include "base/aligned_memory.h"
#include "base/parallel.h"
#include "mechanics/inertia.h"

extern "C" {
int openblas_get_num_threads();
void openblas_set_num_threads(int);
}

namespace pssglass {
namespace {

/// Threads of one call. OpenBLAS's are the whole process's, and more of them than idle cores slow small
/// products down many times over. CHOLMOD starts four of its own whatever it is told, which costs half as
/// much again as the work where there is one core for them.
class CallThreads {
 public:
  explicit CallThreads(int threads) : before_(openblas_get_num_threads()) { set(threads); }
  ~CallThreads() { set(before_); }
  CallThreads(const CallThreads&) = delete;
  CallThreads& operator=(const CallThreads&) = delete;

 private:
  static void set(int threads) {
    if (threads != openblas_get_num_threads()) openblas_set_num_threads(threads);
  }
  SerialRegions own_;
  int before_;
};

/// Where nested dissection ends: a few per cent less work than at twice as many particles, the default.
constexpr std::size_t kSmallestParts = 100;

class CholmodCholesky final : public SparseCholesky {
 public:
  explicit CholmodCholesky(int threads) : threads_(threads) {
    cholmod_start(&common_);
    common_.print = 0;
    common_.supernodal = CHOLMOD_SUPERNODAL;
    common_.quick_return_if_not_posdef = 1;
    common_.nmethods = 1;
    common_.method[0].ordering = CHOLMOD_GIVEN;
    common_.method[0].nd_small = kSmallestParts;
  }
  ~CholmodCholesky() override {
    for (cholmod_dense** dense : {&x_, &y_, &e_}) cholmod_free_dense(dense, &common_);
    cholmod_free_factor(&factor_, &common_);
    cholmod_finish(&common_);
  }
  CholmodCholesky(const CholmodCholesky&) = delete;
  CholmodCholesky& operator=(const CholmodCholesky&) = delete;

  void analyze(const BlockedMatrix& matrix) override {
    std::vector<int> order = scalar_order(matrix);
    cholmod_sparse scalar = view(matrix);
    cholmod_free_factor(&factor_, &common_);
    factor_ = cholmod_analyze_p(&scalar, order.data(), nullptr, 0, &common_);
    if (!factor_) throw std::bad_alloc();
  }

  bool factorize(const BlockedMatrix& matrix) override {
    const CallThreads guard(threads_);
    cholmod_sparse scalar = view(matrix);
    if (!factor_->x) give_memory(*factor_);
    cholmod_factorize(&scalar, factor_, &common_);
    if (common_.status < CHOLMOD_OK) throw std::bad_alloc();
    return common_.status == CHOLMOD_OK;
  }

  void solve(Matrix& columns) override {
    const CallThreads guard(threads_);
    const auto rows = static_cast<std::size_t>(columns.rows()),
               count = static_cast<std::size_t>(columns.cols());
    cholmod_dense b{rows, count, rows * count, rows, columns.data(), nullptr, CHOLMOD_REAL, CHOLMOD_DOUBLE};
    if (!cholmod_solve2(CHOLMOD_A, factor_, &b, nullptr, &x_, nullptr, &y_, &e_, &common_))
      throw std::bad_alloc();
    std::copy_n(static_cast<const double*>(x_->x), rows * count, columns.data());
  }

  Inertia inertia(const BlockedMatrix& matrix) override {
    const CallThreads guard(threads_);
    const auto copied = [](const void* data, std::size_t count) {
      const auto* first = static_cast<const int*>(data);
      return std::vector<int>(first, first + count);
    };
    return multifrontal_inertia(
        {copied(factor_->Perm, factor_->n), copied(factor_->super, factor_->nsuper + 1),
         copied(factor_->pi, factor_->nsuper + 1), copied(factor_->s, factor_->ssize)},
        matrix);
  }

 private:
  /// Fill-reducing order of the particles, each expanded into its three components.
  std::vector<int> scalar_order(const BlockedMatrix& matrix) {
    const std::size_t blocks = matrix.graph_start.size() - 1;
    cholmod_sparse graph = symmetric(matrix.graph_start, matrix.graph_rows);
    std::vector<int> blocks_order(blocks), parents(blocks), members(blocks), order;
    if (cholmod_nested_dissection(&graph, nullptr, 0, blocks_order.data(), parents.data(), members.data(),
                                  &common_) < 0)
      cholmod_amd(&graph, nullptr, 0, blocks_order.data(), &common_);
    for (int block : blocks_order)
      for (int a = 0; a < 3; ++a) order.push_back(3 * block + a);
    return order;
  }

  static cholmod_sparse view(const BlockedMatrix& matrix) {
    cholmod_sparse out = symmetric(matrix.start, matrix.rows);
    out.x = const_cast<double*>(matrix.values.data());
    out.xtype = CHOLMOD_REAL;
    return out;
  }
  /// What CHOLMOD would allocate itself at the first factorisation, in huge pages: without them the first
  /// touch of every 4 kB takes a tenth of the time. It is freed by CHOLMOD, with free().
  static void give_memory(cholmod_factor& factor) {
    factor.x = allocate_huge(factor.xsize * sizeof(double));
    factor.xtype = CHOLMOD_REAL;
  }

  /// CHOLMOD's C structures are not const-correct: it only reads through these pointers.
  static cholmod_sparse symmetric(const std::vector<int>& start, const std::vector<int>& rows) {
    cholmod_sparse out{};
    out.nrow = out.ncol = start.size() - 1;
    out.nzmax = rows.size();
    out.p = const_cast<int*>(start.data());
    out.i = const_cast<int*>(rows.data());
    out.stype = 1;
    out.itype = CHOLMOD_INT;
    out.xtype = CHOLMOD_PATTERN;
    out.dtype = CHOLMOD_DOUBLE;
    out.sorted = out.packed = 1;
    return out;
  }

  int threads_;
  cholmod_common common_{};
  cholmod_factor* factor_ = nullptr;
  cholmod_dense *x_ = nullptr, *y_ = nullptr, *e_ = nullptr;  // workspace of the solves
};

}  // namespace

std::unique_ptr<SparseCholesky> cholmod_cholesky(int threads) {
  return std::make_unique<CholmodCholesky>(threads);
}

}  // namespace pssglass

#endif
