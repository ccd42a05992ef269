// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// Arguments and results of a compiled function, in this process's memory.

#ifndef NORM_RUN_HOSTARRAY_H
#define NORM_RUN_HOSTARRAY_H

#include "mlir/IR/BuiltinTypes.h"
#include "norm/Compiler/Npy.h"
#include "llvm/Support/Error.h"

namespace mlir::norm {

enum class ElementKind {
  F64,
  F32,
  F16,
  BF16,
  F8E4M3FN,
  F8E5M2,
  I1,
  I8,
  I16,
  I32,
  I64,
  Index
};

std::optional<ElementKind> getElementKind(Type type);
StringRef getName(ElementKind kind);
/// Bytes per element.
unsigned getSize(ElementKind kind);
bool isFloat(ElementKind kind);

/// An element as a double; exact but for large 64-bit integers.
double loadElement(ElementKind kind, const void *element);
/// Rounds to nearest, ties to even.
void storeElement(ElementKind kind, void *element, double value);

/// What a function's type says about an argument or a result.
struct ValueSpec {
  ElementKind kind = ElementKind::F32;
  bool isScalar = false;
  /// Negative sizes are dynamic.
  SmallVector<int64_t> shape;
  /// For memrefs with a strided layout; negative ones are dynamic.
  std::optional<SmallVector<int64_t>> strides;
  int64_t offset = 0;

  bool hasDynamicSizes() const;
  /// As in the type: `?x768xf32`.
  std::string str() const;

  static llvm::Expected<ValueSpec> get(Type type);
};

/// A scalar, or an array that a descriptor can describe.
class HostArray {
public:
  /// Allocates zeros. `shape` has the spec's static sizes.
  static llvm::Expected<HostArray> allocate(const ValueSpec &spec,
                                            ArrayRef<int64_t> shape);
  /// Dense and of the file's own type. Unsigned bytes are taken as i8.
  static HostArray fromNpy(NpyArray array);
  /// 16-bit floats become f32.
  NpyArray toNpy() const;

  /// A dense or strided copy with elements of another kind.
  llvm::Expected<HostArray> convert(const ValueSpec &spec) const;
  /// A copy with floats as f64, which keeps the layout.
  llvm::Expected<HostArray> promote() const;

  /// Calls with the row-major number of each element and its address.
  void forEach(llvm::function_ref<void(int64_t, char *)> callback) const;
  double get(int64_t rowMajorNumber) const;

  ElementKind getKind() const { return kind; }
  bool isScalar() const { return scalar; }
  ArrayRef<int64_t> getShape() const { return shape; }
  int64_t getNumElements() const;
  int64_t getNumBytes() const { return getNumElements() * getSize(kind); }
  std::string getTypeName() const;

  /// What the packed call's pointer for this value points to.
  void *getPacked();
  /// The memory of all elements, and what lies between them.
  char *getStorage() const { return storage.get(); }
  size_t getNumStoredBytes() const { return numStored * getSize(kind); }
  /// A descriptor of an equal array at `memory`.
  SmallVector<int64_t> makeDescriptor(const void *memory) const;
  /// A descriptor of this rank that the call fills in.
  static SmallVector<int64_t> makeDescriptor(unsigned rank);
  /// The dense copy of what a filled descriptor describes.
  static llvm::Expected<HostArray> fromDescriptor(const ValueSpec &spec,
                                                  ArrayRef<int64_t> words);

private:
  int64_t positionOf(int64_t rowMajorNumber) const;

  struct Free {
    void operator()(char *memory) const { ::free(memory); }
  };
  ElementKind kind = ElementKind::F32;
  bool scalar = false;
  SmallVector<int64_t> shape, strides;
  int64_t offset = 0;
  int64_t numStored = 0;
  std::unique_ptr<char, Free> storage;
  SmallVector<int64_t> descriptor;
};

} // namespace mlir::norm

#endif // NORM_RUN_HOSTARRAY_H
