#include "aligned.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace pssglass {
namespace {

constexpr std::size_t kHugePage = std::size_t{1} << 21;

/// Huge pages spare large arrays the address translation of every 4 kB and its first fault, and let
/// prefetching run on.
bool is_large(std::size_t bytes) { return bytes >= kHugePage / 2; }

std::align_val_t alignment(std::size_t bytes) { return std::align_val_t{is_large(bytes) ? kHugePage : 64}; }

}  // namespace

void* allocate_aligned(std::size_t bytes) {
  if (!is_large(bytes)) return ::operator new(bytes, alignment(bytes));
  const std::size_t whole = (bytes + kHugePage - 1) / kHugePage * kHugePage;
  void* pointer = ::operator new(whole, alignment(bytes));
#ifdef __linux__
  madvise(pointer, whole, MADV_HUGEPAGE);
#endif
  return pointer;
}

void deallocate_aligned(void* pointer, std::size_t bytes) { ::operator delete(pointer, alignment(bytes)); }

}  // namespace pssglass
