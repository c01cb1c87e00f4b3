#pragma once
/// Many steps of work, on several threads: the only place that starts threads. Built with
/// RUNG_NO_THREADS, the same on one.

#include <cstddef>
#include <functional>

#include "rung/core/cancel.hpp"
#include "rung/core/progress.hpp"

namespace rung {

/// Cores that this process may use; at least 1.
int available_threads();

/// Who may stop work, and who hears how far it has come; each may be null.
struct Watch {
  const Cancellation* cancellation = nullptr;
  Progress* progress = nullptr;
};

/// Until it is destroyed, `watch` applies to the work of this thread, and to that of the threads
/// which help it in parallel_for. A watch changes no result.
class Watched {
 public:
  explicit Watched(const Watch& watch);
  ~Watched();
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

 private:
  const Watch* const outer_;
};

/// Throws Cancelled where the watch over this thread asks for it. For long work without steps of
/// parallel_for; those ask between one and the next.
void check_cancelled();
bool is_cancelled();

/// Calls body(i) once for each i in [0, n), on up to `n_threads` threads (0: all there are). Which
/// thread runs which i is not fixed, so a body writes only what belongs to its i; then the result
/// is the same on any number of threads. The exception of the lowest i is rethrown here after
/// all threads have stopped. A call inside a body shares the outermost call's threads: those that
/// have nothing left to do help. A `stage` is the name under which the watch hears of the steps;
/// inside the steps of a stage it hears of no other.
void parallel_for(std::size_t n, int n_threads, const std::function<void(std::size_t)>& body,
                  const char* stage = nullptr);

}  // namespace rung
