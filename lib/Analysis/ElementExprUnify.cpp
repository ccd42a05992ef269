// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Comparing expressions: structurally, looking into tensors as far as needed.

#include "norm/Analysis/ElementExpr.h"

using namespace mlir;
using namespace mlir::norm;

static Expr stripExtensions(Expr expr) {
  while (expr->is(ExprOp::Ext))
    expr = expr->operands[0];
  return expr;
}

struct ElementExprs::Unifier {
  ElementExprs &exprs;
  SmallVector<unsigned> bindable;
  IndexBinding &binding;
  // Bounds the work where two different but deep expressions are compared.
  unsigned fuel = 128;

  bool unifyIndex(AffineExpr pattern, AffineExpr target);
  bool unifyCoords(ArrayRef<AffineExpr> pattern, ArrayRef<AffineExpr> target);
  bool unifyOperands(Expr pattern, Expr target);
  bool unifySums(Expr pattern, Expr target);
  bool unify(Expr pattern, Expr target);
};

bool ElementExprs::Unifier::unifyIndex(AffineExpr pattern, AffineExpr target) {
  auto dim = dyn_cast<AffineDimExpr>(pattern);
  if (!dim || !llvm::is_contained(bindable, dim.getPosition())) {
    AffineExpr replaced = pattern;
    for (auto [variable, value] : binding)
      replaced = replaced.replace(exprs.getIndex(variable), value);
    return replaced == target;
  }
  for (auto [variable, value] : binding)
    if (variable == dim.getPosition())
      return value == target;
  binding.push_back({dim.getPosition(), target});
  return true;
}

bool ElementExprs::Unifier::unifyCoords(ArrayRef<AffineExpr> pattern,
                                        ArrayRef<AffineExpr> target) {
  if (pattern.size() != target.size())
    return false;
  for (auto [p, t] : llvm::zip_equal(pattern, target))
    if (!unifyIndex(p, t))
      return false;
  return true;
}

bool ElementExprs::Unifier::unifyOperands(Expr pattern, Expr target) {
  IndexBinding before = binding;
  if (llvm::all_of_zip(pattern->operands, target->operands,
                       [&](Expr p, Expr t) { return unify(p, t); }))
    return true;
  binding = before;
  bool commutes = pattern->is(ExprOp::Add) || pattern->is(ExprOp::Mul) ||
                  pattern->is(ExprOp::Max) || pattern->is(ExprOp::MulInt);
  if (commutes && unify(pattern->operands[0], target->operands[1]) &&
      unify(pattern->operands[1], target->operands[0]))
    return true;
  binding = before;
  return false;
}

bool ElementExprs::Unifier::unifySums(Expr pattern, Expr target) {
  if (pattern->variables.size() != target->variables.size())
    return false;
  // The variables of the pattern's sum are free to be named otherwise within
  // it, whatever they are bound to outside.
  IndexBinding inner;
  for (auto &entry : binding)
    if (!llvm::is_contained(pattern->variables, entry.first))
      inner.push_back(entry);
  SmallVector<unsigned> innerBindable(bindable);
  llvm::append_range(innerBindable, pattern->variables);
  Unifier body{exprs, innerBindable, inner, fuel};
  bool equal = body.unify(pattern->operands[0], target->operands[0]);
  fuel = body.fuel;
  if (!equal)
    return false;
  SmallVector<AffineExpr> images;
  for (auto [variable, value] : inner) {
    if (llvm::is_contained(pattern->variables, variable))
      images.push_back(value);
    else if (llvm::none_of(binding, [&, v = variable](auto &entry) {
               return entry.first == v;
             }))
      binding.push_back({variable, value});
  }
  return images.size() == target->variables.size() &&
         llvm::all_of(target->variables, [&](unsigned variable) {
           return llvm::is_contained(images, exprs.getIndex(variable));
         });
}

bool ElementExprs::Unifier::unify(Expr pattern, Expr target) {
  pattern = stripExtensions(pattern);
  target = stripExtensions(target);
  if (pattern == target && bindable.empty())
    return true;
  using Kind = ElementExpr::Kind;
  if (pattern->is(Kind::Element) && target->is(Kind::Element) &&
      pattern->value == target->value) {
    IndexBinding before = binding;
    if (unifyCoords(pattern->coords, target->coords))
      return true;
    binding = before;
    return false;
  }
  if (!fuel)
    return false;
  --fuel;
  Expr p = stripExtensions(exprs.view(pattern));
  Expr t = stripExtensions(exprs.view(target));
  if (p != pattern || t != target)
    return unify(p, t);
  if (p->kind != t->kind || p->type != t->type)
    return false;
  switch (p->kind) {
  case Kind::Constant:
  case Kind::Size:
    return p == t;
  case Kind::Element:
    return false;
  case Kind::Index:
    return unifyCoords(p->coords, t->coords);
  case Kind::Sum:
    return unifySums(p, t);
  case Kind::Apply:
    return p->op == t->op && p->name == t->name &&
           p->attributes == t->attributes &&
           p->operands.size() == t->operands.size() && unifyOperands(p, t);
  }
  return false;
}

bool ElementExprs::unify(Expr pattern, Expr target, ArrayRef<unsigned> bindable,
                         IndexBinding &binding) {
  IndexBinding extended = binding;
  Unifier unifier{*this, SmallVector<unsigned>(bindable), extended};
  if (!unifier.unify(pattern, target))
    return false;
  // Two variables that stand for the same index would be a diagonal.
  for (unsigned i = 0; i < extended.size(); ++i)
    for (unsigned j = 0; j < i; ++j)
      if (extended[i].second == extended[j].second &&
          isa<AffineDimExpr>(extended[i].second))
        return false;
  binding = extended;
  return true;
}

bool ElementExprs::areEqual(Expr a, Expr b) {
  IndexBinding none;
  return a == b || unify(a, b, {}, none);
}
