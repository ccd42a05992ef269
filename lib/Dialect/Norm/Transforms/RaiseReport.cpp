// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm-raise: what was found and what was not, for a person who debugs a
// frontend.

#include "Raise.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::raise;
using Kind = ElementExpr::Kind;

static std::string getFunctionName(Operation *op) {
  auto function = op->getParentOfType<FunctionOpInterface>();
  return function ? function.getName().str() : "";
}

void Report::addHit(Operation *norm) {
  auto tier = norm->getAttrOfType<StringAttr>(tierAttrName);
  hits.push_back({norm->getLoc(), getFunctionName(norm),
                  norm->getName().getStringRef().str(),
                  tier ? tier.getValue().str() : ""});
}

void Report::addMiss(Operation *anchor, const Miss &miss) {
  // What a split body repeats is said once.
  for (const Outcome &known : misses)
    if (known.location == anchor->getLoc() && known.text == miss.reason)
      return;
  misses.push_back({anchor->getLoc(), getFunctionName(anchor),
                    anchor->getName().getStringRef().str(), miss.reason});
}

void Report::emitRemarks(bool asDiagnostics) const {
  auto options = [](StringRef name, const Outcome &outcome) {
    return remark::RemarkOpts::name(name)
        .category("norm-raise")
        .function(outcome.function);
  };
  for (const Outcome &hit : hits)
    remark::passed(hit.location, options("NormRaised", hit))
        << hit.operation << remark::metric("Tier", hit.text);
  for (const Outcome &miss : misses) {
    remark::missed(miss.location, options("NormNotRaised", miss))
        << miss.operation << remark::reason("{0}", miss.text);
    if (asDiagnostics)
      emitRemark(miss.location, "not raised: ") << miss.text;
  }
}

static void writeOutcome(llvm::json::OStream &json, const Outcome &outcome,
                         StringRef textName) {
  std::string location;
  llvm::raw_string_ostream(location) << LocationAttr(outcome.location);
  json.object([&] {
    json.attribute("operation", outcome.operation);
    json.attribute(textName, outcome.text);
    json.attribute("function", outcome.function);
    if (auto file = outcome.location->findInstanceOf<FileLineColLoc>()) {
      json.attribute("file", file.getFilename().getValue());
      json.attribute("line", file.getLine());
      json.attribute("column", file.getColumn());
    }
    json.attribute("location", location);
  });
}

LogicalResult Report::write(StringRef path, std::string &error) const {
  std::unique_ptr<llvm::ToolOutputFile> file = openOutputFile(path, &error);
  if (!file)
    return failure();
  llvm::json::OStream json(file->os(), /*IndentSize=*/2);
  json.object([&] {
    json.attributeArray("hits", [&] {
      for (const Outcome &hit : hits)
        writeOutcome(json, hit, "tier");
    });
    json.attributeArray("misses", [&] {
      for (const Outcome &miss : misses)
        writeOutcome(json, miss, "reason");
    });
  });
  file->os() << '\n';
  file->keep();
  return success();
}

//===----------------------------------------------------------------------===//
// Sums of squares without a root
//===----------------------------------------------------------------------===//

/// Whether a root is taken of what is computed from a value, a few operations
/// further on: then that root has its own hit or miss.
static bool reachesRoot(Value value) {
  constexpr unsigned maxValues = 24;
  SmallVector<Value> reached = {value};
  for (unsigned next = 0; next < reached.size() && next < maxValues; ++next)
    for (Operation *user : reached[next].getUsers()) {
      if (auto linalgOp = user->getParentOfType<linalg::LinalgOp>())
        user = linalgOp;
      bool hasRoot = user->walk([](Operation *inner) {
                           return mayBeRoot(inner) ? WalkResult::interrupt()
                                                   : WalkResult::advance();
                         })
                         .wasInterrupted();
      if (hasRoot)
        return true;
      for (Value dependent : user->getResults())
        if (!llvm::is_contained(reached, dependent))
          reached.push_back(dependent);
    }
  return false;
}

void Report::addSumOfSquares(Operation *op) {
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  if (linalgOp ? !linalgOp.hasPureTensorSemantics() ||
                     linalgOp.getNumReductionLoops() == 0
               : !isa<tosa::ReduceSumOp>(op))
    return;
  if (parts.contains(op))
    return;
  ElementExprs exprs(op->getContext());
  for (Value result : op->getResults()) {
    if (!isa<RankedTensorType>(result.getType()))
      continue;
    Expr sum = exprs.view(exprs.element(result));
    if (!sum->is(Kind::Sum))
      continue;
    Expr term = exprs.view(stripExtensions(exprs, sum->operands[0]));
    Miss miss;
    miss.because("no root is taken of this sum of squares");
    if (term->is(ExprOp::Mul) && !result.use_empty() &&
        exprs.areEqual(term->operands[0], term->operands[1]) &&
        !reachesRoot(result))
      addMiss(op, miss);
  }
}
