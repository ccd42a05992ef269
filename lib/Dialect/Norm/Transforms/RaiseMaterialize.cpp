// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// norm-raise: expressions as operations, for an input or a parameter that is
// computed within another operation's body.

#include "Raise.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::norm;
using namespace mlir::norm::raise;
using Kind = ElementExpr::Kind;

/// Every node once, operands before what uses them.
static SmallVector<Expr> getNodes(Expr root) {
  llvm::SetVector<Expr> nodes;
  SmallVector<std::pair<Expr, unsigned>> stack = {{root, 0}};
  while (!stack.empty()) {
    auto &[expr, next] = stack.back();
    if (nodes.contains(expr) || next == expr->operands.size()) {
      nodes.insert(expr);
      stack.pop_back();
      continue;
    }
    Expr operand = expr->operands[next++];
    stack.push_back({operand, 0});
  }
  return nodes.takeVector();
}

static bool isComputable(Expr expr) {
  if (!isa<FloatType, IntegerType>(expr->type))
    return false;
  if (expr->op != ExprOp::Other)
    return expr->op != ExprOp::MulInt && expr->op != ExprOp::IntToFloat;
  StringRef dialect = expr->name->getDialectNamespace();
  return dialect == arith::ArithDialect::getDialectNamespace() ||
         dialect == math::MathDialect::getDialectNamespace();
}

/// The tensors that hold an element, with the coordinates at which they do.
static SmallVector<Spelling> getTensors(ElementExprs &exprs, Expr element) {
  SmallVector<Spelling> tensors = {
      {element->value, SmallVector<AffineExpr>(element->coords)}};
  llvm::append_range(tensors, exprs.getSpellings(element));
  llvm::erase_if(tensors, [](const Spelling &spelling) {
    return !isa<RankedTensorType>(spelling.first.getType());
  });
  return tensors;
}

/// Whether each coordinate is a loop's index, or constant.
static bool isAlongLoops(ArrayRef<AffineExpr> coords,
                         ArrayRef<AffineExpr> indices) {
  return llvm::all_of(coords, [&](AffineExpr coord) {
    return isa<AffineConstantExpr>(coord) || llvm::is_contained(indices, coord);
  });
}

/// Whether an element is a scalar, or that of a tensor along the loops.
static bool isUsable(ElementExprs &exprs, Expr element,
                     ArrayRef<AffineExpr> indices, DominanceInfo &dominance,
                     Operation *op) {
  if (!isa<ShapedType>(element->value.getType()))
    return element->coords.empty() &&
           dominance.properlyDominates(element->value, op);
  SmallVector<Spelling> tensors = getTensors(exprs, element);
  return llvm::any_of(tensors, [&](const Spelling &tensor) {
    return isAlongLoops(tensor.second, indices) &&
           dominance.properlyDominates(tensor.first, op);
  });
}

bool raise::canMaterialize(ElementExprs &exprs, Expr expr,
                           ArrayRef<AffineExpr> indices,
                           DominanceInfo &dominance, Operation *op) {
  constexpr unsigned maxNodes = 64;
  SmallVector<Expr> nodes = getNodes(expr);
  if (nodes.size() > maxNodes)
    return false;
  SmallVector<AffineExpr> reached;
  for (Expr node : nodes) {
    bool isComputed = node->is(Kind::Apply) && isComputable(node);
    if (node->is(Kind::Constant) || isComputed)
      continue;
    if (!node->is(Kind::Element) ||
        !isUsable(exprs, node, indices, dominance, op))
      return false;
    for (AffineExpr index : indices)
      if (auto dim = dyn_cast<AffineDimExpr>(index))
        for (AffineExpr coord : node->coords)
          if (coord.isFunctionOfDim(dim.getPosition()))
            reached.push_back(index);
  }
  // Each loop's size is that of a dim of an operand.
  return llvm::all_of(indices, [&](AffineExpr index) {
    return isa<AffineConstantExpr>(index) || llvm::is_contained(reached, index);
  });
}

SmallVector<Value> raise::getLeaves(ElementExprs &exprs, Expr expr) {
  SmallVector<Value> leaves;
  for (Expr node : getNodes(expr)) {
    if (!node->is(Kind::Element))
      continue;
    leaves.push_back(node->value);
    for (const Spelling &tensor : getTensors(exprs, node))
      leaves.push_back(tensor.first);
  }
  return leaves;
}

