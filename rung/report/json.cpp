#include "rung/report/json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "rung/core/text.hpp"

namespace rung {
namespace {

constexpr int kSchemaVersion = 1;
constexpr std::size_t kLongestLine = 96;  // of a list that is written on one line

std::string scalar_text(const Json& value) {
  if (value.is_number_float()) {
    const double number = value.get<double>();
    if (!std::isfinite(number)) return "null";
    // A double stays one for readers that tell integers apart, whatever its value.
    const std::string text = shortest(number);
    return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
  }
  // Text that is not UTF-8 (a file name may be so) must not stop the output.
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool holds_lists(const Json& value) {
  for (const Json& item : value) {
    if (item.is_structured() && !item.empty()) return true;
  }
  return false;
}

void append(const Json& value, int depth, std::string& text) {
  if (!value.is_structured()) {
    text += scalar_text(value);
    return;
  }
  std::vector<std::string> items;
  std::size_t n_characters = 2 * static_cast<std::size_t>(depth);
  for (const auto& [key, item] : value.items()) {
    std::string& written = items.emplace_back();
    if (value.is_object()) written = scalar_text(Json(key)) + ": ";
    append(item, depth + 1, written);
    n_characters += written.size() + 2;
  }
  const bool one_line = !holds_lists(value) && n_characters <= kLongestLine;
  const std::string indent =
      one_line ? "" : "\n" + std::string(2 * static_cast<std::size_t>(depth), ' ');
  const std::string deeper = one_line ? "" : indent + "  ";
  text += value.is_object() ? '{' : '[';
  if (!items.empty()) {
    text += deeper + join(items, one_line ? ", " : "," + deeper) + indent;
  }
  text += value.is_object() ? '}' : ']';
}

}  // namespace

Json json_number(std::optional<double> value) {
  return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

Json json_label(const std::string& label) { return label.empty() ? Json(nullptr) : Json(label); }

Json json_interval(double level, double lower, double upper, const std::string& method) {
  return {{"level", level},
          {"lower", json_number(lower)},
          {"upper", json_number(upper)},
          {"method", method}};
}

Json json_envelope(const std::string& command, const RunContext& context,
                   const std::vector<std::string>& warnings, Json results) {
  Json inputs = Json::array();
  for (const InputFile& input : context.inputs) {
    inputs.push_back({{"path", input.path}, {"sha256", input.sha256}});
  }
  return {{"schema_version", kSchemaVersion},
          {"command", command},
          {"context",
           {{"version", context.version},
            {"options", context.options ? *context.options : Json::object()},
            {"seed", context.seed ? Json(*context.seed) : Json(nullptr)},
            {"inputs", std::move(inputs)},
            {"seconds", json_number(context.seconds)}}},
          {"warnings", warnings},
          {"results", std::move(results)}};
}

std::string json_text(const Json& value) {
  std::string text;
  append(value, 0, text);
  return text + '\n';
}

}  // namespace rung
