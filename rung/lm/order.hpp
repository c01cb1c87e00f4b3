#pragma once
/// Which sequence comes when: decided by the seed alone, so that a run that is resumed, or shared
/// by several processes, sees what it would have seen.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rung::lm {

/// A token file's sequences.
struct SequenceSource {
  std::size_t n_sequences = 0;
  double weight = 0;  // its share of an epoch, over the sum of all weights
};

struct SequencePlace {
  std::size_t source = 0, sequence = 0;
  bool operator==(const SequencePlace&) const = default;
};

/// An epoch has as many sequences as there are. Each source fills its share of it, going through
/// its own sequences in a new order each time around, and the epoch is shuffled as a whole.
class Order {
 public:
  Order(std::vector<SequenceSource> sources, std::uint64_t seed);

  /// The i-th sequence of training, from 0 on, for ever. Quick where i rises.
  SequencePlace at(std::uint64_t i);
  std::size_t epoch_size() const { return n_in_epoch_; }

 private:
  void make_epoch(std::uint64_t epoch);
  std::size_t own_sequence(std::size_t source, std::uint64_t nth);

  std::vector<SequenceSource> sources_;
  std::vector<std::size_t> counts_;  // of each source in an epoch
  std::size_t n_in_epoch_ = 0;
  std::uint64_t seed_;

  std::uint64_t epoch_ = UINT64_MAX;  // that is laid out below
  std::vector<SequencePlace> places_;
  /// The round that each source's own order is laid out for.
  struct Round {
    std::uint64_t number = UINT64_MAX;
    std::vector<std::uint32_t> order;
  };
  std::vector<Round> rounds_;
};

}  // namespace rung::lm
