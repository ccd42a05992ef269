// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "HostArray.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <cstring>
#ifdef __linux__
#include <sys/mman.h>
#endif

using namespace mlir;
using namespace mlir::norm;

namespace {

/// Vectors of 64 bytes never cross a cache line.
constexpr size_t alignment = 64;

/// Zeroed memory; large blocks on large pages where the system has them, so
/// that address translation does not blur what a benchmark measures.
char *allocateBytes(size_t numBytes) {
  constexpr size_t largePage = size_t(2) << 20;
  bool isLarge = numBytes >= 2 * largePage;
  size_t unit = isLarge ? largePage : alignment;
  size_t rounded = llvm::alignTo(std::max<size_t>(numBytes, 1), unit);
  void *memory = std::aligned_alloc(unit, rounded);
  if (!memory)
    return nullptr;
#ifdef MADV_HUGEPAGE
  if (isLarge)
    madvise(memory, rounded, MADV_HUGEPAGE);
#endif
  std::memset(memory, 0, rounded);
  return static_cast<char *>(memory);
}

std::string formatType(ArrayRef<int64_t> shape, ElementKind kind) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  for (int64_t size : shape) {
    if (ShapedType::isDynamic(size))
      stream << "?x";
    else
      stream << size << "x";
  }
  stream << getName(kind);
  return text;
}

/// Row-major strides, but for those that are given.
SmallVector<int64_t> resolveStrides(const ValueSpec &spec,
                                    ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  int64_t next = 1;
  for (int64_t dim = int64_t(shape.size()) - 1; dim >= 0; --dim) {
    bool isGiven = spec.strides && !ShapedType::isDynamic((*spec.strides)[dim]);
    strides[dim] = isGiven ? (*spec.strides)[dim] : next;
    next = strides[dim] * std::max<int64_t>(shape[dim], 1);
  }
  return strides;
}

/// Whether no two elements share memory: sorted by stride, each dim steps over
/// all that the smaller ones span.
bool isInjective(ArrayRef<int64_t> shape, ArrayRef<int64_t> strides) {
  SmallVector<std::pair<int64_t, int64_t>> dims;
  for (auto [size, stride] : llvm::zip_equal(shape, strides))
    if (size > 1)
      dims.push_back({stride, size});
  llvm::sort(dims);
  int64_t span = 0;
  for (auto [stride, size] : dims) {
    if (stride <= span)
      return false;
    span += stride * (size - 1);
  }
  return true;
}

} // namespace

bool ValueSpec::hasDynamicSizes() const {
  return llvm::any_of(shape, ShapedType::isDynamic);
}

std::string ValueSpec::str() const { return formatType(shape, kind); }

llvm::Expected<ValueSpec> ValueSpec::get(Type type) {
  std::string name;
  llvm::raw_string_ostream(name) << type;
  auto unsupported = [&](const Twine &why) {
    return llvm::createStringError("type " + name +
                                   " is not supported: " + why);
  };
  ValueSpec spec;
  auto shaped = dyn_cast<ShapedType>(type);
  if (isa<VectorType>(type) || (shaped && !shaped.hasRank()))
    return unsupported("scalars, ranked tensors and ranked memrefs are");
  Type element = shaped ? shaped.getElementType() : type;
  std::optional<ElementKind> kind = norm::getElementKind(element);
  if (!kind)
    return unsupported(
        "elements are f64, f32, f16, bf16, f8E4M3FN, f8E5M2, i1, i8, i16, i32, "
        "i64 or index");
  spec.kind = *kind;
  spec.isScalar = !shaped;
  if (!shaped)
    return spec;
  llvm::append_range(spec.shape, shaped.getShape());
  if (auto tensor = dyn_cast<RankedTensorType>(type))
    return tensor.getEncoding() ? unsupported("it has an encoding")
                                : llvm::Expected<ValueSpec>(spec);
  auto memref = cast<MemRefType>(type);
  if (memref.getMemorySpace())
    return unsupported("it has a memory space");
  if (memref.getLayout().isIdentity())
    return spec;
  spec.strides.emplace();
  if (failed(memref.getStridesAndOffset(*spec.strides, spec.offset)))
    return unsupported("its layout is not strided");
  if (ShapedType::isDynamic(spec.offset))
    spec.offset = 0;
  for (int64_t stride : *spec.strides)
    if (stride < 0 && !ShapedType::isDynamic(stride))
      return unsupported("it has a negative stride");
  return spec;
}

