#pragma once
/// One answer of Weights & Biases' GraphQL API, however often it has to be asked for.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "rung/data/reader/wandb_api.hpp"

namespace rung {

class WandbClient {
 public:
  WandbClient(const WandbServer& server, const WandbRequest& request,
              const WandbConnection& connection)
      : server_(server), request_(request), connection_(connection) {}

  /// The answer's "data". `what` is asked for, in words.
  nlohmann::ordered_json ask(const std::string& query, const nlohmann::ordered_json& variables,
                             const std::string& what) const;

  void say(const std::string& text) const {
    if (connection_.say) connection_.say(without_key(text));
  }

 private:
  struct Attempt;
  Attempt attempt(const HttpRequest& request) const;
  [[noreturn]] void refuse(const HttpResponse& response, const std::string& what) const;
  HttpRequest http_request(const std::string& body) const;
  std::string without_key(std::string text) const;

  const WandbServer& server_;
  const WandbRequest& request_;
  const WandbConnection& connection_;
};

}  // namespace rung
