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

  bool unifyDigit(IndexDigit pattern, const IndexDigits &target);
  bool unifyIndex(AffineExpr pattern, AffineExpr target);
  bool unifyCoords(ArrayRef<AffineExpr> pattern, ArrayRef<AffineExpr> target);
  bool unifyOperands(Expr pattern, Expr target);
  bool unifySums(Expr pattern, Expr target);
  bool unify(Expr pattern, Expr target);
};

bool ElementExprs::Unifier::unifyDigit(IndexDigit pattern,
                                       const IndexDigits &target) {
  if (binding.isBound(pattern.variable) ||
      llvm::is_contained(bindable, pattern.variable))
    return !target.empty() && binding.bind(exprs.space, pattern, target);
  AffineExpr same = exprs.space.compose(target);
  return same && same == exprs.space.compose({pattern});
}

bool ElementExprs::Unifier::unifyIndex(AffineExpr pattern, AffineExpr target) {
  std::optional<IndexDigits> digits = exprs.space.getDigits(pattern);
  std::optional<IndexDigits> rest = exprs.space.getDigits(target);
  if (!digits || !rest)
    return pattern == target;
  // From the least significant up; the last takes what is left.
  for (; digits->size() > 1; digits->pop_back()) {
    IndexDigits taken;
    if (ShapedType::isDynamic(digits->back().size) ||
        !exprs.space.takeLow(*rest, digits->back().size, taken) ||
        !unifyDigit(digits->back(), taken))
      return false;
  }
  return digits->empty() ? rest->empty() : unifyDigit(digits->front(), *rest);
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
  // The variables of the pattern's sum are free to be named otherwise within
  // it, whatever they are bound to outside.
  IndexBinding inner = binding.without(pattern->variables);
  SmallVector<unsigned> innerBindable(bindable);
  llvm::append_range(innerBindable, pattern->variables);
  Unifier body{exprs, innerBindable, inner, fuel};
  bool equal = body.unify(pattern->operands[0], target->operands[0]);
  fuel = body.fuel;
  if (!equal)
    return false;
  // They run over what the target's run over, however that is split up, and
  // nothing outside of the sum does.
  SmallVector<AffineExpr> images =
      llvm::map_to_vector(pattern->variables, [&](unsigned variable) {
        return inner.lookup(exprs.space, variable);
      });
  IndexBinding outer = inner.without(pattern->variables);
  if (!exprs.space.cover(images, target->variables) ||
      outer.mentions(target->variables))
    return false;
  outer.append(binding.only(pattern->variables));
  binding = outer;
  return true;
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
  binding = extended;
  return true;
}

bool ElementExprs::areEqual(Expr a, Expr b) {
  IndexBinding none;
  return a == b || unify(a, b, {}, none);
}
