#include "tests/progress/exchange_model.h"

#include <algorithm>

namespace eagre::progress {

void add(Counts& counts, const Pointstamp& p, std::int64_t diff) {
  if ((counts[p] += diff) == 0) {
    counts.erase(p);
  }
}

std::string to_string(const Counts& counts) {
  std::string text;
  for (const auto& [p, count] : counts) {
    text += (text.empty() ? "" : ", ") + to_string(Change{p.at, p.time, count});
  }
  return "[" + text + "]";
}

Counts to_counts(const std::vector<Change>& changes) {
  Counts counts;
  for (const Change& change : changes) {
    add(counts, {change.at, change.time}, change.diff);
  }
  return counts;
}

std::vector<Pointstamp> positive(const Counts& counts) {
  std::vector<Pointstamp> result;
  for (const auto& [p, count] : counts) {
    if (count > 0) {
      result.push_back(p);
    }
  }
  return result;
}

ExchangeModel::ExchangeModel(const Topology& topology, std::size_t instances, std::size_t readers)
    : reachability_(topology),
      caps_(instances),
      temp_(instances),
      fifo_(instances, std::vector<std::deque<Counts>>(readers)),
      heard_(readers, std::vector<bool>(instances, false)),
      glob_(readers) {}

void ExchangeModel::initially_hold(std::size_t w, const Pointstamp& p) {
  add(caps_[w], p, +1);
  add(temp_[w], p, +1);
}

void ExchangeModel::hold(std::size_t w, const Pointstamp& p, const Pointstamp* message,
                         bool allowed) {
  const bool supported =
      (message != nullptr && in_flight_.contains(*message) && at_or_before(*message, p)) ||
      std::any_of(caps_[w].begin(), caps_[w].end(),
                  [&](const auto& cap) { return at_or_before(cap.first, p); });
  if (allowed && !supported) {
    throw std::logic_error("a pointstamp is held out of nothing");
  }
  initially_hold(w, p);
}

void ExchangeModel::release(std::size_t w, const Pointstamp& p) {
  if (!caps_[w].contains(p)) {
    throw std::logic_error("a pointstamp is released that is not held");
  }
  add(caps_[w], p, -1);
  add(temp_[w], p, -1);
}

void ExchangeModel::send(std::size_t w, const Pointstamp& target, std::int64_t count) {
  if (std::none_of(caps_[w].begin(), caps_[w].end(),
                   [&](const auto& cap) { return before(cap.first, target); })) {
    throw std::logic_error("a message is sent without a capability");
  }
  add(in_flight_, target, count);
  add(temp_[w], target, count);
}

void ExchangeModel::consume(std::size_t w, const Pointstamp& target, std::int64_t count) {
  if (!in_flight_.contains(target)) {
    throw std::logic_error("a message is consumed that is not there");
  }
  add(in_flight_, target, -count);
  add(temp_[w], target, -count);
}

void ExchangeModel::flush(std::size_t w, const Counts& changes) {
  for (const auto& [p, diff] : changes) {
    add(temp_[w], p, -diff);
  }
  for (std::deque<Counts>& fifo : fifo_[w]) {
    fifo.push_back(changes);
  }
}

bool ExchangeModel::justified(std::size_t w) const {
  const Counts& temp = temp_[w];
  const Counts& caps = caps_[w];
  return std::all_of(temp.begin(), temp.end(), [&](const auto& withheld) {
    const auto& [p, diff] = withheld;
    if (diff <= 0) {
      return true;
    }
    for (const auto& [q, other] : temp) {
      if (other < 0 && before(q, p)) {
        return true;
      }
    }
    for (const auto& [q, held] : caps) {
      if (before(q, p)) {
        return true;
      }
    }
    const auto here = caps.find(p);
    return here != caps.end() && diff < here->second;
  });
}

void ExchangeModel::apply(std::size_t r, std::size_t w) {
  for (const auto& [p, diff] : fifo_[w][r].front()) {
    add(glob_[r], p, diff);
  }
  fifo_[w][r].pop_front();
  heard_[r][w] = true;
}

Counts ExchangeModel::rec() const {
  Counts all = in_flight_;
  for (const Counts& caps : caps_) {
    for (const auto& [p, count] : caps) {
      add(all, p, count);
    }
  }
  return all;
}

bool ExchangeModel::initialised(std::size_t r) const {
  return std::all_of(heard_[r].begin(), heard_[r].end(), [](bool heard) { return heard; });
}

}  // namespace eagre::progress
