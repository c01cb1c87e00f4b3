#pragma once
/// The only place that starts threads.

#include <cstddef>
#include <functional>

namespace rung {

/// Cores that this process may use; at least 1.
int available_threads();

/// Calls body(i) once for each i in [0, n), on up to `n_threads` threads (0: all there are). Which
/// thread runs which i is not fixed, so a body writes only what belongs to its i; then the result
/// is the same on any number of threads. The exception of the lowest i is rethrown here after
/// all threads have stopped. A call inside a body shares the outermost call's threads: those that
/// have nothing left to do help.
void parallel_for(std::size_t n, int n_threads, const std::function<void(std::size_t)>& body);

}  // namespace rung