llvm::Expected<HostArray> HostArray::allocate(const ValueSpec &spec,
                                              ArrayRef<int64_t> shape) {
  HostArray array;
  array.kind = spec.kind;
  array.scalar = spec.isScalar;
  array.shape.assign(shape.begin(), shape.end());
  int64_t numElements = 1, numBytes;
  bool overflows = false;
  for (int64_t size : shape)
    overflows |= llvm::MulOverflow(numElements, size, numElements);
  if (overflows)
    return llvm::createStringError("the sizes of " +
                                   formatType(shape, spec.kind) + " overflow");
  array.strides = resolveStrides(spec, shape);
  array.offset = spec.offset;
  if (!isInjective(shape, array.strides))
    return llvm::createStringError("elements overlap in memory");
  array.numStored = numElements == 0 ? 0 : 1;
  for (auto [size, stride] : llvm::zip_equal(shape, array.strides)) {
    int64_t span;
    if (numElements != 0)
      overflows |= llvm::MulOverflow(size - 1, stride, span) ||
                   llvm::AddOverflow(array.numStored, span, array.numStored);
  }
  overflows |=
      llvm::AddOverflow(array.numStored, array.offset, array.numStored) ||
      llvm::MulOverflow(array.numStored, int64_t(getSize(spec.kind)),
                        numBytes) ||
      numBytes > INT64_MAX - int64_t(alignment);
  if (!overflows)
    array.storage.reset(allocateBytes(numBytes));
  if (!array.storage)
    return llvm::createStringError("cannot allocate " +
                                   formatType(shape, spec.kind));
  return array;
}

HostArray HostArray::fromNpy(NpyArray file) {
  ValueSpec spec;
  switch (file.type) {
  case NpyType::Bool:
    spec.kind = ElementKind::I1;
    break;
  case NpyType::Int8:
  case NpyType::UInt8:
    spec.kind = ElementKind::I8;
    break;
  case NpyType::Int16:
    spec.kind = ElementKind::I16;
    break;
  case NpyType::Int32:
    spec.kind = ElementKind::I32;
    break;
  case NpyType::Int64:
    spec.kind = ElementKind::I64;
    break;
  case NpyType::Float16:
    spec.kind = ElementKind::F16;
    break;
  case NpyType::Float32:
    spec.kind = ElementKind::F32;
    break;
  case NpyType::Float64:
    spec.kind = ElementKind::F64;
    break;
  }
  // As many bytes as the file held a moment ago.
  HostArray array = llvm::cantFail(allocate(spec, file.shape));
  std::memcpy(array.storage.get(), file.data.data(), file.data.size());
  return array;
}

NpyArray HostArray::toNpy() const {
  NpyArray file;
  switch (kind) {
  case ElementKind::I1:
    file.type = NpyType::Bool;
    break;
  case ElementKind::I8:
    file.type = NpyType::Int8;
    break;
  case ElementKind::I16:
    file.type = NpyType::Int16;
    break;
  case ElementKind::I32:
    file.type = NpyType::Int32;
    break;
  case ElementKind::I64:
  case ElementKind::Index:
    file.type = NpyType::Int64;
    break;
  case ElementKind::F64:
    file.type = NpyType::Float64;
    break;
  case ElementKind::F32:
  case ElementKind::F16:
  case ElementKind::BF16:
  case ElementKind::F8E4M3FN:
  case ElementKind::F8E5M2:
    file.type = NpyType::Float32;
    break;
  }
  file.shape = shape;
  size_t size = getNpyTypeSize(file.type);
  file.data.resize(getNumElements() * size);
  forEach([&](int64_t number, char *element) {
    char *target = file.data.data() + number * size;
    if (norm::isFloat(kind))
      storeElement(file.type == NpyType::Float64 ? ElementKind::F64
                                                 : ElementKind::F32,
                   target, loadElement(kind, element));
    else
      std::memcpy(target, element, size);
  });
  return file;
}

