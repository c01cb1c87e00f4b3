#include "rung/train/gloo_group.hpp"

#include "rung/core/error.hpp"

#ifdef USE_C10D_GLOO

#include <ATen/ATen.h>

#include <cstdlib>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

namespace rung::train {
namespace {

constexpr auto kStart = std::chrono::minutes(5);
/// Rank 0 may evaluate for long while the others wait. A process that is gone is noticed at once,
/// by its connection.
constexpr auto kStep = std::chrono::hours(2);

bool is_set(const char* name, const std::string& value) {
  const char* const found = std::getenv(name);
  return found && found == value;
}

c10::intrusive_ptr<c10d::Store> store_of(const lm::JobPlace& place) {
  c10d::TCPStoreOptions options;
  options.port = static_cast<std::uint16_t>(place.port);
  // Where torchrun keeps the store itself, no process does.
  options.isServer = place.rank == 0 && !is_set("TORCHELASTIC_USE_AGENT_STORE", "True");
  options.numWorkers = static_cast<std::size_t>(place.size);
  options.waitWorkers = false;
  options.timeout = kStart;
  const char* const attempt = std::getenv("TORCHELASTIC_RESTART_COUNT");
  return c10::make_intrusive<c10d::PrefixStore>(
      "rung/" + std::string(attempt ? attempt : "0"),
      c10::make_intrusive<c10d::TCPStore>(place.master, options));
}

class GlooGroup final : public lm::ProcessGroup {
 public:
  explicit GlooGroup(const lm::JobPlace& place) : rank_(place.rank), size_(place.size) {
    const auto options = c10d::ProcessGroupGloo::Options::create(kStep);
    const char* const interface = std::getenv("GLOO_SOCKET_IFNAME");
    options->devices.push_back(
        interface ? c10d::ProcessGroupGloo::createDeviceForInterface(interface)
        : place.master == "localhost" || place.master == "127.0.0.1"
            ? c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1")
            : c10d::ProcessGroupGloo::createDefaultDevice());
    const auto store = store_of(place);
    wait_for_all(*store);
    group_ = c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank_, size_, options);
  }

  int rank() const override { return rank_; }
  int size() const override { return size_; }
  void add_up(std::span<float> numbers) override { add_up_all(numbers, at::kFloat); }
  void add_up(std::span<double> numbers) override { add_up_all(numbers, at::kDouble); }

 private:
  /// Gloo would wait for them as long as for a step.
  void wait_for_all(c10d::Store& store) const {
    const auto key = [](int rank) { return "here/" + std::to_string(rank); };
    store.set(key(rank_), {1});
    std::vector<std::string> all;
    for (int rank = 0; rank < size_; ++rank) all.push_back(key(rank));
    store.wait(all, kStart);
  }

  template <class Number>
  void add_up_all(std::span<Number> numbers, at::ScalarType type) {
    std::vector<at::Tensor> tensors = {
        at::from_blob(numbers.data(), {static_cast<std::int64_t>(numbers.size())}, type)};
    try {
      group_->allreduce(tensors)->wait();
    } catch (const std::exception& error) {
      throw lm::LostProcess(error.what());
    }
  }

  int rank_, size_;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> group_;
};

}  // namespace

std::unique_ptr<lm::ProcessGroup> join_group(const lm::JobPlace& place) {
  try {
    return std::make_unique<GlooGroup>(place);
  } catch (const std::exception& error) {
    throw InputError("process " + std::to_string(place.rank) + " of " + std::to_string(place.size) +
                         " can't reach the others through " + place.master + ":" +
                         std::to_string(place.port),
                     error.what());
  }
}

}  // namespace rung::train

#else

namespace rung::train {

std::unique_ptr<lm::ProcessGroup> join_group(const lm::JobPlace&) {
  throw InputError("this rung-train was built without Gloo, and trains in one process only",
                   "on Debian, apt-get install libgloo-dev, and build anew");
}

}  // namespace rung::train

#endif
