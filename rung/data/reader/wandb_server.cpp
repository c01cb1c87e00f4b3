#include "rung/data/reader/wandb_server.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"

namespace rung {

using ApiJson = nlohmann::ordered_json;

/// One try: the data, or why it may be tried again.
struct WandbClient::Attempt {
  std::optional<ApiJson> data;
  std::string problem;
  std::optional<double> wait_seconds;
};

namespace {

constexpr int kUnauthorized = 401, kForbidden = 403, kNotFound = 404, kTooMany = 429,
              kServerError = 500;

/// What the server says is wrong with the request itself.
std::string messages_of(const ApiJson& errors) {
  std::vector<std::string> texts;
  for (const ApiJson& error : errors) {
    const auto message = error.is_object() ? error.find("message") : error.end();
    if (error.is_object() && message != error.end() && message->is_string())
      texts.push_back(message->get<std::string>());
  }
  return texts.empty() ? "an error without a message" : join(texts, "; ");
}

/// Errors of the server's own come as answers, too.
bool may_pass(const std::string& message) {
  for (const char* mark :
       {"timeout", "timed out", "try again", "Internal", "internal", "rate limit"}) {
    if (message.find(mark) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

ApiJson WandbClient::ask(const std::string& query, const ApiJson& variables,
                         const std::string& what) const {
  const HttpRequest request =
      http_request(ApiJson{{"query", query}, {"variables", variables}}.dump());
  constexpr double kLongestWait = 60;
  double wait_seconds = request_.first_wait_seconds;
  for (int n_tries = 1;; ++n_tries) {
    Attempt tried = attempt(request);
    if (tried.data) return std::move(*tried.data);
    if (n_tries >= request_.most_tries)
      throw InputError(
          what + ": " + without_key(tried.problem) + ", " + std::to_string(n_tries) + " times",
          "try again later; with --pages DIR what has come is kept");
    const double wait =
        std::min(kLongestWait, std::max(wait_seconds, tried.wait_seconds.value_or(0)));
    say(what + ": " + tried.problem + "; again in " + shortest(wait) + " s");
    if (connection_.wait) connection_.wait(wait);
    wait_seconds *= 2;
  }
}

WandbClient::Attempt WandbClient::attempt(const HttpRequest& request) const {
  const HttpResponse response = connection_.send(request);
  if (response.status == 0) return {{}, response.problem, {}};
  if (response.status == kTooMany || response.status >= kServerError)
    return {{}, "status " + std::to_string(response.status), response.retry_after_seconds};
  if (response.status != 200) refuse(response, server_.base_url);
  // Some log their key among their settings.
  ApiJson answer = ApiJson::parse(without_key(response.body), nullptr, false);
  if (!answer.is_object()) return {{}, "an answer that is no whole JSON", {}};
  const auto errors = answer.find("errors");
  if (errors != answer.end() && errors->is_array() && !errors->empty()) {
    const std::string message = messages_of(*errors);
    if (may_pass(message)) return {{}, message, {}};
    throw InputError(server_.base_url + " says: " + message);
  }
  const auto data = answer.find("data");
  if (data == answer.end() || !data->is_object()) return {{}, "an answer without data", {}};
  return {std::move(*data), "", {}};
}

void WandbClient::refuse(const HttpResponse& response, const std::string& what) const {
  if (response.status == kUnauthorized || response.status == kForbidden)
    throw InputError(what + " refuses " + (server_.key.empty() ? "without a key" : "this key"),
                     "WANDB_API_KEY is the key of https://wandb.ai/authorize");
  throw InputError(what + " answers with status " + std::to_string(response.status),
                   response.status == kNotFound ? "is WANDB_BASE_URL right?" : "");
}

HttpRequest WandbClient::http_request(const std::string& body) const {
  HttpRequest request{.url = server_.base_url + "/graphql",
                      .headers = {{"Content-Type", "application/json"}},
                      .body = body};
  if (!server_.key.empty())
    request.headers.emplace_back("Authorization", "Basic " + base64("api:" + server_.key));
  return request;
}

std::string WandbClient::without_key(std::string text) const {
  constexpr std::size_t kShortest = 8;  // a shorter one would be part of many words
  if (server_.key.size() < kShortest) return text;
  for (std::size_t at = 0; (at = text.find(server_.key, at)) != text.npos;)
    text.replace(at, server_.key.size(), "***");
  return text;
}

}  // namespace rung
