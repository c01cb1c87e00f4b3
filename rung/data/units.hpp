#pragma once
/// Units and counting conventions, explicit: losses, parameters, floating-point operations. What is
/// told apart here is what published fits disagree by.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rung {

// ---- losses

enum class LossUnit {
  nats_per_token,  // mean of -ln p(token): what training frameworks report
  bits_per_token,  // nats / ln 2
  bits_per_byte,   // bits per token / bytes per token: the only one that doesn't depend on a
                   // tokenizer
};

/// "nats", "bits", "bpb", also "nats-per-token", "bits_per_byte" and so on. InputError otherwise.
LossUnit parse_loss_unit(std::string_view text);
std::string to_string(LossUnit unit);  // "nats per token"

/// `bytes_per_token`: the evaluated text's UTF-8 bytes over its tokens, about 3.5 to 5 for English.
/// InputError where one side is per byte and `bytes_per_token` is absent or not positive.
double convert_loss(double loss, LossUnit from, LossUnit to,
                    std::optional<double> bytes_per_token = std::nullopt);

// ---- parameters

enum class ParameterCount {
  total,          // N, embedding and output matrices included (Hoffmann et al. 2022)
  non_embedding,  // N without them (Kaplan et al. 2020)
  active,         // of a mixture of experts: those that one token meets
};

/// "total", "non-embedding", "active". InputError otherwise.
ParameterCount parse_parameter_count(std::string_view text);
std::string to_string(ParameterCount count);  // "non-embedding"

/// Between conventions, by what sets them apart: total = non-embedding + embedding = active +
/// inactive. InputError where one of these is needed and absent, and where nothing would be left.
double convert_params(double n, ParameterCount from, ParameterCount to,
                      std::optional<double> embedding = std::nullopt,
                      std::optional<double> inactive = std::nullopt);

// ---- floating-point operations of training

/// Scores and weighted sums of self-attention, which 6 N D leaves out.
struct Attention {
  double n_layers = 0;
  double width = 0;  // heads x head size
  double context_length = 0;
  bool causal = false;  // count only the half of the scores that a causal mask keeps

  /// Forward and backward: 12 layers width context, half of it if causal. Chowdhery et al. 2022
  /// (PaLM), appendix B; they count without the half.
  double flops_per_token() const { return (causal ? 6 : 12) * n_layers * width * context_length; }
};

/// C = 6 N D: 2 for the forward pass, 4 for the backward (Kaplan et al. 2020, section 2.1), N
/// active parameters in the convention of the law. With attention, its term on top.
double training_flops(double n_params, double n_tokens,
                      const std::optional<Attention>& attention = std::nullopt);

// ---- doubts

/// Columns as they will be used; absent where there is none.
struct UnitDoubtInputs {
  std::span<const double> loss = {};
  LossUnit loss_unit = LossUnit::nats_per_token;
  std::span<const double> n_params = {};
  std::span<const double> n_tokens = {};
  std::span<const double> compute_flops = {};
  std::span<const double> share = {};  // what must lie between 0 and 1
};

/// One warning for each column whose median lies where its unit hardly can: "loss has median 0.8
/// nats per token: is it in bits per byte?". Heuristics, nothing to stop for. Missing values are
/// passed over.
std::vector<std::string> unit_doubts(const UnitDoubtInputs& inputs);

}  // namespace rung
