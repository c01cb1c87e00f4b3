#include "rung/study/decide/sizes.hpp"

#include <stdexcept>

#include "rung/core/embedded.hpp"
#include "rung/core/fields.hpp"
#include "rung/core/quantity.hpp"

namespace rung::decide {

NamedSizes parse_sizes(std::string_view toml, const std::string& source, NamedSizes base) {
  read_toml_fields(toml, source, [&](Fields& top) {
    top.tables("sizes", [&](const std::string& name, Fields& fields) {
      base[name] = {fields.require<double>("n_params", kPositive),
                    fields.get<double>("batch_tokens", kPositive)};
    });
  });
  return base;
}

const NamedSizes& published_sizes() {
  static const NamedSizes kSizes = [] {
    constexpr std::string_view kPath = "rung/study/decide/sizes.toml";
    for (const EmbeddedFile& file : embedded_files()) {
      if (file.path == kPath) return parse_sizes(file.content, std::string(kPath), {});
    }
    throw std::logic_error("the sizes of models are not embedded");
  }();
  return kSizes;
}

std::optional<NamedSize> size_of(const NamedSizes& sizes, const std::string& name) {
  if (const auto found = sizes.find(name); found != sizes.end()) return found->second;
  const std::optional<double> n_params = parse_quantity(name);
  if (!n_params || !(*n_params > 0)) return std::nullopt;
  return NamedSize{*n_params, std::nullopt};
}

}  // namespace rung::decide
