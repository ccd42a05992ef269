// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Index variables and their digits: how the indices of a dim that is split or
// merged by a reshape relate to those before.

#include "norm/Analysis/IndexSpace.h"
#include "mlir/IR/Value.h"

using namespace mlir;
using namespace mlir::norm;

static bool isDynamic(int64_t size) { return ShapedType::isDynamic(size); }

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

AffineExpr IndexSpace::newIndex(DimSize size) {
  sizes.push_back(size);
  return getIndex(sizes.size() - 1);
}

AffineExpr IndexSpace::freeIndex(int64_t dim, DimSize size) {
  if (static_cast<int64_t>(freeIndices.size()) <= dim)
    freeIndices.resize(dim + 1);
  for (AffineExpr known : freeIndices[dim])
    if (getSize(cast<AffineDimExpr>(known).getPosition()) == size)
      return known;
  freeIndices[dim].push_back(newIndex(size));
  return freeIndices[dim].back();
}

//===----------------------------------------------------------------------===//
// Digits
//===----------------------------------------------------------------------===//

/// The digits of a sum, with the factors that they have in it.
bool IndexSpace::collectTerms(
    AffineExpr expr, int64_t stride,
    SmallVectorImpl<std::pair<int64_t, IndexDigit>> &terms) const {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return constant.getValue() == 0;
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    unsigned variable = dim.getPosition();
    terms.push_back({stride, {variable, 1, sizes[variable].constant}});
    return true;
  }
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return false;
  if (expr.getKind() == AffineExprKind::Add)
    return collectTerms(binary.getLHS(), stride, terms) &&
           collectTerms(binary.getRHS(), stride, terms);
  auto factor = dyn_cast<AffineConstantExpr>(binary.getRHS());
  unsigned first = terms.size();
  if (!factor || !collectTerms(binary.getLHS(), stride, terms))
    return false;
  if (expr.getKind() == AffineExprKind::Mul) {
    for (auto &term : MutableArrayRef(terms).drop_front(first))
      term.first *= factor.getValue();
    return true;
  }
  if (terms.size() != first + 1)
    return false;
  IndexDigit &digit = terms.back().second;
  if (expr.getKind() == AffineExprKind::FloorDiv) {
    digit.divisor *= factor.getValue();
    if (!isDynamic(digit.size))
      digit.size /= factor.getValue();
    return true;
  }
  digit.size = factor.getValue();
  return expr.getKind() == AffineExprKind::Mod;
}

std::optional<IndexDigits> IndexSpace::getDigits(AffineExpr coord) const {
  SmallVector<std::pair<int64_t, IndexDigit>> terms;
  if (!collectTerms(coord, /*stride=*/1, terms))
    return std::nullopt;
  llvm::sort(terms, [](auto &a, auto &b) { return a.first > b.first; });
  IndexDigits digits;
  for (auto &term : terms)
    digits.push_back(term.second);
  // Each stands right above those below it.
  int64_t expected = 1;
  for (auto &[stride, digit] : llvm::reverse(terms)) {
    if (stride != expected)
      return std::nullopt;
    expected = isDynamic(digit.size) ? 0 : expected * digit.size;
  }
  return digits;
}

AffineExpr IndexSpace::compose(IndexDigits digits) const {
  AffineExpr coord = getAffineConstantExpr(0, context);
  int64_t stride = 1;
  while (!digits.empty()) {
    IndexDigit digit = digits.pop_back_val();
    // What continues in the same variable is one digit.
    while (!digits.empty() && digits.back().variable == digit.variable &&
           !isDynamic(digit.size) &&
           digits.back().divisor == digit.divisor * digit.size) {
      IndexDigit above = digits.pop_back_val();
      digit.size = isDynamic(above.size) ? above.size : digit.size * above.size;
    }
    if (digit.size == 1)
      continue;
    AffineExpr expr =
        getIndex(digit.variable).floorDiv(static_cast<uint64_t>(digit.divisor));
    int64_t total = sizes[digit.variable].constant;
    if (!isDynamic(digit.size) &&
        (isDynamic(total) || digit.divisor * digit.size != total))
      expr = expr % digit.size;
    coord = coord + expr * stride;
    if (isDynamic(digit.size))
      return digits.empty() ? coord : AffineExpr();
    stride *= digit.size;
  }
  return coord;
}

bool IndexSpace::takeLow(IndexDigits &digits, int64_t size,
                         IndexDigits &taken) const {
  taken.clear();
  if (llvm::any_of(digits, [](auto &digit) { return digit.size == 0; }))
    return false;
  while (size > 1) {
    if (digits.empty())
      return false;
    IndexDigit &digit = digits.back();
    if (!isDynamic(digit.size) && size % digit.size == 0) {
      size /= digit.size;
      taken.insert(taken.begin(), digit);
      digits.pop_back();
      continue;
    }
    if (!isDynamic(digit.size) && digit.size % size != 0)
      return false;
    taken.insert(taken.begin(), {digit.variable, digit.divisor, size});
    digit.divisor *= size;
    if (!isDynamic(digit.size))
      digit.size /= size;
    size = 1;
  }
  return true;
}

