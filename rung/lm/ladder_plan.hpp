#pragma once
/// A ladder to train: sizes by lengths in one TOML file.
///
///   name = "speeches"
///   data = "data/speeches/data.toml"     # beside this file
///   folder = "runs"                      # default: the name; beside this file
///   models = ["tiny-66k", "tiny-160k"]
///   lengths = ["1xC", "2xC"]
///   seeds = [0]
///   precision = "fp32"
///   tensorboard = true                   # event files, too
///   evaluations = 10                     # of a rung, at equal steps, each with a checkpoint
///   loss = "eval/speeches-validation/CrossEntropyLoss"   # by which the target is predicted
///                                        # meanwhile; default: the first validation loss
///   [[rungs]]                            # one more, beside the grid or in its place: here to see
///   model = "tiny-66k"                   # how much a seed changes
///   length = "1xC"
///   seeds = [1, 2]
///   [[targets]]                          # held out: predicted, and trained last
///   model = "tiny-330k"
///   length = "4xC"
///   [recipe]                             # as in a run's run.toml
///   batch_sequences = 32
///
/// Another program trains where `trainer` is its command line, in which {name}, {model}, {length},
/// {params}, {layers}, {width}, {heads}, {hidden}, {vocab}, {sequence}, {lr}, {batch},
/// {batch_tokens}, {steps}, {tokens}, {warmup_steps}, {seed}, {data} and {folder} are replaced;
/// `log` is what it writes, for rung import to read: "{folder}/log.csv".

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "rung/lm/data_mix.hpp"
#include "rung/lm/settings.hpp"

namespace rung::lm {

struct PlannedRung {
  Settings settings;
  std::filesystem::path folder;
  bool is_target = false;

  double n_tokens() const { return settings.recipe_in_force().trained_tokens(); }
  double flops() const { return n_tokens() * settings.model.flops_per_token(); }
};

struct LadderPlan {
  std::string name;
  std::filesystem::path folder;  // of the runs
  std::string trainer;           // "": rung-train
  std::string log;
  std::string loss;                // a metric; "": the first that is one of validation
  std::vector<PlannedRung> rungs;  // by FLOPs, targets last
};

/// InputError with every problem and its place.
LadderPlan parse_ladder_plan(std::string_view toml, const std::filesystem::path& path,
                             const model::Configs& configs);

/// The vocabulary is the data's where the family says so. InputError where the model's can't hold
/// the data's.
void fit_vocabulary(model::Config& config, const DataMix& mix);

/// One word of a shell's command line, whatever is in it.
std::string shell_word(const std::string& text);

/// The template with its placeholders replaced, each value quoted for the shell. InputError for
/// one that there is not.
std::string filled_template(const std::string& text, const PlannedRung& rung);

}  // namespace rung::lm
