#pragma once
/// Memory in large pages.

#include <cstddef>

namespace rung {

/// Asks for large pages where memory that was set aside, but not used yet, is touched first: a page
/// fault each 2 MB instead of each 4 kB. Only a hint.
void use_large_pages(void* begin, std::size_t n_bytes);

}  // namespace rung