/// The operation for one node, on operands that are there.
static Value emit(OpBuilder &builder, Location loc, Expr expr,
                  ValueRange operands) {
  Type type = expr->type;
  switch (expr->op) {
  case ExprOp::Add:
    return arith::AddFOp::create(builder, loc, operands[0], operands[1]);
  case ExprOp::Sub:
    return arith::SubFOp::create(builder, loc, operands[0], operands[1]);
  case ExprOp::Mul:
    return arith::MulFOp::create(builder, loc, operands[0], operands[1]);
  case ExprOp::Div:
    return arith::DivFOp::create(builder, loc, operands[0], operands[1]);
  case ExprOp::Neg:
    return arith::NegFOp::create(builder, loc, operands[0]);
  case ExprOp::Max:
    return arith::MaximumFOp::create(builder, loc, operands[0], operands[1]);
  case ExprOp::Sqrt:
    return math::SqrtOp::create(builder, loc, operands[0]);
  case ExprOp::Rsqrt:
    return math::RsqrtOp::create(builder, loc, operands[0]);
  case ExprOp::Ext:
    return arith::ExtFOp::create(builder, loc, type, operands[0]);
  case ExprOp::Trunc:
    return arith::TruncFOp::create(builder, loc, type, operands[0]);
  default:
    break;
  }
  OperationState state(loc, *expr->name, operands, type,
                       expr->attributes.getValue());
  return builder.create(state)->getResult(0);
}

namespace {
/// The tensors that an expression uses, as operands of a linalg operation.
struct TensorLeaves {
  SmallVector<Value> tensors;
  SmallVector<AffineMap> maps;
  SmallVector<Expr> exprs;
};
} // namespace

static TensorLeaves collectTensors(ElementExprs &exprs, ArrayRef<Expr> nodes,
                                   ArrayRef<AffineExpr> indices,
                                   Operation *next) {
  MLIRContext *context = exprs.getContext();
  DominanceInfo dominance;
  TensorLeaves leaves;
  for (Expr node : nodes) {
    if (!node->is(Kind::Element) || !isa<ShapedType>(node->value.getType()))
      continue;
    SmallVector<Spelling> tensors = getTensors(exprs, node);
    const auto *tensor = llvm::find_if(tensors, [&](const Spelling &tensor) {
      return isAlongLoops(tensor.second, indices) &&
             dominance.properlyDominates(tensor.first, next);
    });
    SmallVector<AffineExpr> results;
    for (AffineExpr coord : tensor->second) {
      const auto *loop = llvm::find(indices, coord);
      bool isConstant = isa<AffineConstantExpr>(coord);
      results.push_back(
          isConstant ? coord
                     : getAffineDimExpr(loop - indices.begin(), context));
    }
    leaves.tensors.push_back(tensor->first);
    leaves.maps.push_back(AffineMap::get(indices.size(), 0, results, context));
    leaves.exprs.push_back(node);
  }
  return leaves;
}

Value raise::materialize(OpBuilder &builder, Location loc, ElementExprs &exprs,
                         Expr expr, ArrayRef<AffineExpr> indices) {
  MLIRContext *context = builder.getContext();
  SmallVector<Expr> nodes = getNodes(expr);
  TensorLeaves leaves =
      collectTensors(exprs, nodes, indices, &*builder.getInsertionPoint());
  SmallVector<OpFoldResult> sizes(indices.size(), builder.getIndexAttr(1));
  for (auto [tensor, map] : llvm::zip_equal(leaves.tensors, leaves.maps))
    for (auto [dim, result] : llvm::enumerate(map.getResults()))
      if (auto loop = dyn_cast<AffineDimExpr>(result))
        sizes[loop.getPosition()] =
            tensor::getMixedSize(builder, loc, tensor, dim);
  Value init = tensor::EmptyOp::create(builder, loc, sizes, expr->type);
  SmallVector<AffineMap> maps(leaves.maps);
  maps.push_back(AffineMap::getMultiDimIdentityMap(indices.size(), context));
  SmallVector<utils::IteratorType> iterators(indices.size(),
                                             utils::IteratorType::parallel);
  auto build = [&](OpBuilder &builder, Location loc, ValueRange arguments) {
    llvm::DenseMap<Expr, Value> values;
    for (auto [leaf, argument] : llvm::zip(leaves.exprs, arguments.drop_back()))
      values[leaf] = argument;
    for (Expr node : nodes) {
      if (values.contains(node))
        continue;
      if (node->is(Kind::Constant)) {
        values[node] = arith::ConstantOp::create(builder, loc, node->constant);
      } else if (node->is(Kind::Element)) {
        values[node] = node->value;
      } else {
        SmallVector<Value> operands =
            llvm::map_to_vector(node->operands, [&](Expr operand) {
              return values.lookup(operand);
            });
        values[node] = emit(builder, loc, node, operands);
      }
    }
    linalg::YieldOp::create(builder, loc, values.lookup(expr));
  };
  return linalg::GenericOp::create(builder, loc, init.getType(), leaves.tensors,
                                   init, maps, iterators, build)
      .getResult(0);
}
