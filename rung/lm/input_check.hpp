#pragma once
/// All that training and evaluation will read, looked at before anything is trained or written.

#include <cstddef>

#include "rung/lm/data_mix.hpp"
#include "rung/lm/ladder_plan.hpp"
#include "rung/lm/token_file.hpp"

namespace rung::lm {

/// What the files of a mix are for.
struct InputUse {
  std::size_t sequence_length = 0;
  int model_vocabulary = 0;  // padded
  bool trains = true;        // else only evaluates
};

/// That every file is there and of its kind, long enough for a sequence of that length, with no
/// token that the mix's vocabulary lacks, and that a tokenizer stands by the tasks and has no more
/// tokens than the mix says, nor the mix than the model. InputError with every problem and its
/// place.
void check_inputs(const DataMix& mix, const InputUse& use);

/// The same of all rungs of a plan; nothing where another program trains.
void check_inputs(const LadderPlan& plan);

/// Problems of a token file: another format than bare tokens, or a token not below `vocab_size`.
/// Of a file larger than `kMostCheckedTokens` tokens only even stretches are looked at, so that
/// text of terabytes doesn't wait for it.
inline constexpr std::size_t kMostCheckedTokens = std::size_t{1} << 28;
void check_tokens(const TokenFile& file, std::size_t vocab_size,
                  std::size_t most = kMostCheckedTokens);

}  // namespace rung::lm
