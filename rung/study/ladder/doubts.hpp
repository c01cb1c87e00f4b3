#pragma once
/// Why not to trust what a step or a chain predicts, as its report and its figure mark it.

#include <string>
#include <vector>

#include "rung/study/ladder/steps.hpp"

namespace rung::ladder {

/// As wide an interval of an accuracy leaves it open.
inline constexpr double kOpenWidth = 0.8;

struct VarianceResult;

struct Doubts {
  std::vector<std::string> reasons;  // empty: none
  std::vector<std::string> notes;    // what else there is to say of the fit
};

Doubts doubts_of(const Step1Result& step1);
Doubts doubts_of(const Step2Result& step2);
Doubts doubts_of(const ChainResult& chain);
/// Of checkpoints that stand off their own runs and count all the same, a phrase each.
std::vector<std::string> doubts_of(const std::vector<WrongCheckpoint>& checkpoints);
/// Of a spread that wrong checkpoints are in, and of the prediction beside it.
Doubts doubts_of(const VarianceResult& variance);

/// Doubts of a step that its fit does not hold by itself.
std::vector<std::string> doubts_besides_fit(const Step1Result& step1);
std::vector<std::string> doubts_besides_fit(const Step2Result& step2);

}  // namespace rung::ladder
