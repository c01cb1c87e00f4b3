#pragma once
/// The 92 least-squares fits of the published observational study, as its notebooks set them up:
/// eight emergent capabilities, three tasks of the Open LLM Leaderboard v2, three ways of prompting
/// and two agent benchmarks, each from size, compute and one to four components; agents from
/// components alone.

#include <string>
#include <vector>

#include "rung/data/join.hpp"
#include "rung/data/reader/read_table.hpp"
#include "rung/study/observational/metric_column.hpp"
#include "rung/study/observational/metric_fit.hpp"

namespace rung::observational {

struct PublishedFit {
  std::string group, metric, x;
  std::string key;  // in the published program's results
  Models models;
  SampleOptions sample;
  Link link = Link::parametric_sigmoid;
};

namespace published_fits_detail {

inline Models models_with(const std::string& set_name, const std::string& downstream) {
  const std::string folder = "published:obs-scaling/";
  const ModelSet& set = builtin_model_sets().set(set_name);
  const Table table =
      join(read_table(folder + set.table), read_table(folder + downstream), "Model").table;
  std::vector<std::string> warnings;
  return models_of_set(models_of(table, set.fit_metrics, {}, {}, warnings), set);
}

struct PublishedMetric {
  const char *metric, *key;
  double chance = 0, most = 1, cutoff = 84;
};

inline void add_fits(PublishedFit fit, const PublishedMetric& metric,
                     std::vector<PublishedFit>& fits) {
  constexpr std::pair<const char*, const char*> kPredictors[] = {
      {"size", "Model Size"}, {"flops", "FLOPs"}, {"pc:1", "PC1"},
      {"pc:2", "PC2"},        {"pc:3", "PC3"},    {"pc:4", "PC4"}};
  std::vector<std::string> warnings;
  fit.models = with_metric(fit.models, metric.metric, false, warnings);
  fit.metric = fit.sample.metric = metric.metric;
  if (fit.group == "emergent" || fit.group == "leaderboard v2")
    fit.sample.transform = parse_transform("minmax", metric.chance, metric.most);
  if (fit.sample.split.method == Split::Method::cutoff) fit.sample.split.threshold = metric.cutoff;
  for (const auto& [x, name] : kPredictors) {
    if (fit.group == "agents" && x[0] != 'p') continue;
    fit.x = x;
    fit.key = std::string(metric.key) + "|" + std::string(link_name(fit.link)) + "|" + name;
    fits.push_back(fit);
  }
}

}  // namespace published_fits_detail

inline std::vector<PublishedFit> published_fits() {
  using namespace published_fits_detail;
  std::vector<PublishedFit> fits;
  const auto add_group = [&](PublishedFit fit, const std::vector<PublishedMetric>& metrics) {
    for (const PublishedMetric& metric : metrics) add_fits(fit, metric, fits);
  };
  add_group({.group = "emergent",
             .models = models_with("base-compute", "base_llm_emergent_capability_eval.csv")},
            {{"word_unscrambling_2_exact_match", "emergent:word_unscrambling_2_exact_match"},
             {"parsinlu_qa_2_acc", "emergent:parsinlu_qa_2_acc", 0.25},
             {"ipa_transliterate_2_exact_match", "emergent:ipa_transliterate_2_exact_match"},
             {"ipa_transliterate_2_bleu", "emergent:ipa_transliterate_2_bleu", 0, 100},
             {"arithmetic_3ds_2_acc", "emergent:arithmetic_3ds_2_acc"},
             {"arithmetic_3da_2_acc", "emergent:arithmetic_3da_2_acc"},
             {"arithmetic_2dm_2_acc", "emergent:arithmetic_2dm_2_acc"},
             {"arithmetic_2da_2_acc", "emergent:arithmetic_2da_2_acc"}});
  // What guessing scores in BIG-Bench Hard, the mean over its 27 tasks.
  constexpr double kBbhChance = 0.26243386243386246;
  add_group({.group = "leaderboard v2",
             .models = models_with("base-compute-later", "base_llm_leaderboard_v2_eval.csv"),
             .link = Link::sigmoid},
            {{"leaderboard_gpqa", "lbv2:leaderboard_gpqa", 0.25, 1, 168},
             {"leaderboard_math_hard", "lbv2:leaderboard_math_hard", 0, 1, 252},
             {"leaderboard_bbh", "lbv2:leaderboard_bbh", kBbhChance, 1, 84}});
  add_group(
      {.group = "post-training", .models = models_with("base", "base_llm_post_training_eval.csv")},
      {{"gsm8k_5_exact_match,flexible-extract", "post:gsm8k_5_exact_match,flexible-extract"},
       {"gsm8k_cot_8_exact_match,flexible-extract",
        "post:gsm8k_cot_8_exact_match,flexible-extract"},
       {"gsm8k_cot_self_consistency_8_exact_match,maj@5-flexible-extract",
        "post:gsm8k_cot_self_consistency_8_exact_match,maj@5-flexible-extract"}});
  PublishedFit agents{.group = "agents",
                      .models = models_with("instruct", "instruct_llm_agent_eval.csv")};
  agents.sample.split = {.method = Split::Method::rank, .test = 0.1};
  agents.sample.split_by = "y";
  add_group(agents, {{"`ABench-OA` / 10", "agentbench"}, {"`ABoard-Avg_SR` / 100", "agentboard"}});
  return fits;
}

}  // namespace rung::observational
