#include "rung/lm/order.hpp"

#include <cmath>
#include <numeric>
#include <utility>

#include "rung/core/rng.hpp"

namespace rung::lm {
namespace {

/// Streams of the one seed: those of epochs are even, those of sources odd.
std::uint64_t epoch_stream(std::uint64_t epoch) { return 2 * epoch; }
std::uint64_t round_stream(std::size_t source, std::uint64_t round) {
  return 2 * (round * 4096 + source) + 1;
}

template <class T>
void shuffle(std::vector<T>& values, Rng rng) {
  for (std::size_t n = values.size(); n > 1; --n)
    std::swap(values[n - 1], values[rng.below(static_cast<std::uint32_t>(n))]);
}

}  // namespace

Order::Order(std::vector<SequenceSource> sources, std::uint64_t seed)
    : sources_(std::move(sources)), seed_(seed), rounds_(sources_.size()) {
  double weights = 0;
  std::size_t n_all = 0;
  for (const SequenceSource& source : sources_) {
    weights += source.weight;
    n_all += source.n_sequences;
  }
  // Rounding the running sum keeps the counts' sum at n_all.
  double sum = 0;
  for (const SequenceSource& source : sources_) {
    sum += source.weight;
    const auto end =
        static_cast<std::size_t>(std::llround(sum / weights * static_cast<double>(n_all)));
    counts_.push_back(end - n_in_epoch_);
    n_in_epoch_ = end;
  }
}

SequencePlace Order::at(std::uint64_t i) {
  const std::uint64_t epoch = i / n_in_epoch_;
  if (epoch != epoch_) make_epoch(epoch);
  return places_[static_cast<std::size_t>(i % n_in_epoch_)];
}

void Order::make_epoch(std::uint64_t epoch) {
  epoch_ = epoch;
  places_.clear();
  for (std::size_t s = 0; s < sources_.size(); ++s) {
    for (std::size_t n = 0; n < counts_[s]; ++n)
      places_.push_back({s, own_sequence(s, epoch * counts_[s] + n)});
  }
  shuffle(places_, Rng(seed_, epoch_stream(epoch)));
}

std::size_t Order::own_sequence(std::size_t source, std::uint64_t nth) {
  const std::size_t n = sources_[source].n_sequences;
  Round& round = rounds_[source];
  if (round.number != nth / n) {
    round.number = nth / n;
    round.order.resize(n);
    std::iota(round.order.begin(), round.order.end(), 0U);
    shuffle(round.order, Rng(seed_, round_stream(source, round.number)));
  }
  return round.order[static_cast<std::size_t>(nth % n)];
}

}  // namespace rung::lm
