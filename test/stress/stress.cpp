// stress.cpp - eight threads that use all that a checkpoint has to carry, and
// check all the time that nothing of it is lost, doubled or torn.
//
//   stress ROUNDS SEED recursive|plain    (the mutexes of the accounts)
//
// Each thread does ROUNDS rounds of work that depend on SEED and on nothing
// else: transfers between accounts under two mutexes each, a walk through the
// stages of a pipeline under a condition variable, patterned blocks that are
// allocated, given to other threads and freed, sums in vector registers,
// records in a file of its own. The sum of all results is printed at the end; a
// run that was restored a hundred times prints the same as one that was not.
#include <immintrin.h>

#include <array>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "behave.h"

namespace {

constexpr int kThreads = 8;
constexpr int kAccounts = 16;
constexpr long kStart = 1000;

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 2654435769u + 1) {}
  uint32_t operator()() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<uint32_t>(state_ >> 33);
  }

 private:
  uint64_t state_;
};

class Lock {
 public:
  explicit Lock(pthread_mutex_t* mutex) : mutex_(mutex) {
    CHECK(pthread_mutex_lock(mutex_) == 0);
  }
  ~Lock() { CHECK(pthread_mutex_unlock(mutex_) == 0); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  pthread_mutex_t* mutex_;
};

// Money is neither made nor lost. Every mutex is locked in order of address.
class Bank {
 public:
  // The owner of a recursive mutex is a thread id.
  explicit Bank(bool recursive) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, recursive ? PTHREAD_MUTEX_RECURSIVE
                                                     : PTHREAD_MUTEX_NORMAL);
    for (Account& a : accounts_) {
      pthread_mutex_init(&a.mutex, &attributes);
      a.balance = kStart;
    }
  }
  void Transfer(unsigned from, unsigned to, long amount) {
    if (from == to) return;
    Account& a = accounts_[from < to ? from : to];
    Account& b = accounts_[from < to ? to : from];
    const Lock first(&a.mutex), second(&b.mutex);
    CHECK(a.balance == a.copy + kStart && b.balance == b.copy + kStart);
    accounts_[from].balance -= amount;
    accounts_[to].balance += amount;
    accounts_[from].copy -= amount;
    accounts_[to].copy += amount;
  }
  long Total() const {
    long sum = 0;
    for (const Account& a : accounts_) sum += a.balance;
    return sum;
  }
  uint64_t Sum() const {
    uint64_t sum = 0;
    for (const Account& a : accounts_) {
      sum = sum * 31 + static_cast<uint64_t>(a.balance);
    }
    return sum;
  }

 private:
  struct Account {
    pthread_mutex_t mutex;
    long balance = 0, copy = 0;
  };
  std::array<Account, kAccounts> accounts_;
};

// The threads of a pair take turns, by one condition variable.
class Turns {
 public:
  void Take(int side, long round) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return turn_ == side; });
    CHECK(rounds_[side] == round);
    ++rounds_[side];
    turn_ = 1 - side;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int turn_ = 0;
  long rounds_[2] = {};
};

// Blocks on their way to another thread. Their first word is their size, the
// others follow from it.
class Exchange {
 public:
  void Give(std::vector<uint32_t> block) {
    const std::scoped_lock lock(mutex_);
    blocks_.push_back(std::move(block));
  }
  void TakeAndCheck() {
    std::vector<uint32_t> block;
    {
      const std::scoped_lock lock(mutex_);
      if (blocks_.size() < 32) return;
      block = std::move(blocks_.front());
      blocks_.pop_front();
    }
    for (size_t i = 1; i < block.size(); ++i) {
      CHECK(block[i] == (block[0] ^ static_cast<uint32_t>(i)));
    }
  }

 private:
  std::mutex mutex_;
  std::deque<std::vector<uint32_t>> blocks_;
};

