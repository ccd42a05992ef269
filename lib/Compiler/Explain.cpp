// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Explain.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "norm/Analysis/RowCost.h"
#include "norm/Dialect/Norm/Transforms/Passes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace mlir::norm;

/// `FILE:LINE:COLUMN`, as far as known.
static std::string describe(Location loc) {
  auto place = loc->findInstanceOf<FileLineColLoc>();
  if (!place)
    return "an unknown place";
  return (llvm::sys::path::filename(place.getFilename()) + ":" +
          Twine(place.getLine()) + ":" + Twine(place.getColumn()))
      .str();
}

//===----------------------------------------------------------------------===//
// Remarks
//===----------------------------------------------------------------------===//

/// A part of a remark as it continues a line.
static std::string
describeArgument(const remark::detail::Remark::Arg &argument) {
  return llvm::StringSwitch<std::string>(argument.key)
      .Case("Reason", ": " + argument.val)
      .Case("Tier", argument.val.empty() ? "" : ", tier " + argument.val)
      .Case("Operations", "")
      .Case("BytesBefore", ", " + argument.val + " bytes before")
      .Case("BytesAfter", ", " + argument.val + " after")
      .Default(argument.val);
}

class Explanation::Streamer : public remark::detail::MLIRRemarkStreamerBase {
public:
  explicit Streamer(Explanation &explanation) : explanation(explanation) {}

  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    StringRef what = llvm::StringSwitch<StringRef>(remark.getRemarkName())
                         .Case("NormRaised", "found")
                         .Case("NormNotRaised", "not found")
                         .Case("NormFused", "fused")
                         .Case("NormNotFused", "not fused")
                         .Default("");
    if (what.empty())
      return;
    std::string line =
        (what + " at " + describe(remark.getLocation()) + ": ").str();
    for (const auto &argument : remark.getArgs())
      line += describeArgument(argument);
    explanation.add(remark.getFunction(), std::move(line));
  }

private:
  Explanation &explanation;
};

//===----------------------------------------------------------------------===//
// Schedules
//===----------------------------------------------------------------------===//

/// The sizes of the iteration space, as in a type, and which are rows'.
static std::string describeSpace(GenericOp op) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleave(
      op.getStaticLoopRanges(), os,
      [&](int64_t size) {
        if (ShapedType::isDynamic(size))
          os << '?';
        else
          os << size;
      },
      "x");
  os << " elements, ";
  if (op.getNormalizedDims().empty())
    return text + "no rows";
  os << "rows along ";
  llvm::interleaveComma(op.getNormalizedDims(), os);
  return text;
}

static std::string describeCost(const RowCost &cost) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (cost.numBytes)
    os << *cost.numBytes << " bytes in and out, ";
  os << cost.bytesPerElement << " bytes and about " << cost.operationsPerElement
     << " vector operations an element: bound by "
     << (cost.isBoundByMemory() ? "memory" : "arithmetic")
     << " where rows come from memory";
  return text;
}

static std::string describeKernel(GenericOp op) {
  RowProgram program(op);
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "kernel at " << describe(op.getLoc()) << ": " << describeSpace(op)
     << ", " << program.getNumPhases()
     << (program.getNumPhases() == 1 ? " sweep" : " sweeps") << "\n";
  os << "    " << describeCost(RowCost(program)) << "\n";
  os << "    " << op.getScheduleAttr();
  return text;
}

class Explanation::Instrumentation : public PassInstrumentation {
public:
  explicit Instrumentation(Explanation &explanation)
      : explanation(explanation) {}

  void runAfterPass(Pass *pass, Operation *root) override {
    if (pass->getArgument() == "norm-schedule")
      root->walk([&](GenericOp op) { add(op, describeKernel(op)); });
    if (pass->getArgument() == "norm-parallel-loops-to-gpu")
      root->walk([&](gpu::LaunchOp op) {
        bool isSequential = matchPattern(op.getBlockSizeX(), m_One());
        add(op,
            "plain kernel at " + describe(op.getLoc()) +
                (isSequential ? ": one thread" : ": one thread an element"));
      });
  }

private:
  void add(Operation *op, std::string line) {
    auto function = op->getParentOfType<FunctionOpInterface>();
    explanation.add(function.getName(), std::move(line));
  }

  Explanation &explanation;
};

//===----------------------------------------------------------------------===//
// All of it
//===----------------------------------------------------------------------===//

Explanation::~Explanation() { context->setRemarkEngine(nullptr); }

LogicalResult Explanation::listen(PassManager &pm) {
  pm.addInstrumentation(std::make_unique<Instrumentation>(*this));
  remark::RemarkCategories categories;
  categories.passed = "norm-.*";
  categories.missed = "norm-.*";
  return remark::enableOptimizationRemarks(
      *context, std::make_unique<Streamer>(*this),
      std::make_unique<remark::RemarkEmittingPolicyAll>(), categories);
}

void Explanation::write(llvm::raw_ostream &os) const {
  for (const auto &[function, lines] : functions) {
    os << "@" << function << "\n";
    for (StringRef line : lines)
      os << "  " << line << "\n";
  }
}
