// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_RUNTIME_CUDA_SESSION_H
#define NORM_LIB_RUNTIME_CUDA_SESSION_H

#include "Driver.h"

namespace mlir::norm::cuda {

/// The first error of a thread.
struct Error {
  int status = 0;
  std::string text;

  static Error &get();
  /// Ignored if there is one already.
  void set(int newStatus, const std::string &newText);
};

/// What a call of the runtime works with: the driver, and the stream's context,
/// which is the thread's current one as long as this lives. False if the thread
/// has an error, which may be that there is no such thing; what frees memory is
/// done in spite of an earlier error.
class Session {
public:
  explicit Session(void *stream, bool inSpiteOfErrors = false);
  ~Session();
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;

  explicit operator bool() const { return driver; }
  const Driver *operator->() const { return driver; }
  Stream getStream() const { return stream; }
  /// Tells contexts apart, with drivers from CUDA 12.0 on also those that are
  /// gone.
  uint64_t getContextId() const { return contextId; }
  Context getContext() const { return context; }
  Device getDevice() const;
  int getDeviceAttribute(int attribute) const;

  /// Whether a driver's function succeeded; else the thread has an error:
  /// `WHAT: …`.
  bool check(Result result, const std::string &what) const;

private:
  bool findContext();
  bool retainPrimaryContext();

  const Driver *driver = nullptr;
  Stream stream;
  Context context = nullptr;
  uint64_t contextId = 0;
  bool isPushed = false;
};

} // namespace mlir::norm::cuda

#endif // NORM_LIB_RUNTIME_CUDA_SESSION_H