llvm::Expected<HostArray> HostArray::convert(const ValueSpec &spec) const {
  llvm::Expected<HostArray> result = allocate(spec, shape);
  if (!result)
    return result;
  SmallVector<char *, 0> targets(getNumElements());
  result->forEach(
      [&](int64_t number, char *element) { targets[number] = element; });
  forEach([&](int64_t number, char *element) {
    if (norm::isFloat(kind))
      storeElement(spec.kind, targets[number], loadElement(kind, element));
    else
      std::memcpy(targets[number], element, getSize(kind));
  });
  return result;
}

llvm::Expected<HostArray> HostArray::promote() const {
  ValueSpec spec;
  spec.kind = norm::isFloat(kind) ? ElementKind::F64 : kind;
  spec.isScalar = scalar;
  spec.strides = strides;
  spec.offset = offset;
  return convert(spec);
}

void HostArray::forEach(
    llvm::function_ref<void(int64_t, char *)> callback) const {
  int64_t numElements = getNumElements(), size = getSize(kind);
  SmallVector<int64_t> index(shape.size(), 0);
  char *element = storage.get() + offset * size;
  for (int64_t number = 0; number < numElements; ++number) {
    callback(number, element);
    for (int64_t dim = int64_t(shape.size()) - 1; dim >= 0; --dim) {
      element += strides[dim] * size;
      if (++index[dim] < shape[dim])
        break;
      element -= index[dim] * strides[dim] * size;
      index[dim] = 0;
    }
  }
}

double HostArray::get(int64_t number) const {
  int64_t position = offset;
  for (int64_t dim = int64_t(shape.size()) - 1; dim >= 0; --dim) {
    position += number % shape[dim] * strides[dim];
    number /= shape[dim];
  }
  return loadElement(kind, storage.get() + position * getSize(kind));
}

int64_t HostArray::getNumElements() const {
  return llvm::product_of(shape, int64_t(1));
}

std::string HostArray::getTypeName() const { return formatType(shape, kind); }

SmallVector<int64_t> HostArray::makeDescriptor(const void *memory) const {
  auto address = reinterpret_cast<intptr_t>(memory);
  SmallVector<int64_t> words = {address, address, offset};
  llvm::append_range(words, shape);
  llvm::append_range(words, strides);
  return words;
}

void *HostArray::getPacked() {
  if (scalar)
    return storage.get();
  descriptor = makeDescriptor(storage.get());
  return descriptor.data();
}

SmallVector<int64_t> HostArray::makeDescriptor(unsigned rank) {
  return SmallVector<int64_t>(3 + 2 * rank, 0);
}

llvm::Expected<HostArray> HostArray::fromDescriptor(const ValueSpec &spec,
                                                    ArrayRef<int64_t> words) {
  unsigned rank = spec.shape.size();
  ValueSpec dense = spec;
  dense.strides.reset();
  dense.offset = 0;
  llvm::Expected<HostArray> result = allocate(dense, words.slice(3, rank));
  if (!result)
    return result;
  HostArray view;
  view.kind = spec.kind;
  view.shape = result->shape;
  view.strides.assign(words.begin() + 3 + rank, words.end());
  view.offset = words[2];
  view.storage.reset(reinterpret_cast<char *>(words[1]));
  unsigned size = getSize(spec.kind);
  char *target = result->storage.get();
  view.forEach([&](int64_t number, char *element) {
    std::memcpy(target + number * size, element, size);
  });
  // The memory is the descriptor's, not the view's.
  (void)view.storage.release();
  return result;
}
