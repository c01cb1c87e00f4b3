#include "rung/study/plan/hardware.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "rung/core/embedded.hpp"
#include "rung/core/fields.hpp"
#include "rung/core/quantity.hpp"
#include "rung/core/text.hpp"

namespace rung::plan {
namespace {

constexpr std::string_view kEmbeddedPath = "rung/study/plan/hardware.toml";
constexpr double kSecondsPerHour = 3600;

/// What a file states, before it is merged.
struct Stated {
  std::map<std::string, Accelerator> accelerators;
  std::optional<double> utilization, power_overhead;
  std::optional<std::string> currency;
};

constexpr NumberRange kUtilization = {
    .least = kPositive.least, .most = 1, .wanted = "a number above 0 and at most 1"};

Accelerator accelerator_of(const std::string& name, Fields& fields) {
  Accelerator result{.name = name};
  result.title = fields.get<std::string>("title").value_or("");
  result.source = fields.get<std::string>("source").value_or("");
  result.number_format = fields.get<std::string>("number_format").value_or("");
  result.utilization = fields.get<double>("utilization", kUtilization);
  result.power_watts = fields.get<double>("power_watts", kPositive);
  result.price_per_hour = fields.get<double>("price_per_hour", kPositive);
  fields.table("peak_flops_per_second", [&](Fields& rates) {
    for (const std::string& format : rates.keys())
      result.peak_flops_per_second[format] = rates.require<double>(format, kPositive);
  });
  return result;
}

Stated read_hardware(std::string_view toml, const std::string& source) {
  Stated stated;
  read_toml_fields(toml, source, [&stated](Fields& top) {
    top.table("assumptions", [&](Fields& assumptions) {
      stated.utilization = assumptions.get<double>("utilization", kUtilization);
      stated.power_overhead = assumptions.get<double>("power_overhead", kPositive);
      stated.currency = assumptions.get<std::string>("currency");
    });
    top.tables("accelerators", [&](const std::string& name, Fields& fields) {
      stated.accelerators[name] = accelerator_of(name, fields);
    });
  });
  return stated;
}

template <class T>
void replace_stated(T& old, const T& stated, bool is_stated) {
  if (is_stated) old = stated;
}

void merge(Accelerator& old, const Accelerator& next) {
  old.name = next.name;
  replace_stated(old.title, next.title, !next.title.empty());
  replace_stated(old.source, next.source, !next.source.empty());
  replace_stated(old.number_format, next.number_format, !next.number_format.empty());
  replace_stated(old.utilization, next.utilization, next.utilization.has_value());
  replace_stated(old.power_watts, next.power_watts, next.power_watts.has_value());
  replace_stated(old.price_per_hour, next.price_per_hour, next.price_per_hour.has_value());
  for (const auto& [format, rate] : next.peak_flops_per_second)
    old.peak_flops_per_second[format] = rate;
}

/// "1000 usd" -> 1000, "usd"; the unit in small letters.
struct Amount {
  double value = 0;
  std::string unit;
};

Amount amount_of(std::string_view budget) {
  std::string_view text = trimmed(budget);
  std::size_t end = text.size();
  std::optional<double> value = parse_quantity(text);  // FLOPs: "1e21", "1.5ZFLOP"
  if (!value) {
    while (end > 0 && std::isalpha(static_cast<unsigned char>(text[end - 1]))) --end;
    value = parse_double(text.substr(0, end));
  }
  if (!value || !(*value > 0) || !std::isfinite(*value))
    throw InputError("--budget: '" + std::string(budget) + "' is no amount above 0",
                     "1e21 or 1ZFLOP, or with --hardware 500h, 1000usd, 300kwh");
  return {*value, lower_case(std::string(text.substr(end)))};
}

}  // namespace

std::string_view HardwareTable::embedded_text() {
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.path == kEmbeddedPath) return file.content;
  }
  return "";
}

HardwareTable HardwareTable::embedded() {
  HardwareTable table;
  table.add_text(embedded_text(), std::string(kEmbeddedPath));
  return table;
}

