#include "runtime/data/router.h"

#include <utility>

#include "runtime/base/check.h"

namespace eagre::data {

namespace {

// The batch on the edge's channel.
Batch on_channel(const Batch& batch, const RouterOptions& options) {
  EAGRE_CHECK(batch.header().generation == options.generation,
              "a batch of generation {} was sent on channel {} of generation {}",
              batch.header().generation, options.channel, options.generation);
  if (batch.channel() == options.channel) {
    return batch;
  }
  Header header = batch.header();
  header.channel = options.channel;
  return batch.with_header(std::move(header));
}

class ForwardingRouter final : public Router {
 public:
  ForwardingRouter(const RouterOptions& options, std::uint32_t target)
      : options_(options), target_(target) {}

  void route(const Batch& batch, Emit& emit) override {
    if (batch.count() != 0) {
      emit.emit(target_, on_channel(batch, options_));
    }
  }
  void flush(Emit&) override {}

 private:
  RouterOptions options_;
  std::uint32_t target_;
};

class BroadcastRouter final : public Router {
 public:
  explicit BroadcastRouter(const RouterOptions& options) : options_(options) {}

  void route(const Batch& batch, Emit& emit) override {
    if (batch.count() == 0) {
      return;
    }
    const Batch sent = on_channel(batch, options_);
    for (std::uint32_t worker = 0; worker < options_.workers; ++worker) {
      emit.emit(worker, sent);
    }
  }
  void flush(Emit&) override {}

 private:
  RouterOptions options_;
};

class SplittingRouter final : public Router {
 public:
  SplittingRouter(const RouterOptions& options, std::unique_ptr<Splitter> splitter)
      : options_(options), splitter_(std::move(splitter)) {}

  void route(const Batch& batch, Emit& emit) override {
    if (batch.count() == 0) {
      return;
    }
    if (options_.workers == 1) {
      emit.emit(0, on_channel(batch, options_));
      return;
    }
    EAGRE_CHECK(batch.header().generation == options_.generation,
                "a batch of generation {} was sent on channel {} of generation {}",
                batch.header().generation, options_.channel, options_.generation);
    if (!open_ || batch.time() != header_.time || batch.header().interval != header_.interval) {
      flush(emit);
      header_ = batch.header();
      header_.channel = options_.channel;
      open_ = true;
    }
    splitter_->split(batch, header_, options_.target_bytes, emit);
  }

  void flush(Emit& emit) override {
    if (open_) {
      splitter_->flush(header_, emit);
    }
    open_ = false;
  }

 private:
  RouterOptions options_;
  std::unique_ptr<Splitter> splitter_;
  // What the open batches are sent under.
  Header header_;
  bool open_ = false;
};

}  // namespace

std::unique_ptr<Router> make_forwarding_router(const RouterOptions& options, std::uint32_t target) {
  return std::make_unique<ForwardingRouter>(options, target);
}

std::unique_ptr<Router> make_broadcast_router(const RouterOptions& options) {
  return std::make_unique<BroadcastRouter>(options);
}

std::unique_ptr<Router> make_splitting_router(const RouterOptions& options,
                                              std::unique_ptr<Splitter> splitter) {
  return std::make_unique<SplittingRouter>(options, std::move(splitter));
}

}  // namespace eagre::data
