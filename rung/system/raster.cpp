#include "rung/system/raster.hpp"

#include <cairo-pdf.h>
#include <cairo.h>
#include <librsvg/rsvg.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>

namespace rung {
namespace {

struct Release {
  void operator()(RsvgHandle* handle) const { g_object_unref(handle); }
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* context) const { cairo_destroy(context); }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;

std::runtime_error failed(const std::string& what) {
  return std::runtime_error("a figure could not be drawn: " + what);
}

void check(cairo_status_t status) {
  if (status != CAIRO_STATUS_SUCCESS) throw failed(cairo_status_to_string(status));
}

/// Throws what librsvg said, and lets go of it.
[[noreturn]] void fail(GError* error) {
  const std::string message = error ? error->message : "no reason given";
  if (error) g_error_free(error);
  throw failed(message);
}

struct Picture {
  Owned<RsvgHandle> handle;
  double width_px = 0, height_px = 0;

  explicit Picture(const std::string& svg) {
    GError* error = nullptr;
    const auto* bytes = reinterpret_cast<const guint8*>(svg.data());
    handle.reset(rsvg_handle_new_from_data(bytes, svg.size(), &error));
    if (!handle) fail(error);
    if (!rsvg_handle_get_intrinsic_size_in_pixels(handle.get(), &width_px, &height_px))
      throw failed("it has no size");
  }

  void draw(cairo_t* context) const {
    GError* error = nullptr;
    const RsvgRectangle page{0, 0, width_px, height_px};
    if (!rsvg_handle_render_document(handle.get(), context, &page, &error)) fail(error);
    check(cairo_status(context));
  }
};

cairo_status_t append(void* to, const unsigned char* bytes, unsigned n) {
  static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), n);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

std::string png_of_svg(const std::string& svg, double scale) {
  const Picture picture(svg);
  constexpr double kMostPixels = 32767;  // cairo's own limit of a side
  const double longer = std::max(picture.width_px, picture.height_px);
  scale = std::min(scale, kMostPixels / longer);
  const auto pixels = [&](double px) {
    return std::max(1, static_cast<int>(std::floor(scale * px + 0.5)));
  };
  const Owned<cairo_surface_t> surface(cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, pixels(picture.width_px), pixels(picture.height_px)));
  check(cairo_surface_status(surface.get()));
  {
    const Owned<cairo_t> context(cairo_create(surface.get()));
    cairo_scale(context.get(), scale, scale);
    picture.draw(context.get());
  }
  std::string png;
  check(cairo_surface_write_to_png_stream(surface.get(), append, &png));
  return png;
}

std::string raster_version() {
  return "librsvg " LIBRSVG_VERSION ", cairo " + std::string(cairo_version_string());
}

std::string pdf_of_svg(const std::string& svg) {
  const Picture picture(svg);
  constexpr double kPointsPerPixel = 72.0 / 96.0;
  std::string pdf;
  {
    const Owned<cairo_surface_t> surface(cairo_pdf_surface_create_for_stream(
        append, &pdf, kPointsPerPixel * picture.width_px, kPointsPerPixel * picture.height_px));
    check(cairo_surface_status(surface.get()));
    // Without a date the same figure gives the same bytes.
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, "");
    const Owned<cairo_t> context(cairo_create(surface.get()));
    cairo_scale(context.get(), kPointsPerPixel, kPointsPerPixel);
    picture.draw(context.get());
    cairo_surface_finish(surface.get());
    check(cairo_surface_status(surface.get()));
  }
  return pdf;
}

}  // namespace rung
