#include "rung/law/catalogue.hpp"

#include <algorithm>
#include <atomic>
#include <span>

#include "rung/core/embedded.hpp"
#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/law/law_file.hpp"

namespace rung {
namespace {

constexpr std::string_view kFolder = "rung/law/catalogue/", kEnding = ".toml";

std::string_view name_of(const EmbeddedFile* file) {
  return file->path.substr(kFolder.size(), file->path.size() - kFolder.size() - kEnding.size());
}

/// A built-in law, read when it is first asked for.
class BuiltIn {
 public:
  BuiltIn() = default;
  BuiltIn(const BuiltIn&) = delete;
  BuiltIn& operator=(const BuiltIn&) = delete;
  ~BuiltIn() { delete law_.load(); }

  void set_file(const EmbeddedFile& file) { file_ = &file; }

  std::string_view name() const { return name_of(file_); }
  const EmbeddedFile& file() const { return *file_; }

  const Law& law() const {
    const Law* known = law_.load(std::memory_order_acquire);
    if (known != nullptr) return *known;
    // Of two threads that read it at once, one throws its own away.
    auto read = std::make_unique<const Law>(parse_law(file_->content, std::string(file_->path)));
    if (law_.compare_exchange_strong(known, read.get(), std::memory_order_acq_rel))
      known = read.release();
    return *known;
  }

 private:
  const EmbeddedFile* file_ = nullptr;
  mutable std::atomic<const Law*> law_{nullptr};
};

std::vector<const EmbeddedFile*> law_files() {
  std::vector<const EmbeddedFile*> files;
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.path.starts_with(kFolder) && file.path.ends_with(kEnding)) files.push_back(&file);
  }
  // "chinchilla.toml" stands after "chinchilla-negated.toml" by path.
  std::ranges::sort(files, {}, name_of);
  return files;
}

/// By name.
std::span<const BuiltIn> built_in() {
  static const std::vector<const EmbeddedFile*> files = law_files();
  static const std::unique_ptr<BuiltIn[]> laws = [] {
    auto made = std::make_unique<BuiltIn[]>(files.size());
    for (std::size_t i = 0; i < files.size(); ++i) made[i].set_file(*files[i]);
    return made;
  }();
  return {laws.get(), files.size()};
}

const BuiltIn* built_in_named(std::string_view name) {
  for (const BuiltIn& law : built_in()) {
    if (law.name() == name) return &law;
  }
  return nullptr;
}

/// A law of a file whose parts are repeated, with as many of them as the name says; null where the
/// name is another's, or says no number.
std::shared_ptr<const Law> counted_law(std::string_view name, std::string_view toml,
                                       const std::string& source) {
  const auto wanted = counted_name(name);
  const auto repeated = repeated_in(toml, source);
  if (!wanted || !repeated) return nullptr;
  const int times = repeated->times + wanted->count - repeated->called;
  if (times < 1 || times > repeated->most) {
    const int fewest = repeated->called - repeated->times + 1;
    throw InputError(
        "'" + std::string(name) + "' is too many or too few",
        "from " + std::to_string(fewest) + " to " + std::to_string(repeated->most + fewest - 1));
  }
  return std::make_shared<const Law>(parse_law(toml, source, wanted->count));
}

/// Whether "mixture-additive-4" may be another count of the law that is called `name`.
bool is_count_of(std::string_view wanted, std::string_view name) {
  const auto counted = counted_name(wanted);
  if (!counted) return false;
  const auto other = counted_name(name);
  return counted->stem == name || (other && counted->stem == other->stem);
}

/// Laws of nearly that name, or else with such a title: "power-law" is what many call m1 and m2.
std::string hint_for(const std::string& name, const std::vector<const Law*>& laws) {
  if (name.find_first_of("+*^(") != std::string::npos)
    return "a formula of your own is given by --formula; `rung laws` lists the laws' names";
  std::string title = name;
  std::replace_if(
      title.begin(), title.end(), [](char c) { return c == '-' || c == '_'; }, ' ');
  std::vector<std::string> names, titled;
  for (const Law* law : laws) {
    names.push_back(law->info.name);
    const bool found = title.size() > 2 && law->info.title.find(title) != std::string::npos;
    if (found) titled.push_back(law->info.name + " (" + law->info.title + ")");
  }
  const std::string hint = did_you_mean(name, names);
  if (!hint.empty()) return hint;
  return (titled.empty() ? "" : "there are " + join(titled, ", ") + "; ") + "`rung laws` lists all";
}

[[noreturn]] void fail_unknown(std::string_view name, const std::vector<const Law*>& laws) {
  throw InputError("there is no law '" + std::string(name) + "'",
                   hint_for(std::string(name), laws));
}

}  // namespace

const std::vector<const Law*>& built_in_laws() {
  static const std::vector<const Law*> laws = [] {
    std::vector<const Law*> all;
    for (const BuiltIn& law : built_in()) all.push_back(&law.law());
    return all;
  }();
  return laws;
}

const Law& find_law(std::string_view name) {
  if (const BuiltIn* found = built_in_named(name)) return found->law();
  fail_unknown(name, built_in_laws());
}

void LawCatalogue::add(std::string_view toml, const std::string& source) {
  auto law = std::make_shared<Law>(parse_law(toml, source));
  law->definition = toml;
  const std::string& name = law->info.name;
  if (built_in_named(name) != nullptr)
    throw InputError(Location{source}, "'" + name + "' is the name of a built-in law",
                     "give yours another; rung laws " + name + " shows the built-in one");
  for (const auto& other : own_) {
    if (other->info.name == name)
      throw InputError(Location{source}, "there are two laws of the name '" + name + "'");
  }
  own_.push_back(std::move(law));
}

std::shared_ptr<const Law> LawCatalogue::find(std::string_view name) const {
  for (const auto& law : own_) {
    if (law->info.name == name) return law;
  }
  // Built-in laws outlive whoever asks.
  if (const BuiltIn* found = built_in_named(name))
    return {std::shared_ptr<const void>(), &found->law()};
  for (const auto& law : own_) {
    if (!is_count_of(name, law->info.name)) continue;
    auto found = counted_law(name, law->definition, law->info.name);
    if (!found) continue;
    auto own = std::make_shared<Law>(*found);
    own->definition = law->definition;
    return own;
  }
  for (const BuiltIn& law : built_in()) {
    if (!is_count_of(name, law.name())) continue;
    if (auto found = counted_law(name, law.file().content, std::string(law.file().path)))
      return found;
  }
  fail_unknown(name, laws());
}

std::vector<const Law*> LawCatalogue::laws() const {
  std::vector<const Law*> all = built_in_laws();
  for (const auto& law : own_) all.push_back(law.get());
  return all;
}

int Law::parameter_index(std::string_view name) const {
  for (int p = 0; p < n_parameters(); ++p) {
    if (info.parameters[static_cast<std::size_t>(p)].name == name) return p;
  }
  return -1;
}

std::vector<double> LimitInfo::column(const std::vector<double>& of_input) const {
  if (form == Form::line || of_input.empty()) return of_input;
  const auto [least, most] = std::minmax_element(of_input.begin(), of_input.end());
  const double step = form == Form::step_at_lowest ? *least : *most;
  std::vector<double> column;
  for (const double x : of_input) column.push_back(x == step ? 1 : 0);
  return column;
}

}  // namespace rung
