#include "aligned.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace pssglass {
namespace {

constexpr std::size_t kHugePage = std::size_t{1} << 21;

/// Huge pages spare large arrays the address translation of every 4 kB, and let prefetching run on.
std::align_val_t alignment(std::size_t bytes) {
  return std::align_val_t{bytes >= kHugePage ? kHugePage : 64};
}

}  // namespace

void* allocate_aligned(std::size_t bytes) {
  void* pointer = ::operator new(bytes, alignment(bytes));
#ifdef __linux__
  if (bytes >= kHugePage) madvise(pointer, bytes - bytes % kHugePage, MADV_HUGEPAGE);
#endif
  return pointer;
}

void deallocate_aligned(void* pointer, std::size_t bytes) { ::operator delete(pointer, alignment(bytes)); }

}  // namespace pssglass
