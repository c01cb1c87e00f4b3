#pragma once
/// The JSON that others script against: one envelope for every command, one form for fits and
/// intervals.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace rung {

/// Keys keep the order in which they were written.
using Json = nlohmann::ordered_json;

/// A file that a command read, and what was in it.
struct InputFile {
  std::string path;
  std::string sha256;
};

/// How a result came about, enough to make it again.
struct RunContext {
  std::string version;
  const Json* options =
      nullptr;  // an object: every option in force by its long name; may be absent
  std::optional<std::uint64_t> seed;
  std::vector<InputFile> inputs;
  double seconds = 0;
};

/// null where the value is absent, NaN or infinite, which JSON can't say.
Json json_number(std::optional<double> value);

/// null for "": the label of the only group, what was not said.
Json json_label(const std::string& label);

/// {"level", "lower", "upper", "method"}; a bound that is not finite is null.
Json json_interval(double level, double lower, double upper, const std::string& method);

/// {"schema_version": 1, "command", "context", "warnings", "results"}.
Json json_envelope(const std::string& command, const RunContext& context,
                   const std::vector<std::string>& warnings, Json results);

/// Text of `value`, ended by a newline: doubles in the shortest form that reads back as the same
/// double (null where not finite), arrays and objects that hold no others on one line if it stays
/// short.
std::string json_text(const Json& value);

}  // namespace rung
