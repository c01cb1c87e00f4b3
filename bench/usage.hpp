#pragma once
/// What a benchmark took of the machine, over all of its threads.

#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <cstdint>

namespace rung::bench {

inline rusage usage_so_far() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage;
}

inline double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

/// Since `start`: seconds in the program and in the kernel, page faults, MB a second of both, and
/// the most memory so far.
inline void count_usage(benchmark::State& state, const rusage& start, std::int64_t n_bytes) {
  const rusage now = usage_so_far();
  const auto n = static_cast<double>(state.iterations());
  const double user = seconds(now.ru_utime) - seconds(start.ru_utime);
  const double kernel = seconds(now.ru_stime) - seconds(start.ru_stime);
  state.counters["user_s"] = user / n;
  state.counters["kernel_s"] = kernel / n;
  state.counters["faults"] = static_cast<double>(now.ru_minflt - start.ru_minflt) / n;
  state.counters["MB_per_cpu_s"] = 1e-6 * static_cast<double>(n_bytes) * n / (user + kernel);
  state.counters["peak_GB"] = static_cast<double>(now.ru_maxrss) * 1024 / 1e9;  // of kilobytes
}

}  // namespace rung::bench