// A file of numbered records, written in order and read behind.
class Records {
 public:
  explicit Records(int number) {
    const std::string name = "records." + std::to_string(number);
    out_ = open(name.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    in_ = open(name.c_str(), O_RDONLY);
    CHECK(out_ >= 0 && in_ >= 0);
  }
  void Step(uint64_t value) {
    CHECK(write(out_, &value, sizeof(value)) == sizeof(value));
    written_ = written_ * 31 + value;
    if (++count_ % 3 == 0) return;
    Read();
  }
  uint64_t Finish() {
    while (Read()) continue;
    CHECK(written_ == read_);
    return read_;
  }

 private:
  bool Read() {
    uint64_t value;
    const ssize_t n = read(in_, &value, sizeof(value));
    if (n == 0) return false;
    CHECK(n == sizeof(value));
    read_ = read_ * 31 + value;
    return true;
  }
  int out_, in_;
  long count_ = 0;
  uint64_t written_ = 0, read_ = 0;
};

// Sums that live in vector registers only, however long they take.
[[gnu::target("avx2"), gnu::noinline]] uint64_t WideSum(uint32_t seed) {
  __m256i v[8];
  for (int i = 0; i < 8; ++i) v[i] = _mm256_set1_epi32(static_cast<int>(seed));
  for (int n = 0; n < 500; ++n) {
    for (int i = 0; i < 8; ++i) {
      v[i] = _mm256_add_epi32(_mm256_slli_epi32(v[i], 1),
                              _mm256_set1_epi32(n ^ i));
      asm volatile("" : "+x"(v[i]));
    }
  }
  uint64_t sum = 0;
  for (const __m256i& x : v) {
    std::array<uint32_t, 8> lanes;
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes.data()), x);
    for (const uint32_t lane : lanes) {
      CHECK(lane == lanes[0]);
      sum = sum * 31 + lane;
    }
  }
  return sum;
}

[[gnu::noinline]] uint64_t NarrowSum(uint32_t seed) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < 8; ++i) {
    uint32_t x = seed;
    for (uint32_t n = 0; n < 500; ++n) x = (x << 1) + (n ^ i);
    for (int lane = 0; lane < 8; ++lane) sum = sum * 31 + x;
  }
  return sum;
}

struct World {
  explicit World(bool recursive) : bank(recursive) {}
  Bank bank;
  std::array<Turns, kThreads / 2> turns;
  std::array<Exchange, kThreads> exchanges;
  std::array<uint64_t, kThreads> results;
};

thread_local uint64_t t_sum;

void Work(World* world, int number, long rounds, uint64_t seed) {
  Random random(seed * 100 + static_cast<uint64_t>(number));
  Records records(number);
  const bool wide = __builtin_cpu_supports("avx2");
  for (long round = 0; round < rounds; ++round) {
    const uint32_t value = random();
    for (int i = 0; i < 20; ++i) {
      const unsigned from = random() % kAccounts, to = random() % kAccounts;
      world->bank.Transfer(from, to, random() % 10);
    }
    std::vector<uint32_t> block(2 + value % 3000);
    block[0] = value;
    for (size_t i = 1; i < block.size(); ++i) {
      block[i] = value ^ static_cast<uint32_t>(i);
    }
    world->exchanges[value % kThreads].Give(std::move(block));
    world->exchanges[static_cast<size_t>(number)].TakeAndCheck();
    const uint64_t sum = NarrowSum(value);
    if (wide) CHECK(WideSum(value) == sum);
    t_sum = t_sum * 31 + sum;
    records.Step(t_sum);
    world->turns[static_cast<size_t>(number / 2)].Take(number % 2, round);
    if (round % 64 == 63) usleep(1000);
  }
  world->results[static_cast<size_t>(number)] = t_sum ^ records.Finish();
}

}  // namespace

int main(int argc, char** argv) {
  CHECK(argc == 4);
  const long rounds = atol(argv[1]);
  const uint64_t seed = strtoull(argv[2], nullptr, 10);
  const auto world = std::make_unique<World>(strcmp(argv[3], "plain") != 0);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back(Work, world.get(), i, rounds, seed);
  }
  Ready();
  for (std::thread& thread : threads) thread.join();
  CHECK(world->bank.Total() == kStart * kAccounts);
  uint64_t sum = world->bank.Sum();
  for (const uint64_t result : world->results) sum = sum * 31 + result;
  char line[64];
  snprintf(line, sizeof(line), "sum %016lx\n", sum);
  Say(line);
  return Done();
}
