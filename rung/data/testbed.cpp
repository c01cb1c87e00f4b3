#include "rung/data/testbed.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "rung/core/text.hpp"

namespace rung {
namespace {

template <class Items, class Name>
std::size_t index_of(const Items& items, std::string_view wanted, const char* kind,
                     const Name& name) {
  std::vector<std::string> known;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (name(items[i]) == wanted) return i;
  }
  for (const auto& item : items) known.push_back(name(item));
  const std::string text(wanted);
  throw InputError(fmt::format("the testbed has no {} '{}'", kind, text),
                   did_you_mean(text, known));
}

}  // namespace

double open_lm_params(double hidden_dim, double n_layers, double vocabulary) {
  const double ffn_dim = 256 * std::ceil(std::floor(8 * hidden_dim / 3) / 256);
  const double per_layer = 4 * hidden_dim * hidden_dim + 3 * ffn_dim * hidden_dim + 2 * hidden_dim;
  return 2 * vocabulary * hidden_dim + n_layers * per_layer + hidden_dim;
}

double GridRun::n_params() const { return open_lm_params(hidden_dim, n_layers); }

std::size_t Testbed::loss_set_index(std::string_view name) const {
  return index_of(loss_sets, name, "loss set", [](const std::string& item) { return item; });
}

std::size_t Testbed::task_index(std::string_view name) const {
  return index_of(tasks, name, "task", [](const std::string& item) { return item; });
}

const TestbedModel& Testbed::model(std::string_view name) const {
  return models[index_of(models, name, "model",
                         [](const TestbedModel& item) { return item.name; })];
}

const TaskInfo& Testbed::task_info(std::string_view name) const {
  return task_infos[index_of(task_infos, name, "description of task",
                             [](const TaskInfo& item) { return item.name; })];
}

std::vector<std::string> Testbed::train_sets() const {
  std::vector<std::string> names;
  for (const TestbedModel& model : models) {
    if (std::find(names.begin(), names.end(), model.train_set) == names.end())
      names.push_back(model.train_set);
  }
  return names;
}

}  // namespace rung
