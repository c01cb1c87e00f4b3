#include "rung/data/run.hpp"

namespace rung {

const std::optional<double>& ParameterCounts::in(ParameterCount convention) const {
  switch (convention) {
    case ParameterCount::total:
      return total;
    case ParameterCount::non_embedding:
      return non_embedding;
    case ParameterCount::active:
      break;
  }
  return active;
}

Location Run::location(std::size_t checkpoint) const {
  return lines.empty() ? Location{file} : Location{table, lines[checkpoint]};
}

double Run::params(ParameterCount convention) const {
  if (const std::optional<double>& n = n_params.in(convention)) return *n;
  throw InputError(Location{file}, "the run '" + model + "' does not say how many " +
                                       to_string(convention) + " parameters it has");
}

std::optional<double> Run::compute_flops(std::size_t checkpoint) const {
  if (flops_per_token) return *flops_per_token * n_tokens[checkpoint];
  if (!total_flops || !(n_tokens.back() > 0)) return std::nullopt;
  return *total_flops * (n_tokens[checkpoint] / n_tokens.back());
}

std::optional<double> Run::compute_flops() const {
  if (total_flops) return total_flops;
  if (n_tokens.empty()) return std::nullopt;
  return compute_flops(n_rows() - 1);
}

}  // namespace rung
