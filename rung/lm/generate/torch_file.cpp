#include "rung/lm/generate/torch_file.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>

#include "rung/core/error.hpp"
#include "rung/lm/generate/pickle.hpp"
#include "rung/lm/generate/zip_archive.hpp"
#include "rung/system/mapped_file.hpp"

namespace rung::lm {
namespace {

static_assert(std::endian::native == std::endian::little,
              "torch.save writes little-endian numbers");

using Kind = PickledObject::Kind;

template <class T>
T number_at(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

float float_of_half(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16;
  const std::uint32_t exponent = half >> 10 & 31U, fraction = half & 0x3ffU;
  if (exponent == 0) {  // a multiple of 2^-24
    const float small = static_cast<float>(fraction) * 0x1p-24F;
    return sign ? -small : small;
  }
  const std::uint32_t wide = exponent == 31 ? 255 : exponent + 112;
  return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
}

/// How a storage's numbers are read.
struct NumberType {
  const char* storage;
  std::size_t size;
  float (*read)(const char*);
};
constexpr NumberType kTypes[] = {
    {"FloatStorage", 4, [](const char* at) { return number_at<float>(at); }},
    {"DoubleStorage", 8, [](const char* at) { return static_cast<float>(number_at<double>(at)); }},
    {"HalfStorage", 2, [](const char* at) { return float_of_half(number_at<std::uint16_t>(at)); }},
    {"BFloat16Storage", 2, [](const char* at) {
       return std::bit_cast<float>(std::uint32_t{number_at<std::uint16_t>(at)} << 16);
     }}};

class TorchReader {
 public:
  TorchReader(std::string_view bytes, const std::string& source)
      : source_(source), archive_(bytes, source) {
    const std::string name = archive_.name_ending("data.pkl");
    folder_ = name.substr(0, name.size() - std::strlen("data.pkl"));
    pickled_ = archive_.read(name);
  }

  NamedTensors read() {
    const Pickle pickle(pickled_, source_);
    const PickledObject* state = pickle.root().find("state_dict");
    if (!state) state = &pickle.root();
    NamedTensors tensors;
    for (const auto& [name, value] : state->entries) {
      if (name->kind != Kind::text) continue;
      if (auto tensor = tensor_of(*value))
        tensors.insert_or_assign(plain_name(name->text), std::move(*tensor));
    }
    if (tensors.empty()) fail("it holds no weights");
    return tensors;
  }

 private:
  static std::string plain_name(std::string name) {
    for (const std::string_view wrapper : {"module.", "_orig_mod."}) {
      for (std::size_t at; (at = name.find(wrapper)) != std::string::npos;)
        name.erase(at, wrapper.size());
    }
    return name;
  }

  /// torch._utils._rebuild_tensor_v2(storage, offset, shape, strides, …); absent for what is no
  /// tensor of floats.
  std::optional<NamedTensor> tensor_of(const PickledObject& value) const {
    if (value.kind != Kind::call || value.items[0]->kind != Kind::global) return std::nullopt;
    const std::vector<const PickledObject*>& arguments = value.items[1]->items;
    const std::string& function = value.items[0]->text;
    // Pickles can hold themselves; a parameter holds a tensor, never another parameter.
    if (function == "torch._utils _rebuild_parameter" && !arguments.empty() &&
        is_tensor(*arguments[0]))
      return tensor_of(*arguments[0]);
    if (!is_tensor(value) || arguments.size() < 4) return std::nullopt;
    const PickledObject& storage = *arguments[0];
    if (storage.kind != Kind::persistent || storage.items[0]->items.size() < 3)
      fail("a tensor's storage is not where torch.save puts it");
    for (const NumberType& type : kTypes) {
      if (storage.items[0]->items[1]->text == "torch " + std::string(type.storage))
        return floats(type, storage.items[0]->items[2]->text, arguments);
    }
    return std::nullopt;
  }
  static bool is_tensor(const PickledObject& value) {
    return value.kind == Kind::call && value.items[0]->text == "torch._utils _rebuild_tensor_v2";
  }

  NamedTensor floats(const NumberType& type, const std::string& key,
                     const std::vector<const PickledObject*>& arguments) const {
    const std::string_view bytes = archive_.read(folder_ + "data/" + key);
    const std::size_t n_stored = bytes.size() / type.size;
    NamedTensor tensor{.shape = counts(*arguments[2], n_stored)};
    const std::vector<std::size_t> strides = counts(*arguments[3], n_stored);
    if (strides.size() != tensor.shape.size()) fail("a tensor's shape is damaged");
    std::size_t n = 1, last = count(*arguments[1], n_stored);
    const std::size_t first = last;
    for (std::size_t i = 0; i < strides.size(); ++i) {
      if (tensor.shape[i] > 0 && n > n_stored / tensor.shape[i])
        fail("a tensor's shape is damaged");
      n *= tensor.shape[i];
      if (tensor.shape[i] > 0) last += (tensor.shape[i] - 1) * strides[i];
    }
    if (n > 0 && last >= n_stored) fail("a tensor is larger than its storage");
    tensor.values.resize(n);
    std::vector<std::size_t> index(strides.size());
    std::size_t at = first;
    for (float& value : tensor.values) {
      value = type.read(bytes.data() + at * type.size);
      for (std::size_t i = index.size(); i-- > 0;) {
        at += strides[i];
        if (++index[i] < tensor.shape[i]) break;
        at -= strides[i] * tensor.shape[i];
        index[i] = 0;
      }
    }
    return tensor;
  }

  std::size_t count(const PickledObject& value, std::size_t most) const {
    if (value.kind != Kind::number || !(value.number >= 0) ||
        value.number > static_cast<double>(most))
      fail("a tensor's shape is damaged");
    return static_cast<std::size_t>(value.number);
  }
  std::vector<std::size_t> counts(const PickledObject& list, std::size_t most) const {
    constexpr std::size_t kMostDimensions = 8;
    if (list.items.size() > kMostDimensions) fail("a tensor's shape is damaged");
    std::vector<std::size_t> numbers;
    for (const PickledObject* item : list.items) numbers.push_back(count(*item, most));
    return numbers;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw InputError(Location{source_}, what);
  }

  std::string source_;
  ZipArchive archive_;
  std::string folder_;
  std::string_view pickled_;
};

}  // namespace

NamedTensors read_torch_bytes(std::string_view bytes, const std::string& source) {
  if (!ZipArchive::is_zip(bytes))
    throw InputError(Location{source}, "torch.save did not write it",
                     "files from before PyTorch 1.6: load and save them with a newer one");
  return TorchReader(bytes, source).read();
}

NamedTensors read_torch_file(const std::filesystem::path& path) {
  const MappedFile file(path);
  return read_torch_bytes(file.content(), path.string());
}

}  // namespace rung::lm