bool IndexSpace::takeHigh(IndexDigits &digits, int64_t size,
                          IndexDigits &taken) const {
  taken.clear();
  if (llvm::any_of(digits, [](auto &digit) { return digit.size == 0; }))
    return false;
  while (size > 1) {
    if (digits.empty() || isDynamic(digits.front().size))
      return false;
    IndexDigit &digit = digits.front();
    if (size % digit.size == 0) {
      size /= digit.size;
      taken.push_back(digit);
      digits.erase(digits.begin());
      continue;
    }
    if (digit.size % size != 0)
      return false;
    int64_t below = digit.size / size;
    taken.push_back({digit.variable, digit.divisor * below, size});
    digit.size = below;
    size = 1;
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Reshapes
//===----------------------------------------------------------------------===//

/// The product of the digits' sizes, or dynamic.
static int64_t getProduct(const IndexDigits &digits) {
  int64_t product = 1;
  for (const IndexDigit &digit : digits) {
    if (isDynamic(digit.size))
      return digit.size;
    product *= digit.size;
  }
  return product;
}

std::optional<SmallVector<AffineExpr>>
IndexSpace::reshape(ArrayRef<AffineExpr> coords, ArrayRef<int64_t> from,
                    ArrayRef<int64_t> to) const {
  if (llvm::count_if(to, isDynamic) > 1 ||
      llvm::count_if(from, isDynamic) > 1 || llvm::is_contained(from, 0) ||
      llvm::is_contained(to, 0))
    return std::nullopt;
  IndexDigits digits;
  for (auto [coord, size] : llvm::zip_equal(coords, from)) {
    std::optional<IndexDigits> ofDim = getDigits(coord);
    if (!ofDim ||
        (isDynamic(size) ? ofDim->empty() : getProduct(*ofDim) != size))
      return std::nullopt;
    llvm::append_range(digits, *ofDim);
  }
  SmallVector<AffineExpr> result(to.size());
  const auto *dynamic = llvm::find_if(to, isDynamic);
  IndexDigits taken;
  int64_t dim = to.size();
  while (dim > 0 && !isDynamic(to[dim - 1])) {
    --dim;
    if (!takeLow(digits, to[dim], taken) || !(result[dim] = compose(taken)))
      return std::nullopt;
  }
  if (dynamic == to.end()) {
    if (!digits.empty())
      return std::nullopt;
    return result;
  }
  for (int64_t first = 0; first < dim - 1; ++first)
    if (!takeHigh(digits, to[first], taken) ||
        !(result[first] = compose(taken)))
      return std::nullopt;
  result[dim - 1] = compose(digits);
  if (!result[dim - 1] || digits.empty())
    return std::nullopt;
  return result;
}

std::optional<SmallVector<AffineExpr>> IndexSpace::reassociate(
    ArrayRef<AffineExpr> coords, ArrayRef<int64_t> from, ArrayRef<int64_t> to,
    ArrayRef<SmallVector<int64_t, 2>> groups, bool isFromWide) const {
  SmallVector<AffineExpr> moved(to.size(), getAffineConstantExpr(0, context));
  for (size_t dim = 0; dim < groups.size(); ++dim) {
    int64_t first = groups[dim].front(), size = groups[dim].size();
    auto part = [&](auto array, bool isWide) {
      return isWide ? array.slice(first, size) : array.slice(dim, 1);
    };
    std::optional<SmallVector<AffineExpr>> ofGroup =
        reshape(part(coords, isFromWide), part(from, isFromWide),
                part(to, !isFromWide));
    if (!ofGroup)
      return std::nullopt;
    llvm::copy(*ofGroup, moved.begin() + (isFromWide ? dim : first));
  }
  return moved;
}

//===----------------------------------------------------------------------===//
// Coverage
//===----------------------------------------------------------------------===//

bool IndexSpace::cover(ArrayRef<AffineExpr> coords,
                       ArrayRef<unsigned> variables) const {
  IndexDigits digits;
  for (AffineExpr coord : coords) {
    std::optional<IndexDigits> ofCoord =
        coord ? getDigits(coord) : std::nullopt;
    if (!ofCoord)
      return false;
    llvm::append_range(digits, *ofCoord);
  }
  for (unsigned variable : variables) {
    // From the lowest up, each continues where the one before ends.
    int64_t next = 1, total = sizes[variable].constant;
    while (next != total) {
      auto *digit = llvm::find_if(digits, [&](const IndexDigit &candidate) {
        return candidate.variable == variable && candidate.divisor == next;
      });
      if (digit == digits.end())
        return false;
      next = isDynamic(digit->size) ? total : next * digit->size;
      digits.erase(digit);
    }
  }
  return digits.empty();
}

bool IndexSpace::areDisjoint(ArrayRef<AffineExpr> coords) const {
  IndexDigits seen;
  for (AffineExpr coord : coords) {
    std::optional<IndexDigits> digits = coord ? getDigits(coord) : std::nullopt;
    if (!digits)
      return false;
    for (const IndexDigit &digit : *digits) {
      for (const IndexDigit &other : seen) {
        if (digit.variable != other.variable)
          continue;
        bool isBelow = !isDynamic(digit.size) &&
                       digit.divisor * digit.size <= other.divisor;
        bool isAbove = !isDynamic(other.size) &&
                       other.divisor * other.size <= digit.divisor;
        if (!isBelow && !isAbove)
          return false;
      }
      seen.push_back(digit);
    }
  }
  return true;
}

//===----------------------------------------------------------------------===//
// IndexBinding
//===----------------------------------------------------------------------===//

/// The product of a digit's size with those of all below it.
static int64_t getEnd(const IndexDigit &digit) {
  return isDynamic(digit.size)
             ? std::numeric_limits<int64_t>::max()
             : digit.divisor * std::max<int64_t>(digit.size, 1);
}

bool IndexBinding::isBound(unsigned variable) const {
  return llvm::any_of(
      parts, [&](const Part &part) { return part.digit.variable == variable; });
}

bool IndexBinding::bind(const IndexSpace &space, IndexDigit digit,
                        const IndexDigits &image) {
  for (Part &part : parts) {
    const IndexDigit known = part.digit;
    if (known.variable != digit.variable || getEnd(known) <= digit.divisor ||
        getEnd(digit) <= known.divisor)
      continue;
    if (known.divisor == digit.divisor && known.size == digit.size) {
      AffineExpr same = space.compose(image);
      return same && space.compose(part.image) == same;
    }
    // One reaches further down, or up: cut both there, and compare again.
    bool cutsKnown =
        known.divisor < digit.divisor || getEnd(digit) < getEnd(known);
    IndexDigit whole = cutsKnown ? known : digit;
    IndexDigits high = cutsKnown ? part.image : image, low;
    int64_t cut =
        cutsKnown
            ? (known.divisor < digit.divisor ? digit.divisor : getEnd(digit))
            : (digit.divisor < known.divisor ? known.divisor : getEnd(known));
    if (cut % whole.divisor != 0)
      return false;
    IndexDigit below = {whole.variable, whole.divisor, cut / whole.divisor};
    IndexDigit above = {whole.variable, cut, whole.size};
    if (!isDynamic(whole.size)) {
      if (whole.size % below.size != 0)
        return false;
      above.size /= below.size;
    }
    if (!space.takeLow(high, below.size, low))
      return false;
    if (!cutsKnown)
      return bind(space, below, low) && bind(space, above, high);
    part = {below, low};
    parts.push_back({above, high});
    return bind(space, digit, image);
  }
  parts.push_back({digit, image});
  return true;
}

std::optional<IndexDigits> IndexBinding::find(const IndexSpace &space,
                                              IndexDigit digit) const {
  IndexDigits image;
  int64_t end = getEnd(digit);
  for (int64_t next = digit.divisor; next < end;) {
    const Part *part = llvm::find_if(parts, [&](const Part &candidate) {
      return candidate.digit.variable == digit.variable &&
             candidate.digit.divisor <= next && next < getEnd(candidate.digit);
    });
    if (part == parts.end() || next % part->digit.divisor != 0)
      return std::nullopt;
    int64_t partEnd = getEnd(part->digit);
    IndexDigits taken = part->image, skipped;
    if (!space.takeLow(taken, next / part->digit.divisor, skipped))
      return std::nullopt;
    if (end < partEnd) {
      IndexDigits rest = taken;
      if (end % next != 0 || !space.takeLow(rest, end / next, taken))
        return std::nullopt;
    }
    image.insert(image.begin(), taken.begin(), taken.end());
    next = std::min(end, partEnd);
  }
  return image;
}

AffineExpr IndexBinding::lookup(const IndexSpace &space,
                                unsigned variable) const {
  std::optional<IndexDigits> image =
      find(space, {variable, 1, space.getSize(variable).constant});
  return image ? space.compose(*image) : AffineExpr();
}

AffineExpr IndexBinding::apply(const IndexSpace &space,
                               AffineExpr coord) const {
  std::optional<IndexDigits> digits = space.getDigits(coord);
  if (!digits)
    return coord;
  IndexDigits image;
  for (IndexDigit digit : *digits) {
    std::optional<IndexDigits> ofDigit =
        isBound(digit.variable) ? find(space, digit) : IndexDigits({digit});
    if (!ofDigit)
      return {};
    llvm::append_range(image, *ofDigit);
  }
  return space.compose(image);
}

IndexBinding IndexBinding::without(ArrayRef<unsigned> variables) const {
  IndexBinding result;
  for (const Part &part : parts)
    if (!llvm::is_contained(variables, part.digit.variable))
      result.parts.push_back(part);
  return result;
}

IndexBinding IndexBinding::only(ArrayRef<unsigned> variables) const {
  IndexBinding result;
  for (const Part &part : parts)
    if (llvm::is_contained(variables, part.digit.variable))
      result.parts.push_back(part);
  return result;
}

bool IndexBinding::mentions(ArrayRef<unsigned> variables) const {
  return llvm::any_of(parts, [&](const Part &part) {
    return llvm::any_of(part.image, [&](const IndexDigit &digit) {
      return llvm::is_contained(variables, digit.variable);
    });
  });
}
