// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Session.h"
#include "norm/Runtime/CUDA.h"
#include <atomic>
#include <climits>
#include <map>
#include <mutex>
#include <vector>

using namespace mlir::norm::cuda;

namespace {

/// Blocks of workgroup memory beyond this must be asked for.
constexpr int64_t plainWorkgroupBytes = 48 << 10;
/// Clusters beyond this too.
constexpr int64_t portableClusterSize = 8;

/// A module or a constant in one context.
using Key = std::pair<uint64_t, uint64_t>;

struct LoadedModule {
  Context context;
  Module module;
  std::map<std::string, Function, std::less<>> functions;
};

struct LoadedConstant {
  Context context;
  Address address;
};

/// What has been loaded, for all threads.
struct Cache {
  std::mutex mutex;
  std::map<Key, LoadedModule> modules;
  std::map<Key, LoadedConstant> constants;

  /// Never destroyed: destructors of other libraries may still launch.
  static Cache &get() {
    static Cache &cache = *new Cache;
    return cache;
  }
};

} // namespace

/// The number of a module or constant, given to it at its first use.
static uint64_t getId(uint64_t &id) {
  static std::atomic<uint64_t> last = 0;
  if (id == 0)
    id = ++last;
  return id;
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

int norm_cuda_status(void) { return Error::get().status; }

const char *norm_cuda_error(void) {
  const Error &error = Error::get();
  return error.status == NORM_CUDA_OK ? nullptr : error.text.c_str();
}

void norm_cuda_clear_error(void) { Error::get() = {}; }

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

/// What the driver's compiler says of PTX, on one line.
static std::string describeLog(const char *log) {
  std::string text;
  for (; *log; ++log)
    text += *log == '\n' ? ' ' : *log;
  text.erase(text.find_last_not_of(' ') + 1);
  return text.empty() ? "" : " (" + text + ")";
}

/// The mutex is held.
static LoadedModule *load(const Session &session, norm_cuda_module &module) {
  Cache &cache = Cache::get();
  Key key = {getId(module.id), session.getContextId()};
  auto found = cache.modules.find(key);
  if (found != cache.modules.end())
    return &found->second;
  std::vector<char> log(4096, '\0');
  int options[] = {jitErrorLogBuffer, jitErrorLogBytes};
  void *values[] = {log.data(), reinterpret_cast<void *>(log.size() - 1)};
  LoadedModule loaded = {session.getContext(), nullptr, {}};
  Result result =
      session->loadModule(&loaded.module, module.image, 2, options, values);
  if (result) {
    int architecture = session.getDeviceAttribute(capabilityMajor) * 10 +
                       session.getDeviceAttribute(capabilityMinor);
    std::string chip = module.chip ? module.chip : "another chip";
    session.check(
        result, "kernels for " + chip + " cannot be loaded on a device of sm_" +
                    std::to_string(architecture) + describeLog(log.data()));
    return nullptr;
  }
  return &cache.modules.emplace(key, loaded).first->second;
}

static Function find(const Session &session, norm_cuda_module &module,
                     const char *kernel) {
  std::lock_guard<std::mutex> lock(Cache::get().mutex);
  LoadedModule *loaded = load(session, module);
  if (!loaded)
    return nullptr;
  auto found = loaded->functions.find(kernel);
  if (found != loaded->functions.end())
    return found->second;
  Function function = nullptr;
  if (!session.check(session->getFunction(&function, loaded->module, kernel),
                     std::string(kernel) + ": the kernel is not in its module"))
    return nullptr;
  loaded->functions.emplace(kernel, function);
  return function;
}

static bool checkGrid(const norm_cuda_grid &grid, const char *kernel) {
  auto fail = [&](const char *what) {
    Error::get().set(NORM_CUDA_BAD_LAUNCH, std::string(kernel) + ": " + what);
    return false;
  };
  // The largest sizes that CUDA has (programming guide, compute capabilities).
  constexpr int64_t mostBlocks[] = {INT_MAX, 65535, 65535};
  constexpr int64_t mostThreads = 1024, mostClustered = 16;
  int64_t numThreads = 1, numClustered = 1;
  for (int i = 0; i < 3; ++i) {
    if (grid.blocks[i] < 0 || grid.blocks[i] > mostBlocks[i])
      return fail("the grid has more blocks than a GPU takes");
    if (grid.threads[i] < 1 || grid.threads[i] > mostThreads ||
        grid.cluster[i] < 0 || grid.cluster[i] > mostClustered)
      return fail("no GPU has blocks or clusters of this size");
    numThreads *= grid.threads[i];
    numClustered *= grid.cluster[i];
  }
  if (numThreads > mostThreads || numClustered > mostClustered)
    return fail("no GPU has blocks or clusters of this size");
  if (grid.dynamic_bytes < 0 || grid.dynamic_bytes > INT_MAX)
    return fail("no GPU has as much workgroup memory");
  return true;
}

static bool isClustered(const norm_cuda_grid &grid) {
  return grid.cluster[0] * grid.cluster[1] * grid.cluster[2] > 0;
}

/// Lets the kernel have more than it gets without being asked for.
static bool prepare(const Session &session, Function function,
                    const norm_cuda_grid &grid, const std::string &name) {
  if (grid.dynamic_bytes > plainWorkgroupBytes &&
      !session.check(session->setFunctionAttribute(function,
                                                   maxDynamicSharedBytes,
                                                   int(grid.dynamic_bytes)),
                     name + ": no room for the workgroup memory"))
    return false;
  return grid.cluster[0] * grid.cluster[1] * grid.cluster[2] <=
             portableClusterSize ||
         session.check(
             session->setFunctionAttribute(function, nonPortableClusterSize, 1),
             name + ": no clusters of this size");
}

void norm_cuda_launch(norm_cuda_module *module, const char *kernel,
                      const norm_cuda_grid *grid, void *const *arguments,
                      void *stream) {
  if (grid->blocks[0] == 0 || grid->blocks[1] == 0 || grid->blocks[2] == 0)
    return;
  Session session(stream);
  if (!session || !checkGrid(*grid, kernel))
    return;
  Function function = find(session, *module, kernel);
  if (!function || !prepare(session, function, *grid, kernel))
    return;
  std::string what = std::string(kernel) + " cannot be launched";
  LaunchConfig config = {};
  for (int i = 0; i < 3; ++i) {
    config.blocks[i] = unsigned(grid->blocks[i]);
    config.threads[i] = unsigned(grid->threads[i]);
  }
  config.dynamicBytes = unsigned(grid->dynamic_bytes);
  config.stream = session.getStream();
  void **values = const_cast<void **>(arguments);
  if (!isClustered(*grid)) {
    const unsigned *blocks = config.blocks, *threads = config.threads;
    session.check(session->launch(function, blocks[0], blocks[1], blocks[2],
                                  threads[0], threads[1], threads[2],
                                  config.dynamicBytes, config.stream, values,
                                  nullptr),
                  what);
    return;
  }
  if (!session->launchEx) {
    Error::get().set(NORM_CUDA_NO_DRIVER,
                     what + ": the CUDA driver is too old for clusters");
    return;
  }
  LaunchAttribute cluster;
  for (int i = 0; i < 3; ++i)
    cluster.value.clusterSize[i] = unsigned(grid->cluster[i]);
  config.attributes = &cluster;
  config.numAttributes = 1;
  session.check(session->launchEx(&config, function, values, nullptr), what);
}

/// Takes out all entries of an id, each with its context current. A context
/// that is gone has freed what it had. The mutex is held.
template <typename Loaded, typename Unload>
static void eraseAll(std::map<Key, Loaded> &entries, uint64_t id,
                     const Driver &driver, Unload unload) {
  auto first = entries.lower_bound({id, 0});
  auto last = entries.upper_bound({id, UINT64_MAX});
  for (auto loaded = first; loaded != last; ++loaded) {
    Context popped;
    if (driver.pushContext(loaded->second.context))
      continue;
    unload(loaded->second);
    driver.popContext(&popped);
  }
  entries.erase(first, last);
}

void norm_cuda_unload(norm_cuda_module *module) {
  std::string problem;
  const Driver *driver = Driver::get(problem);
  Cache &cache = Cache::get();
  std::lock_guard<std::mutex> lock(cache.mutex);
  if (!driver || module->id == 0)
    return;
  eraseAll(cache.modules, module->id, *driver, [&](const LoadedModule &loaded) {
    driver->unloadModule(loaded.module);
  });
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

static std::string describeBytes(int64_t numBytes) {
  return std::to_string(numBytes) + " bytes";
}

static bool hasMemoryPools(const Session &session) {
  return session->allocateAsync && session->freeAsync &&
         session.getDeviceAttribute(memoryPoolsSupported);
}

static Address asAddress(const void *memory) {
  return reinterpret_cast<Address>(memory);
}

void *norm_cuda_allocate(int64_t num_bytes, void *stream) {
  if (num_bytes <= 0) {
    if (num_bytes < 0)
      Error::get().set(NORM_CUDA_BAD_LAUNCH, "the size of memory is negative");
    return nullptr;
  }
  Session session(stream);
  if (!session)
    return nullptr;
  Address address = 0;
  Result result = hasMemoryPools(session)
                      ? session->allocateAsync(&address, size_t(num_bytes),
                                               session.getStream())
                      : session->allocate(&address, size_t(num_bytes));
  if (!session.check(result, "no memory of " + describeBytes(num_bytes)))
    return nullptr;
  return reinterpret_cast<void *>(address);
}

void norm_cuda_free(void *memory, void *stream) {
  if (!memory)
    return;
  Session session(stream, /*inSpiteOfErrors=*/true);
  if (!session)
    return;
  Result result =
      hasMemoryPools(session)
          ? session->freeAsync(asAddress(memory), session.getStream())
          : session->free(asAddress(memory));
  session.check(result, "memory cannot be freed");
}

void norm_cuda_copy(void *to, const void *from, int64_t num_bytes,
                    void *stream) {
  if (num_bytes == 0)
    return;
  Session session(stream);
  if (session)
    session.check(session->copyAsync(asAddress(to), asAddress(from),
                                     size_t(num_bytes), session.getStream()),
                  describeBytes(num_bytes) + " cannot be copied");
}

static void *findConstant(const Key &key) {
  Cache &cache = Cache::get();
  std::lock_guard<std::mutex> lock(cache.mutex);
  auto found = cache.constants.find(key);
  return found == cache.constants.end()
             ? nullptr
             : reinterpret_cast<void *>(found->second.address);
}

/// Keeps a constant that was copied; another thread may have been faster.
static void *keepConstant(const Session &session, const Key &key,
                          Address address) {
  Cache &cache = Cache::get();
  std::lock_guard<std::mutex> lock(cache.mutex);
  LoadedConstant loaded = {session.getContext(), address};
  auto [kept, isNew] = cache.constants.try_emplace(key, loaded);
  if (!isNew)
    session->free(address);
  return reinterpret_cast<void *>(kept->second.address);
}

void *norm_cuda_get_constant(uint64_t *id, const void *data, int64_t num_bytes,
                             void *stream) {
  Session session(stream);
  if (!session || num_bytes == 0)
    return nullptr;
  Key key;
  {
    std::lock_guard<std::mutex> lock(Cache::get().mutex);
    key = {getId(*id), session.getContextId()};
  }
  if (void *known = findConstant(key))
    return known;
  Address address = 0;
  std::string what =
      "a constant of " + describeBytes(num_bytes) + " has no place";
  if (!session.check(session->allocate(&address, size_t(num_bytes)), what))
    return nullptr;
  // Other streams may use the constant next.
  bool isThere =
      session.check(session->copyAsync(address, asAddress(data),
                                       size_t(num_bytes), session.getStream()),
                    what) &&
      session.check(session->synchronize(session.getStream()), what);
  if (isThere)
    return keepConstant(session, key, address);
  session->free(address);
  return nullptr;
}

void norm_cuda_free_constant(uint64_t *id) {
  std::string problem;
  const Driver *driver = Driver::get(problem);
  Cache &cache = Cache::get();
  std::lock_guard<std::mutex> lock(cache.mutex);
  if (driver && *id != 0)
    eraseAll(cache.constants, *id, *driver, [&](const LoadedConstant &loaded) {
      driver->free(loaded.address);
    });
}

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

void norm_cuda_synchronize(void *stream) {
  Session session(stream);
  if (session)
    session.check(session->synchronize(session.getStream()),
                  "the stream's work failed");
}

int norm_cuda_get_architecture(void *stream) {
  Session session(stream);
  if (!session)
    return 0;
  return session.getDeviceAttribute(capabilityMajor) * 10 +
         session.getDeviceAttribute(capabilityMinor);
}
