// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "HostArray.h"
#include "llvm/ADT/APFloat.h"
#include <cstring>

using namespace mlir;
using namespace mlir::norm;

namespace {

template <typename T>
T load(const void *element) {
  T value;
  std::memcpy(&value, element, sizeof(T));
  return value;
}

template <typename T>
void store(void *element, T value) {
  std::memcpy(element, &value, sizeof(T));
}

/// Of a float that C++ has no type for.
const llvm::fltSemantics &getSemantics(ElementKind kind) {
  switch (kind) {
  case ElementKind::F16:
    return llvm::APFloat::IEEEhalf();
  case ElementKind::BF16:
    return llvm::APFloat::BFloat();
  case ElementKind::F8E4M3FN:
    return llvm::APFloat::Float8E4M3FN();
  default:
    return llvm::APFloat::Float8E5M2();
  }
}

} // namespace

std::optional<ElementKind> norm::getElementKind(Type type) {
  if (type.isF64())
    return ElementKind::F64;
  if (type.isF32())
    return ElementKind::F32;
  if (type.isF16())
    return ElementKind::F16;
  if (type.isBF16())
    return ElementKind::BF16;
  if (isa<Float8E4M3FNType>(type))
    return ElementKind::F8E4M3FN;
  if (isa<Float8E5M2Type>(type))
    return ElementKind::F8E5M2;
  if (type.isIndex())
    return ElementKind::Index;
  if (!type.isSignlessInteger())
    return std::nullopt;
  switch (type.getIntOrFloatBitWidth()) {
  case 1:
    return ElementKind::I1;
  case 8:
    return ElementKind::I8;
  case 16:
    return ElementKind::I16;
  case 32:
    return ElementKind::I32;
  case 64:
    return ElementKind::I64;
  default:
    return std::nullopt;
  }
}

StringRef norm::getName(ElementKind kind) {
  constexpr llvm::StringLiteral names[] = {
      "f64", "f32", "f16", "bf16", "f8E4M3FN", "f8E5M2",
      "i1",  "i8",  "i16", "i32",  "i64",      "index"};
  return names[unsigned(kind)];
}

unsigned norm::getSize(ElementKind kind) {
  constexpr unsigned sizes[] = {8, 4, 2, 2, 1, 1, 1, 1, 2, 4, 8, 8};
  return sizes[unsigned(kind)];
}

bool norm::isFloat(ElementKind kind) { return kind <= ElementKind::F8E5M2; }

double norm::loadElement(ElementKind kind, const void *element) {
  switch (kind) {
  case ElementKind::F64:
    return load<double>(element);
  case ElementKind::F32:
    return load<float>(element);
  case ElementKind::F16:
  case ElementKind::BF16:
    return llvm::APFloat(getSemantics(kind),
                         llvm::APInt(16, load<uint16_t>(element)))
        .convertToDouble();
  case ElementKind::F8E4M3FN:
  case ElementKind::F8E5M2:
    return llvm::APFloat(getSemantics(kind),
                         llvm::APInt(8, load<uint8_t>(element)))
        .convertToDouble();
  case ElementKind::I1:
    return load<uint8_t>(element) & 1;
  case ElementKind::I8:
    return load<int8_t>(element);
  case ElementKind::I16:
    return load<int16_t>(element);
  case ElementKind::I32:
    return load<int32_t>(element);
  case ElementKind::I64:
  case ElementKind::Index:
    return double(load<int64_t>(element));
  }
  llvm_unreachable("not an element kind");
}

void norm::storeElement(ElementKind kind, void *element, double value) {
  switch (kind) {
  case ElementKind::F64:
    return store(element, value);
  case ElementKind::F32:
    return store(element, float(value));
  case ElementKind::F16:
  case ElementKind::BF16:
  case ElementKind::F8E4M3FN:
  case ElementKind::F8E5M2: {
    llvm::APFloat rounded(value);
    bool losesInfo;
    rounded.convert(getSemantics(kind), llvm::APFloat::rmNearestTiesToEven,
                    &losesInfo);
    uint64_t bits = rounded.bitcastToAPInt().getZExtValue();
    if (getSize(kind) == 1)
      return store(element, uint8_t(bits));
    return store(element, uint16_t(bits));
  }
  case ElementKind::I1:
  case ElementKind::I8:
    return store(element, int8_t(value));
  case ElementKind::I16:
    return store(element, int16_t(value));
  case ElementKind::I32:
    return store(element, int32_t(value));
  case ElementKind::I64:
  case ElementKind::Index:
    return store(element, int64_t(value));
  }
}
