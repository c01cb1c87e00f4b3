#pragma once
/// The only place that speaks to other machines: HTTP through libcurl, which is loaded when it is
/// first needed.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rung {

struct HttpRequest {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  double timeout_seconds = 120;
};

struct HttpResponse {
  int status = 0;  // 0: no whole answer came, and `problem` says why
  std::string body;
  std::string problem;
  std::optional<double> retry_after_seconds;  // where the server says it
};

/// How a request is sent: really, or by a test.
using HttpSend = std::function<HttpResponse(const HttpRequest&)>;

/// Sends a POST and waits for the answer. Redirections are not followed: what the headers hold is
/// for this server alone. InputError where there is no libcurl; Cancelled where the watch over this
/// thread asks for it.
HttpResponse http_post(const HttpRequest& request);

/// GET, following redirections; what comes is passed on as it comes, whatever the status, and is
/// not in the answer. Errors as http_post.
HttpResponse http_get(const std::string& url, const std::function<void(std::string_view)>& receive);

/// Base64, as the header Authorization wants it.
std::string base64(const std::string& bytes);

}  // namespace rung