void HardwareTable::add_text(std::string_view toml, const std::string& source) {
  const Stated stated = read_hardware(toml, source);
  HardwareTable merged = *this;
  if (stated.utilization) merged.utilization_ = *stated.utilization;
  if (stated.power_overhead) merged.power_overhead_ = *stated.power_overhead;
  if (stated.currency) merged.currency_ = *stated.currency;
  for (const auto& [name, accelerator] : stated.accelerators)
    merge(merged.accelerators_[name], accelerator);
  for (const auto& [name, accelerator] : merged.accelerators_) {
    if (accelerator.peak_flops_per_second.empty())
      throw InputError(Location{source}, "[accelerators." + name + "] has no rate",
                       "peak_flops_per_second = { bf16 = 1e15 }");
    if (!accelerator.peak_flops_per_second.contains(accelerator.number_format))
      throw InputError(Location{source}, "[accelerators." + name +
                                             "] has no rate for its number_format '" +
                                             accelerator.number_format + "'");
  }
  *this = std::move(merged);
}

const Accelerator& HardwareTable::accelerator(const std::string& name) const {
  const auto found = accelerators_.find(name);
  if (found != accelerators_.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [key, accelerator] : accelerators_) known.push_back(key);
  const std::string near = did_you_mean(name, known);
  throw InputError("no accelerator '" + name + "'",
                   (near.empty() ? "there are " + join(known, ", ") : near) +
                       "; more with --hardware-table FILE");
}

Hardware::Hardware(const HardwareTable& table, const HardwareChoice& choice)
    : accelerator_(table.accelerator(choice.name)),
      number_format_(choice.number_format.empty() ? accelerator_.number_format
                                                  : choice.number_format),
      currency_(table.currency()),
      utilization_(
          choice.utilization.value_or(accelerator_.utilization.value_or(table.utilization()))),
      power_overhead_(table.power_overhead()),
      n_accelerators_(choice.n_accelerators) {
  const auto rate = accelerator_.peak_flops_per_second.find(number_format_);
  if (rate == accelerator_.peak_flops_per_second.end()) {
    std::vector<std::string> known;
    for (const auto& [format, flops] : accelerator_.peak_flops_per_second) known.push_back(format);
    throw InputError("'" + accelerator_.name + "' has no rate for '" + number_format_ + "'",
                     "it has " + join(known, ", "));
  }
  flops_per_hour_ = rate->second * utilization_ * kSecondsPerHour;
}

Bill Hardware::bill(double flops) const {
  Bill bill{.accelerator_hours = flops / flops_per_hour_};
  bill.wall_hours = bill.accelerator_hours / n_accelerators_;
  if (accelerator_.price_per_hour)
    bill.money = bill.accelerator_hours * *accelerator_.price_per_hour;
  if (accelerator_.power_watts)
    bill.energy_kwh = bill.accelerator_hours * *accelerator_.power_watts * power_overhead_ / 1000;
  return bill;
}

double Hardware::flops_for(std::string_view budget) const {
  const Amount amount = amount_of(budget);
  const double flops =
      amount.unit.empty() ? amount.value : hours_for(amount.value, amount.unit) * flops_per_hour_;
  if (!(flops > 0) || !std::isfinite(flops))
    throw InputError("--budget: '" + std::string(budget) +
                     "' is too small or too large to compute with");
  return flops;
}

double Hardware::hours_for(double value, const std::string& unit) const {
  const auto needs = [&](const std::optional<double>& value, const char* what) {
    if (!value)
      throw InputError(
          "'" + accelerator_.name + "' has no " + what + ", so --budget can't be in '" + unit + "'",
          "give it one with --hardware-table FILE");
    return *value;
  };
  if (unit == "h" || unit == "gpuh") return value;
  if (unit == lower_case(currency_)) return value / needs(accelerator_.price_per_hour, "price");
  if (unit == "kwh")
    return value * 1000 / (needs(accelerator_.power_watts, "power") * power_overhead_);
  throw InputError("--budget: unit '" + unit + "' is not known",
                   "one of flops, h, " + lower_case(currency_) + ", kwh");
}

double flops_of_budget(std::string_view budget) {
  const Amount amount = amount_of(budget);
  if (!amount.unit.empty())
    throw InputError("--budget in '" + amount.unit + "' needs an accelerator",
                     "name it with --hardware; rung hardware lists them");
  return amount.value;
}

bool is_in_flops(std::string_view budget) { return amount_of(budget).unit.empty(); }

double budget_flops(std::string_view budget, const std::optional<Hardware>& hardware) {
  return hardware ? hardware->flops_for(budget) : flops_of_budget(budget);
}

}  // namespace rung::plan
