#include "rung/data/units.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/statistics.hpp"
#include "rung/core/text.hpp"

namespace rung {
namespace {

// Lower than any language model reports on mixed text per token; bits per byte of good models are
// about 0.5 to 1.2.
constexpr double kLeastNatsPerToken = 1.2;
// A guess among a vocabulary of 256,000 costs ln 256,000 = 12.5 nats, 18 bits.
constexpr double kMostNatsPerToken = 12.5;
constexpr double kMostBitsPerByte = 8;  // a guess among all bytes
constexpr double kUsualBitsPerByte = 1.8;
constexpr double kLeastParams = 1e4;
constexpr double kLeastTokens = 1e5;
constexpr double kLeastFlops = 1e10;
// Runs stay within about 1 and 10,000 tokens a parameter; C = 6 N D within a factor of 3.
constexpr double kLeastTokensPerParam = 0.01;
constexpr double kMostTokensPerParam = 1e6;
constexpr double kMostFlopsRatio = 3;

std::string plain(std::string_view text) {
  std::string word;
  for (const char c : text) {
    if (c == '_' || c == ' ') {
      word += '-';
    } else {
      word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return word;
}

template <class T, std::size_t n>
T parse_word(std::string_view text, const std::array<std::pair<std::string_view, T>, n>& words,
             const std::string& what) {
  std::vector<std::string> known;
  for (const auto& [word, value] : words) {
    if (word == plain(text)) return value;
    known.emplace_back(word);
  }
  throw InputError(what + " '" + std::string(text) + "' is unknown", "one of " + join(known, ", "));
}

std::optional<double> finite_median(std::span<const double> values) {
  std::vector<double> known;
  std::copy_if(values.begin(), values.end(), std::back_inserter(known),
               [](double value) { return std::isfinite(value); });
  return known.empty() ? std::nullopt : std::optional(median(std::move(known)));
}

std::string median_is(const std::string& what, double value) {
  return what + " has median " + significant(value);
}

void doubt_loss(double loss, LossUnit unit, std::vector<std::string>& doubts) {
  const std::string start = median_is("loss", loss) + " " + to_string(unit) + ": ";
  if (unit == LossUnit::bits_per_byte) {
    if (loss > kMostBitsPerByte) {
      doubts.push_back(start + "more than a guess among all bytes would cost");
    } else if (loss > kUsualBitsPerByte) {
      doubts.push_back(start + "is it in nats or bits per token?");
    }
    return;
  }
  const double nats = convert_loss(loss, unit, LossUnit::nats_per_token);
  if (nats < kLeastNatsPerToken) {
    doubts.push_back(start + "is it in bits per byte?");
  } else if (nats > kMostNatsPerToken) {
    doubts.push_back(start + "more than a guess among 256,000 tokens would cost" +
                     (unit == LossUnit::nats_per_token ? "; is it a perplexity?" : ""));
  }
}

void doubt_count(std::span<const double> counts, const std::string& what, double least,
                 const std::string& units, std::vector<std::string>& doubts) {
  const std::optional<double> value = finite_median(counts);
  if (value && *value < least) {
    doubts.push_back(median_is(what, *value) + ": is it in " + units + "?");
  }
}

/// f of each row of two columns, missing where they differ in length.
template <class F>
std::optional<double> median_of(std::span<const double> a, std::span<const double> b, F f) {
  if (a.size() != b.size()) return std::nullopt;
  std::vector<double> values(a.size());
  std::transform(a.begin(), a.end(), b.begin(), values.begin(), f);
  return finite_median(values);
}

void doubt_ratio(const UnitDoubtInputs& inputs, std::vector<std::string>& doubts) {
  const auto tokens_per_param = median_of(inputs.n_tokens, inputs.n_params, std::divides<>());
  if (!tokens_per_param) return;
  if (*tokens_per_param < kLeastTokensPerParam || *tokens_per_param > kMostTokensPerParam) {
    doubts.push_back(median_is("tokens per parameter", *tokens_per_param) +
                     ": are parameters and tokens in the same unit?");
  }
}

void doubt_share(std::span<const double> share, std::vector<std::string>& doubts) {
  const auto middle = finite_median(share);
  if (middle && *middle > 1.5)
    doubts.push_back("the accuracy has median " + significant(*middle, 3) +
                     ": is it in percent? The law's is a share of 1 (--y \"COLUMN/100\")");
}

void doubt_flops(const UnitDoubtInputs& inputs, std::vector<std::string>& doubts) {
  doubt_count(inputs.compute_flops, "compute", kLeastFlops, "units of 1e18 FLOPs or in PF-days",
              doubts);
  if (inputs.n_params.size() != inputs.n_tokens.size()) return;
  std::vector<double> by_rule(inputs.n_params.size());
  std::transform(inputs.n_params.begin(), inputs.n_params.end(), inputs.n_tokens.begin(),
                 by_rule.begin(), [](double n, double d) { return training_flops(n, d); });
  const auto ratio = median_of(inputs.compute_flops, by_rule, std::divides<>());
  if (ratio && (*ratio > kMostFlopsRatio || *ratio < 1 / kMostFlopsRatio)) {
    doubts.push_back(median_is("compute over 6 N D", *ratio) +
                     ": are the units those of N and D, and do both count the same parameters?");
  }
}

}  // namespace

LossUnit parse_loss_unit(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, LossUnit>, 6> kWords = {{
      {"nats", LossUnit::nats_per_token},
      {"bits", LossUnit::bits_per_token},
      {"bpb", LossUnit::bits_per_byte},
      {"nats-per-token", LossUnit::nats_per_token},
      {"bits-per-token", LossUnit::bits_per_token},
      {"bits-per-byte", LossUnit::bits_per_byte},
  }};
  return parse_word(text, kWords, "loss unit");
}

std::string to_string(LossUnit unit) {
  switch (unit) {
    case LossUnit::nats_per_token:
      return "nats per token";
    case LossUnit::bits_per_token:
      return "bits per token";
    case LossUnit::bits_per_byte:
      break;
  }
  return "bits per byte";
}

double convert_loss(double loss, LossUnit from, LossUnit to,
                    std::optional<double> bytes_per_token) {
  if (from == to) return loss;
  const bool per_byte = from == LossUnit::bits_per_byte || to == LossUnit::bits_per_byte;
  if (per_byte && !(bytes_per_token && *bytes_per_token > 0 && std::isfinite(*bytes_per_token))) {
    throw InputError("to convert " + to_string(from) + " to " + to_string(to) +
                         ", the bytes per token must be known and positive",
                     "the evaluated text's bytes over its tokens: --bytes-per-token");
  }
  // What one of the unit is in nats per token.
  const auto nats = [&](LossUnit unit) {
    if (unit == LossUnit::nats_per_token) return 1.0;
    return unit == LossUnit::bits_per_token ? std::numbers::ln2
                                            : std::numbers::ln2 * *bytes_per_token;
  };
  return loss * (nats(from) / nats(to));
}

ParameterCount parse_parameter_count(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, ParameterCount>, 3> kWords = {{
      {"total", ParameterCount::total},
      {"non-embedding", ParameterCount::non_embedding},
      {"active", ParameterCount::active},
  }};
  return parse_word(text, kWords, "parameter count");
}

std::string to_string(ParameterCount count) {
  switch (count) {
    case ParameterCount::total:
      return "total";
    case ParameterCount::non_embedding:
      return "non-embedding";
    case ParameterCount::active:
      return "active";
  }
  return "";
}

double convert_params(double n, ParameterCount from, ParameterCount to,
                      std::optional<double> embedding, std::optional<double> inactive) {
  if (from == to) return n;
  const auto left_out = [&](ParameterCount count) {
    if (count == ParameterCount::total) return 0.0;
    const std::optional<double> part =
        count == ParameterCount::non_embedding ? embedding : inactive;
    if (!part || !(*part >= 0))
      throw InputError("from " + to_string(from) + " to " + to_string(to) +
                       " parameters takes the " +
                       (count == ParameterCount::non_embedding
                            ? "embedding's parameters, a number from 0 on"
                            : "parameters that a token does not meet, a number from 0 on"));
    return *part;
  };
  const double result = n + left_out(from) - left_out(to);
  if (!(result > 0))
    throw InputError("of " + short_count(n) + " " + to_string(from) + " parameters, no " +
                         to_string(to) + " ones would be left",
                     "is the count " + to_string(to) + " already?");
  return result;
}

double training_flops(double n_params, double n_tokens, const std::optional<Attention>& attention) {
  return (6 * n_params + (attention ? attention->flops_per_token() : 0)) * n_tokens;
}

std::vector<std::string> unit_doubts(const UnitDoubtInputs& inputs) {
  std::vector<std::string> doubts;
  if (const auto loss = finite_median(inputs.loss)) doubt_loss(*loss, inputs.loss_unit, doubts);
  doubt_count(inputs.n_params, "parameters", kLeastParams, "millions or billions", doubts);
  doubt_count(inputs.n_tokens, "tokens", kLeastTokens, "millions or billions", doubts);
  doubt_ratio(inputs, doubts);
  doubt_flops(inputs, doubts);
  doubt_share(inputs.share, doubts);
  return doubts;
}

}  // namespace rung
