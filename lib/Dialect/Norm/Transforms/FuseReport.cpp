// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FuseReport.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::fuse;

//===----------------------------------------------------------------------===//
// Bytes
//===----------------------------------------------------------------------===//

namespace {
/// A sum of tensors' sizes, as long as all are static.
struct ByteCount {
  std::optional<int64_t> bytes = 0;
  void add(Value tensor) {
    auto type = dyn_cast<RankedTensorType>(tensor.getType());
    if (!type || !bytes)
      return;
    if (type.hasStaticShape())
      *bytes += type.getNumElements() * getNumBytes(type.getElementType());
    else
      bytes.reset();
  }
};
} // namespace

static std::string getFunctionName(Operation *op) {
  auto function = op->getParentOfType<FunctionOpInterface>();
  return function ? function.getName().str() : "";
}

Kernel Kernel::get(const Group &group) {
  Operation *first = group.getMembers().front().getOperation();
  SmallVector<Location> locations;
  SmallVector<std::string> names;
  ByteCount before, after;
  for (const Member &member : group.getMembers()) {
    Operation *op = member.getOperation();
    locations.push_back(op->getLoc());
    names.push_back(op->getName().getStringRef().str());
    llvm::SmallSetVector<Value, 4> touched;
    for (const Read &read : member.fusible.getReads())
      if (!getSplat(read.value))
        touched.insert(read.value);
    for (OpResult result : op->getResults())
      if (!result.use_empty())
        touched.insert(result);
    for (Value tensor : touched)
      before.add(tensor);
  }
  llvm::SmallSetVector<Value, 4> touched;
  for (const Access &input : group.getInputs())
    touched.insert(input.tensor);
  for (OpResult output : group.getOutputs())
    touched.insert(output);
  for (Value tensor : touched)
    after.add(tensor);
  return {FusedLoc::get(first->getContext(), locations),
          getFunctionName(first),
          names,
          before.bytes,
          after.bytes,
          group.getNumPhases()};
}

//===----------------------------------------------------------------------===//
// Remarks
//===----------------------------------------------------------------------===//

static void emitFused(const Kernel &kernel, remark::RemarkOpts options) {
  auto remark = remark::passed(kernel.location, std::move(options));
  remark << llvm::join(kernel.operations, ", ")
         << remark::metric("Operations", kernel.operations.size());
  if (kernel.bytesBefore && kernel.bytesAfter)
    remark << remark::metric("BytesBefore", *kernel.bytesBefore)
           << remark::metric("BytesAfter", *kernel.bytesAfter);
}

void Report::emitRemarks(bool asDiagnostics) const {
  auto options = [](StringRef name, StringRef function) {
    return remark::RemarkOpts::name(name)
        .category("norm-fuse")
        .function(function);
  };
  for (const Kernel &kernel : kernels)
    emitFused(kernel, options("NormFused", kernel.function));
  for (const Refusal &refusal : refusals) {
    remark::missed(refusal.location, options("NormNotFused", refusal.function))
        << refusal.operation << remark::reason("{0}", refusal.reason);
    if (asDiagnostics)
      emitRemark(refusal.location, "not fused: ") << refusal.reason;
  }
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

static void writePlace(llvm::json::OStream &json, StringRef function,
                       Location location) {
  json.attribute("function", function);
  if (auto file = location->findInstanceOf<FileLineColLoc>()) {
    json.attribute("file", file.getFilename().getValue());
    json.attribute("line", file.getLine());
    json.attribute("column", file.getColumn());
  }
}

static llvm::json::Value toJSON(std::optional<int64_t> bytes) {
  return bytes ? llvm::json::Value(*bytes) : llvm::json::Value(nullptr);
}

LogicalResult Report::writeJSON(StringRef path, std::string &error) const {
  std::unique_ptr<llvm::ToolOutputFile> file = openOutputFile(path, &error);
  if (!file)
    return failure();
  llvm::json::OStream json(file->os(), /*IndentSize=*/2);
  json.object([&] {
    json.attributeArray("kernels", [&] {
      for (const Kernel &kernel : kernels)
        json.object([&] {
          json.attributeArray("operations", [&] {
            llvm::for_each(kernel.operations,
                           [&](StringRef name) { json.value(name); });
          });
          writePlace(json, kernel.function, kernel.location);
          json.attribute("phases", kernel.numPhases);
          json.attribute("bytes_before", toJSON(kernel.bytesBefore));
          json.attribute("bytes_after", toJSON(kernel.bytesAfter));
        });
    });
    json.attributeArray("refused", [&] {
      for (const Refusal &refusal : refusals)
        json.object([&] {
          json.attribute("operation", refusal.operation);
          json.attribute("reason", refusal.reason);
          writePlace(json, refusal.function, refusal.location);
        });
    });
  });
  file->os() << '\n';
  file->keep();
  return success();
}

/// Where something is, as file and line if that is known.
static std::string getPlace(StringRef function, Location location) {
  auto file = location->findInstanceOf<FileLineColLoc>();
  return file ? llvm::formatv("{0}:{1}", function, file.getLine()).str()
              : function.str();
}

static std::string formatBytes(std::optional<int64_t> bytes) {
  return bytes ? std::to_string(*bytes) : "dynamic";
}

LogicalResult Report::writeTable(StringRef path, std::string &error) const {
  std::unique_ptr<llvm::ToolOutputFile> file = openOutputFile(path, &error);
  if (!file)
    return failure();
  llvm::raw_ostream &os = file->os();
  os << llvm::formatv("{0,-24} {1,10} {2,6} {3,14} {4,14}\n", "kernel",
                      "operations", "phases", "bytes before", "bytes after");
  for (const Kernel &kernel : kernels)
    os << llvm::formatv("{0,-24} {1,10} {2,6} {3,14} {4,14}\n",
                        getPlace(kernel.function, kernel.location),
                        kernel.operations.size(), kernel.numPhases,
                        formatBytes(kernel.bytesBefore),
                        formatBytes(kernel.bytesAfter));
  for (const Refusal &refusal : refusals)
    os << "not fused: " << getPlace(refusal.function, refusal.location) << " "
       << refusal.operation << ": " << refusal.reason << '\n';
  file->keep();
  return success();
}
