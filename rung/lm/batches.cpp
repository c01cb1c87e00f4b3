#include "rung/lm/batches.hpp"

#include <algorithm>

#include "rung/core/error.hpp"

namespace rung::lm {
namespace {

constexpr std::size_t kLongestPeriod = 13, kMostRepeats = 32;

std::vector<TokenFile> files_of(const DataMix& mix) {
  std::vector<TokenFile> files;
  for (const TrainPart& part : mix.train) files.emplace_back(part.path, mix.type);
  return files;
}

std::vector<SequenceSource> sources_of(const DataMix& mix, const std::vector<TokenFile>& files,
                                       std::size_t length) {
  std::vector<SequenceSource> sources;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::size_t n = files[i].n_tokens() / length;
    if (n == 0)
      throw InputError(Location{files[i].name()},
                       "it holds " + std::to_string(files[i].n_tokens()) +
                           " tokens, less than one sequence of " + std::to_string(length));
    sources.push_back({n, mix.train[i].weight.value_or(static_cast<double>(n))});
  }
  if (sources.empty())
    throw InputError("data '" + mix.name + "' has nothing to train on", "add [[train]] to it");
  return sources;
}

}  // namespace

bool is_repetitive(std::span<const Token> tokens) {
  for (std::size_t period = 1; period <= kLongestPeriod; ++period) {
    std::size_t n_equal = 0;  // tokens in a row that are as the one a period before
    for (std::size_t i = period; i < tokens.size(); ++i) {
      n_equal = tokens[i] == tokens[i - period] ? n_equal + 1 : 0;
      if (n_equal >= period * (kMostRepeats - 1)) return true;
    }
  }
  return false;
}

Batches::Batches(const DataMix& mix, const BatchOptions& options)
    : options_(options),
      files_(files_of(mix)),
      order_(sources_of(mix, files_, options.length), options.seed) {}

Batch Batches::at(std::uint64_t begin, std::size_t n) {
  Batch batch{.n_sequences = n, .length = options_.length};
  batch.tokens.reserve(n * options_.length);
  for (std::size_t i = 0; i < n; ++i) {
    const SequencePlace place = order_.at(begin + i);
    files_[place.source].read(place.sequence * options_.length, options_.length,
                              options_.vocab_size, batch.tokens);
    const std::span<const Token> sequence(batch.tokens.data() + i * options_.length,
                                          options_.length);
    batch.counted.push_back(!(options_.filters_repetition && is_repetitive(sequence)));
  }
  if (std::find(batch.counted.begin(), batch.counted.end(), false) == batch.counted.end())
    batch.counted.clear();
  return batch;
}

}  // namespace rung::lm
