#pragma once
/// Everything that a training run depends on, as one file that stands in its folder: `run.toml`,
/// written by `rung train` and read by the program that trains.

#include <cstdint>
#include <filesystem>
#include <string>

#include "rung/data/model/model.hpp"
#include "rung/data/model/recipe.hpp"

namespace rung {
class Fields;
}

namespace rung::lm {

struct Settings {
  std::string name;
  std::filesystem::path data;       // the data mix
  std::filesystem::path load_path;  // a checkpoint to begin with; "": none
  std::uint64_t seed = 0, data_seed = 0;
  std::string precision = "fp32";  // or "bf16"
  int n_threads = 0;               // 0: the library's own choice
  int device_batch_size = 8;       // sequences at once
  int device_eval_batch_size = 8;
  int n_eval_sequences = 0;                                 // of each validation file; 0: all
  std::int64_t save_interval = 1000, eval_interval = 1000;  // steps; the last step has both
  bool eval_on_load = false;
  bool writes_tensorboard = false;  // event files, too
  model::Config model;
  model::RecipeChoice recipe;

  model::Recipe recipe_in_force() const { return model::recipe_for(model, recipe); }
  /// InputError naming the option, its value and the constraint.
  void validate() const;
};

/// The keys of a [recipe], each of which may be absent.
void read_recipe(Fields& fields, model::RecipeChoice& choice);

std::string toml_of(const Settings& settings);
/// InputError with every problem and its place.
Settings parse_settings(std::string_view toml, const std::string& source);

}  // namespace rung::lm
