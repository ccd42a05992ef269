// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/IndexingMapOpInterface.h"
#include "norm/Pipelines/Passes.h"
#include "llvm/Support/FormatVariadic.h"

namespace mlir::norm {
#define GEN_PASS_DEF_NORMCHECKSHAPESPASS
#include "norm/Pipelines/Passes.h.inc"
} // namespace mlir::norm

using namespace mlir;

namespace {

/// A dim of an operand.
struct OperandDim {
  unsigned operand;
  int64_t dim;
};

Value createSize(OpBuilder &b, Location loc, Value shaped, int64_t dim) {
  if (isa<MemRefType>(shaped.getType()))
    return memref::DimOp::create(b, loc, shaped, dim);
  return tensor::DimOp::create(b, loc, shaped, dim);
}

std::string createMessage(Operation *op, const Twine &what) {
  std::string place;
  if (auto file = op->getLoc()->findInstanceOf<FileLineColLoc>())
    place = llvm::formatv("{0}:{1}:{2}: ", file.getFilename().getValue(),
                          file.getLine(), file.getColumn());
  return llvm::formatv("{0}{1}: {2}", place, op->getName(), what.str());
}

void createAssertEqual(OpBuilder &b, Operation *op, Value lhs, Value rhs,
                       const Twine &what) {
  Value isEqual = arith::CmpIOp::create(b, op->getLoc(),
                                        arith::CmpIPredicate::eq, lhs, rhs);
  cf::AssertOp::create(b, op->getLoc(), isEqual, createMessage(op, what));
}

/// Compares with the first of these dims, a static one if there is one, those
/// that could differ from it.
void assertEqual(OpBuilder &b, Operation *op,
                 MutableArrayRef<OperandDim> dims) {
  auto isDynamic = [&](OperandDim dim) {
    return cast<ShapedType>(op->getOperand(dim.operand).getType())
        .isDynamicDim(dim.dim);
  };
  auto *firstStatic = llvm::find_if_not(dims, isDynamic);
  if (firstStatic != dims.end())
    std::swap(dims.front(), *firstStatic);
  OperandDim first = dims.front();
  Value size;
  for (OperandDim other : dims.drop_front()) {
    if (!isDynamic(other))
      continue;
    if (!size)
      size =
          createSize(b, op->getLoc(), op->getOperand(first.operand), first.dim);
    Value otherSize =
        createSize(b, op->getLoc(), op->getOperand(other.operand), other.dim);
    createAssertEqual(
        b, op, size, otherSize,
        llvm::formatv("dim {0} of operand {1} and dim {2} of operand {3} have "
                      "different sizes",
                      first.dim, first.operand, other.dim, other.operand)
            .str());
  }
}

void checkShapes(IndexingMapOpInterface op) {
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  if (maps.empty() || maps.size() != op->getNumOperands())
    return;
  SmallVector<SmallVector<OperandDim>> dimsOfLoop(maps.front().getNumDims());
  for (auto [operand, map] : llvm::enumerate(maps)) {
    if (!isa<ShapedType>(op->getOperand(operand).getType()))
      continue;
    for (auto [dim, expr] : llvm::enumerate(map.getResults()))
      if (auto loop = dyn_cast<AffineDimExpr>(expr))
        dimsOfLoop[loop.getPosition()].push_back(
            {unsigned(operand), int64_t(dim)});
  }
  OpBuilder b(op);
  for (SmallVector<OperandDim> &dims : dimsOfLoop)
    if (dims.size() > 1)
      assertEqual(b, op, dims);
}

/// Asserts that a dim of dynamic size that becomes several has their size.
template <typename ExpandShapeOp>
void checkExpandedSizes(ExpandShapeOp op) {
  OpBuilder b(op);
  Location loc = op.getLoc();
  SmallVector<OpFoldResult> sizes = op.getMixedOutputShape();
  for (auto [dim, group] : llvm::enumerate(op.getReassociationIndices())) {
    if (group.size() < 2 || !op.getSrcType().isDynamicDim(dim))
      continue;
    Value product;
    for (int64_t expanded : group) {
      Value size = getValueOrCreateConstantIndexOp(b, loc, sizes[expanded]);
      product = product ? arith::MulIOp::create(b, loc, product, size) : size;
    }
    createAssertEqual(
        b, op, createSize(b, loc, op.getSrc(), dim), product,
        llvm::formatv("dim {0} does not split into dims of these sizes", dim)
            .str());
  }
}

struct CheckShapes : public norm::impl::NormCheckShapesPassBase<CheckShapes> {
  using NormCheckShapesPassBase::NormCheckShapesPassBase;

  void runOnOperation() override {
    getOperation()->walk([](Operation *op) {
      if (auto mapped = dyn_cast<IndexingMapOpInterface>(op))
        checkShapes(mapped);
      else if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op))
        checkExpandedSizes(expand);
      else if (auto expand = dyn_cast<memref::ExpandShapeOp>(op))
        checkExpandedSizes(expand);
    });
  }
};

} // namespace
