#include "rung/data/model/model.hpp"

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung::model {

double Config::n_params_non_embedding() const {
  const double d = d_model, hidden = d_hidden, n = n_layers;
  const double matrices = 4 * d * d + 3 * d * hidden;
  const double gains = qk_norm && counts_qk_gains ? 4 * d : 2 * d;
  return n * (matrices + gains) + d + padded_vocab_size * d;
}

double Config::n_params_total() const {
  return n_params_non_embedding() + static_cast<double>(padded_vocab_size) * d_model;
}

double Config::flops_per_token() const {
  switch (flops_rule) {
    case FlopsRule::six_n:
      return 6 * n_params_non_embedding();
    case FlopsRule::six_n_with_total:
      return 6 * n_params_total();
    case FlopsRule::with_attention:
      break;
  }
  const double d = d_model;
  return 6 * n_params_non_embedding() + 12.0 * n_layers * d * sequence_length +
         4.0 * padded_vocab_size * d;
}

double Config::training_state_bytes() const {
  constexpr double kNumbers = 4, kBytes = 4;
  return kNumbers * kBytes * n_params_total();
}

double Config::bytes_per_sequence() const {
  // Numbers that the backward pass needs again, by their widths, as rung/train/torch_network.cpp
  // computes: norms, queries, keys and values; the feed-forward layer; scores and their softmax.
  const double d = d_model, hidden = d_hidden, length = sequence_length;
  const double layer = 27 * d + 4 * hidden + 3.0 * n_heads * length;
  constexpr double kBytes = 4;
  return kBytes * length * (n_layers * layer + 4.0 * padded_vocab_size);
}

void Config::validate() const {
  const auto fail = [&](const std::string& what, const std::string& hint = "") {
    throw InputError("model '" + name + "': " + what, hint);
  };
  const auto whole = [](int n) { return std::to_string(n); };
  if (d_model % n_heads != 0)
    fail("d_model " + whole(d_model) + " is no multiple of n_heads " + whole(n_heads));
  if (d_head() % 2 != 0)
    fail("a head has " + whole(d_head()) + " numbers, which rotary positions can't pair",
         "d_model / n_heads must be even");
  if (padded_vocab_size < vocab_size)
    fail("padded_vocab_size " + whole(padded_vocab_size) + " is below vocab_size " +
         whole(vocab_size));
  if (eos_token >= padded_vocab_size || pad_token >= padded_vocab_size)
    fail("eos_token or pad_token is not below padded_vocab_size " + whole(padded_vocab_size));
}

}  // namespace rung::model
