// A sanitizer makes everything about ten times as slow, and finds in less what it finds in more of the same.
#pragma once

namespace pssglass::test {

#ifdef PSSGLASS_SANITIZED
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

/// How large or how often: what a test needs for what it measures, and what is enough where a sanitizer
/// watches.
template <class T>
constexpr T size_of_test(T usual, T watched) {
  return kSanitized ? watched : usual;
}

}  // namespace pssglass::test
