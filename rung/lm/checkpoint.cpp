#include "rung/lm/checkpoint.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "rung/core/error.hpp"
#include "rung/core/fields.hpp"
#include "rung/core/text.hpp"
#include "rung/system/file.hpp"
#include "rung/system/file_set.hpp"

namespace rung::lm {
namespace {

static_assert(std::endian::native == std::endian::little, "floats are written as they stand");

constexpr std::string_view kMark = "rung checkpoint 1\n";
constexpr std::string_view kEnding = ".rung", kBegin = "step";

std::string_view bytes_of(std::span<const float> numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()};
}

std::vector<float> floats_of(std::string_view bytes) {
  std::vector<float> numbers(bytes.size() / sizeof(float));
  std::memcpy(numbers.data(), bytes.data(), numbers.size() * sizeof(float));
  return numbers;
}

struct Header {
  std::int64_t step = 0, n_adam_steps = 0;
  std::size_t n_weights = 0;
  std::string model_sha256, sha256;
};

Header read_header(std::string_view line, const std::string& source) {
  constexpr NumberRange kCount = {.least = 0, .most = 9e15, .wanted = "a whole number"};
  Header header;
  read_json_fields(line, source, [&](Fields& fields) {
    header.step = fields.require<std::int64_t>("step", kCount);
    header.n_adam_steps = fields.require<std::int64_t>("adam_steps", kCount);
    header.n_weights = static_cast<std::size_t>(fields.require<std::int64_t>("weights", kCount));
    header.model_sha256 = fields.require<std::string>("model_sha256");
    header.sha256 = fields.require<std::string>("sha256");
  });
  return header;
}

std::string header_text(const CheckpointView& checkpoint, const std::string& sha) {
  return "{\"step\": " + std::to_string(checkpoint.step) +
         ", \"adam_steps\": " + std::to_string(checkpoint.adam.n_steps) +
         ", \"weights\": " + std::to_string(checkpoint.weights.size()) + ", \"model_sha256\": \"" +
         sha256(checkpoint.model) + "\", \"sha256\": \"" + sha + "\"}\n";
}

}  // namespace

std::filesystem::path checkpoint_path(const std::filesystem::path& folder, std::int64_t step) {
  return folder / "checkpoints" /
         (std::string(kBegin) + std::to_string(step) + std::string(kEnding));
}

std::vector<std::int64_t> checkpoint_steps(const std::filesystem::path& folder) {
  std::vector<std::int64_t> steps;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "checkpoints", none)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kBegin) || !name.ends_with(kEnding)) continue;
    const std::size_t n_digits = name.size() - kBegin.size() - kEnding.size();
    const auto step = parse_double(std::string_view(name).substr(kBegin.size(), n_digits));
    if (step) steps.push_back(static_cast<std::int64_t>(*step));
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

void write_checkpoint(const std::filesystem::path& path, const CheckpointView& checkpoint) {
  std::string payload;
  payload.reserve(3 * checkpoint.weights.size_bytes());
  payload += bytes_of(checkpoint.weights);
  payload += bytes_of(checkpoint.adam.mean);
  payload += bytes_of(checkpoint.adam.square);
  payload.insert(0, std::string(kMark) + header_text(checkpoint, sha256(payload)));
  FileSet files;
  files.add(path, payload);
  files.commit();
}

Checkpoint read_checkpoint(const std::filesystem::path& path, const std::string& model,
                           const std::string& hint) {
  const auto fail = [&](const std::string& what) {
    throw InputError(Location{path.string()}, what, hint);
  };
  const std::string content = read_file(path);
  std::string_view rest = content;
  if (!rest.starts_with(kMark)) fail("it is no checkpoint of rung train");
  rest.remove_prefix(kMark.size());
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) fail("it ends too early");
  const Header header = read_header(rest.substr(0, end), path.string());
  rest.remove_prefix(end + 1);
  if (header.model_sha256 != sha256(model)) fail("it is of another model");
  const std::size_t n_bytes = header.n_weights * sizeof(float);
  if (rest.size() != 3 * n_bytes)
    fail("it has " + std::to_string(rest.size()) + " bytes of numbers, not " +
         std::to_string(3 * n_bytes));
  if (sha256(rest) != header.sha256) fail("it is damaged: its SHA-256 is another");
  return {.step = header.step,
          .model = model,
          .weights = floats_of(rest.substr(0, n_bytes)),
          .adam = {.mean = floats_of(rest.substr(n_bytes, n_bytes)),
                   .square = floats_of(rest.substr(2 * n_bytes)),
                   .n_steps = header.n_adam_steps}};
}

}  // namespace rung::lm
