"""Row programs (norm.generic) as test cases: softmax, the backward pass of layer norm, scales per block of a row, the layer
norm of a sum, a quantized one."""

import numpy as np

from normtest import (ROUNDOFF, SMALLEST, Array, decode, encode, inverse_root, mean_square, moments,
                      require_close)

INTERFACE = "attributes {llvm.emit_c_interface}"


def memref(sizes, element_type):
    return "memref<" + "".join(("?" if size is None else str(size)) + "x" for size in sizes) + element_type + ">"


def wide(element_type):
    return "f64" if element_type == "f64" else "f32"


def extend(name, element_type):
    """A line that makes %name_w of %name in the compute type, and the name to use."""
    if element_type == wide(element_type):
        return "", f"%{name}"
    return f"    %{name}_w = arith.extf %{name} : {element_type} to f32\n", f"%{name}_w"


def truncate(name, element_type):
    if element_type == wide(element_type):
        return "", f"%{name}"
    return f"    %{name}_t = arith.truncf %{name} : f32 to {element_type}\n", f"%{name}_t"


class Softmax:
    """Over the last dim of two."""

    def __init__(self, name, element_type="f32", sizes=(None, None)):
        self.name, self.type, self.sizes = name, element_type, sizes

    def mlir(self):
        shaped, t = memref(self.sizes, self.type), wide(self.type)
        into, x = extend("x", self.type)
        out, y = truncate("q", self.type)
        return f"""
func.func @{self.name}(%in: {shaped}, %out: {shaped}) {INTERFACE} {{
  norm.generic {{indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}}
      ins(%in : {shaped}) outs(%out : {shaped}) {{
  ^bb0(%x: {self.type}):
{into}    %max = norm.reduce <maximumf> {x} : {t}
    %d = arith.subf {x}, %max : {t}
    %e = math.exp %d : {t}
    %sum = norm.reduce <add> %e : {t}
    %q = arith.divf %e, %sum : {t}
{out}    norm.yield {y} : {self.type}
  }}
  return
}}
"""

    def check(self, library, sizes, random):
        x = Array(self.type, sizes, values=random.normal(1.0, 4.0, sizes))
        y = Array(self.type, sizes)
        library.call(self.name, x, y)
        if 0 in sizes:
            return
        shifted = x.get() - x.get().max(axis=1, keepdims=True)
        expected = np.exp(shifted)
        expected /= expected.sum(axis=1, keepdims=True)
        # The exponential of a difference that is off by a rounding is off by as much, relatively.
        error = (16 + np.abs(shifted)) * ROUNDOFF[wide(self.type)] * expected
        error += ROUNDOFF[self.type] * (expected + error) + SMALLEST[self.type]
        require_close(f"{self.name} {list(sizes)}", y.get(), expected, error)


def gradients(t, dy):
    """Of a layer norm with the deviations %d: %dxw for x and, to be summed over the rows, %dg for gamma."""
    return f"""    %h = arith.mulf %d, %rstd : {t}
    %w = arith.mulf {dy}, %g : {t}
    %wh = arith.mulf %w, %h : {t}
    %n = norm.size : {t}
    %s1 = norm.reduce <add> %w : {t}
    %s2 = norm.reduce <add> %wh : {t}
    %m1 = arith.divf %s1, %n : {t}
    %m2 = arith.divf %s2, %n : {t}
    %hm2 = arith.mulf %h, %m2 : {t}
    %a = arith.subf %w, %m1 : {t}
    %b = arith.subf %a, %hm2 : {t}
    %dxw = arith.mulf %b, %rstd : {t}
    %dg = arith.mulf {dy}, %h : {t}
"""


class Backward:
    """Layer norm's dx per row, and dgamma and dbeta added up over the rows onto what is there."""

    def __init__(self, name, element_type="f32", sizes=(None, None)):
        self.name, self.type, self.sizes = name, element_type, sizes

    def mlir(self):
        t = wide(self.type)
        shaped, parameter, row = memref(self.sizes, self.type), memref(self.sizes[1:], t), memref(self.sizes[:1], t)
        into_x, x = extend("x", self.type)
        into_dy, dy = extend("dy", self.type)
        out, dx = truncate("dxw", self.type)
        maps = ", ".join(f"affine_map<(r, c) -> ({dims})>" for dims in
                         ("r, c", "r, c", "c", "r", "r", "r, c", "c", "c"))
        return f"""
func.func @{self.name}(%DY: {shaped}, %X: {shaped}, %G: {parameter}, %M: {row}, %R: {row}, %DX: {shaped},
                       %DG: {parameter}, %DB: {parameter}) {INTERFACE} {{
  norm.generic {{indexing_maps = [{maps}], normalized_dims = [1]}}
      ins(%DY, %X, %G, %M, %R : {shaped}, {shaped}, {parameter}, {row}, {row})
      outs(%DX, %DG, %DB : {shaped}, {parameter}, {parameter}) {{
  ^bb0(%dy: {self.type}, %x: {self.type}, %g: {t}, %mean: {t}, %rstd: {t}):
{into_x}{into_dy}    %d = arith.subf {x}, %mean : {t}
{gradients(t, dy)}{out}    norm.yield {dx}, %dg, {dy} : {self.type}, {t}, {t}
  }}
  return
}}
"""

    def arguments(self, sizes, random):
        t = wide(self.type)
        x = Array(self.type, sizes, values=random.normal(1.5, 2.0, sizes))
        dy = Array(self.type, sizes, values=random.normal(0.2, 1.0, sizes))
        gamma = Array(t, sizes[1:], values=random.normal(1.0, 0.4, sizes[1:]))
        _, mean, variance = moments(x.get(), (1,))
        mean = Array(t, sizes[:1], values=mean[:, 0])
        rstd = Array(t, sizes[:1], values=inverse_root(variance[:, 0] + np.longdouble(1e-5)))
        accumulators = [Array(t, sizes[1:], values=random.normal(0.0, 1.0, sizes[1:])) for _ in range(2)]
        return [dy, x, gamma, mean, rstd, Array(self.type, sizes), *accumulators]

    def check(self, library, sizes, random):
        arrays = self.arguments(sizes, random)
        dy, x, gamma = (array.get() for array in arrays[:3])
        inits = [array.get() for array in arrays[6:]]
        bits = [array.bits() for array in arrays[6:]]
        library.call(self.name, *arrays)
        if sizes[0] == 0:
            assert bits == [array.bits() for array in arrays[6:]], f"{self.name}: accumulators changed without rows"
        if 0 in sizes:
            return arrays
        mean, rstd = (array.get()[:, None] for array in arrays[3:5])
        unit = ROUNDOFF[wide(self.type)]
        normalized, weighted = (x - mean) * rstd, dy * gamma
        size = np.abs(normalized) + np.abs(mean) * rstd / 8
        dx = rstd * (weighted - weighted.mean(1, keepdims=True)
                     - normalized * (weighted * normalized).mean(1, keepdims=True))
        error = np.abs(weighted) + np.abs(weighted).mean(1, keepdims=True)
        error = 16 * unit * rstd * (error + size * (np.abs(weighted) * size).mean(1, keepdims=True))
        error += ROUNDOFF[self.type] * (np.abs(dx) + error) + SMALLEST[self.type]
        require_close(f"{self.name} {list(sizes)} dx", arrays[5].get(), dx, error)
        # At most 64 chunks of rows are added up one by one, as are the rows of a chunk: the bound of such sums.
        steps = 16 + min(sizes[0], 64) + -(-sizes[0] // 64)
        for what, init, terms, magnitude, array in (("dgamma", inits[0], dy * normalized, np.abs(dy) * size, arrays[6]),
                                                    ("dbeta", inits[1], dy, np.abs(dy), arrays[7])):
            error = steps * unit * (np.abs(init) + magnitude.sum(0))
            require_close(f"{self.name} {list(sizes)} {what}", array.get(), init + terms.sum(0), error)
        return arrays


class FullBackward(Backward):
    """The same, with the mean and the inverse root computed on the way, as results; `in_place` puts dx over dy."""

    def __init__(self, name, element_type="f32", sizes=(None, None), in_place=False):
        super().__init__(name, element_type, sizes)
        self.in_place = in_place

    def mlir(self):
        t = wide(self.type)
        shaped, parameter, row = memref(self.sizes, self.type), memref(self.sizes[1:], t), memref(self.sizes[:1], t)
        into_x, x = extend("x", self.type)
        into_dy, dy = extend("dy", self.type)
        out, dx = truncate("dxw", self.type)
        maps = ", ".join(f"affine_map<(r, c) -> ({dims})>" for dims in ("r, c", "r, c", "c", "r, c", "c", "c", "r", "r"))
        return f"""
func.func @{self.name}(%DY: {shaped}, %X: {shaped}, %G: {parameter}, %M: {row}, %R: {row}, %DX: {shaped},
                       %DG: {parameter}, %DB: {parameter}) {INTERFACE} {{
  norm.generic {{indexing_maps = [{maps}], normalized_dims = [1]}}
      ins(%DY, %X, %G : {shaped}, {shaped}, {parameter})
      outs({"%DY" if self.in_place else "%DX"}, %DG, %DB, %M, %R : {shaped}, {parameter}, {parameter}, {row}, {row}) {{
  ^bb0(%dy: {self.type}, %x: {self.type}, %g: {t}):
{into_x}{into_dy}    %d, %mean, %variance = norm.moments {x} : {t}
    %epsilon = arith.constant 1.0e-5 : {t}
    %moved = arith.addf %variance, %epsilon : {t}
    %rstd = math.rsqrt %moved : {t}
{gradients(t, dy)}{out}    norm.yield {dx}, %dg, {dy}, %mean, %rstd : {self.type}, {t}, {t}, {t}, {t}
  }}
  return
}}
"""

    def arguments(self, sizes, random):
        arrays = super().arguments(sizes, random)
        for array in arrays[3:5]:
            array.set(np.full(array.shape, 7.0))
        if self.in_place:
            arrays[5] = arrays[0]
        return arrays

    def check(self, library, sizes, random):
        arrays = super().check(library, sizes, random)
        if 0 in sizes:
            return
        x, unit = arrays[1].get(), ROUNDOFF[wide(self.type)]
        _, mean, variance = moments(x, (1,))
        rstd = inverse_root(variance[:, 0] + np.longdouble(1e-5))
        require_close(f"{self.name} {list(sizes)} mean", arrays[3].get(), mean[:, 0], 8 * unit * np.abs(x).max(axis=1))
        require_close(f"{self.name} {list(sizes)} rstd", arrays[4].get(), rstd, 16 * unit * rstd)


class BlockScales:
    """RMS norm over a row of blocks, then int8 by the largest magnitude of each block."""

    def __init__(self, name, element_type="f32", sizes=(None, None, None)):
        self.name, self.type, self.sizes = name, element_type, sizes

    def mlir(self):
        t = wide(self.type)
        shaped, codes, scales = memref(self.sizes, self.type), memref(self.sizes, "i8"), memref(self.sizes[:2], t)
        into, x = extend("x", self.type)
        return f"""
func.func @{self.name}(%X: {shaped}, %Q: {codes}, %S: {scales}) {INTERFACE} {{
  norm.generic {{indexing_maps = [affine_map<(r, b, c) -> (r, b, c)>, affine_map<(r, b, c) -> (r, b, c)>,
                                  affine_map<(r, b, c) -> (r, b)>], normalized_dims = [1, 2]}}
      ins(%X : {shaped}) outs(%Q, %S : {codes}, {scales}) {{
  ^bb0(%x: {self.type}):
{into}    %eps = arith.constant 1.0e-5 : {t}
    %most = arith.constant 1.27e+02 : {t}
    %n = norm.size : {t}
    %sq = arith.mulf {x}, {x} : {t}
    %sum = norm.reduce <add> %sq : {t}
    %ms = arith.divf %sum, %n : {t}
    %ve = arith.addf %ms, %eps : {t}
    %rstd = math.rsqrt %ve : {t}
    %y = arith.mulf {x}, %rstd : {t}
    %abs = math.absf %y : {t}
    %amax = norm.reduce <maxnumf> %abs over [2] : {t}
    %scale = arith.divf %amax, %most : {t}
    %code = arith.divf %y, %scale : {t}
    %round = math.roundeven %code : {t}
    %q = arith.fptosi %round : {t} to i8
    norm.yield %q, %scale : i8, {t}
  }}
  return
}}
"""

    def check(self, library, sizes, random):
        x = Array(self.type, sizes, values=random.normal(0.5, 2.0, sizes))
        codes, scales = Array("i8", sizes), Array(wide(self.type), sizes[:2])
        library.call(self.name, x, codes, scales)
        if 0 in sizes:
            return
        y = x.get() * inverse_root(mean_square(x.get(), (1, 2)) + np.longdouble(1e-5))
        expected = np.abs(y).max(axis=2) / 127
        require_close(f"{self.name} {list(sizes)} scale", scales.get(), expected,
                      16 * ROUNDOFF[wide(self.type)] * expected)
        # Half a step, and what the quotient of at most 127 is off by.
        error = 0.5 + 127 * 32 * ROUNDOFF[wide(self.type)]
        require_close(f"{self.name} {list(sizes)} code", codes.get().astype(np.longdouble), y / expected[:, :, None],
                      error)


class BlockMaxima:
    """Computed in the element type itself: by how much an element is less than its block's largest, weighted, and whether it
    is the largest."""

    def __init__(self, name, element_type="bf16", sizes=(None, None, None)):
        self.name, self.type, self.sizes = name, element_type, sizes

    def mlir(self):
        t = self.type
        shaped, gamma, flags = memref(self.sizes, t), memref(self.sizes[2:], t), memref(self.sizes, "i16")
        return f"""
func.func @{self.name}(%X: {shaped}, %G: {gamma}, %Y: {shaped}, %F: {flags}) {INTERFACE} {{
  norm.generic {{indexing_maps = [affine_map<(r, b, c) -> (r, b, c)>, affine_map<(r, b, c) -> (c)>,
                                  affine_map<(r, b, c) -> (r, b, c)>, affine_map<(r, b, c) -> (r, b, c)>],
                 normalized_dims = [1, 2]}}
      ins(%X, %G : {shaped}, {gamma}) outs(%Y, %F : {shaped}, {flags}) {{
  ^bb0(%x: {t}, %g: {t}):
    %max = norm.reduce <maxnumf> %x over [2] : {t}
    %d = arith.subf %x, %max : {t}
    %weighted = arith.mulf %d, %g : {t}
    %is_less = arith.cmpf olt, %x, %max : {t}
    %y = arith.select %is_less, %weighted, %max : {t}
    %flag = arith.extui %is_less : i1 to i16
    norm.yield %y, %flag : {t}, i16
  }}
  return
}}
"""

    def check(self, library, sizes, random):
        x = Array(self.type, sizes, values=random.normal(0.5, 2.0, sizes))
        gamma = Array(self.type, sizes[2:], values=random.normal(1.0, 0.4, sizes[2:]))
        y, flags = Array(self.type, sizes), Array("i16", sizes)
        library.call(self.name, x, gamma, y, flags)
        if 0 in sizes:
            return
        values = x.get()
        largest = values.max(axis=2, keepdims=True)
        is_less = values < largest
        expected = np.where(is_less, (values - largest) * gamma.get(), largest)
        # A difference and a product are rounded; the largest is as it is.
        error = np.where(is_less, 2.1 * ROUNDOFF[self.type] * np.abs(expected) + SMALLEST[self.type], 0)
        require_close(f"{self.name} {list(sizes)}", y.get(), expected, error)
        assert (flags.get() == is_less).all(), f"{self.name} {list(sizes)}: flags"


NORMALIZED = """    %d, %mean, %variance = norm.moments {x} : {t}
    %epsilon = arith.constant 1.0e-5 : {t}
    %moved = arith.addf %variance, %epsilon : {t}
    %rstd = math.rsqrt %moved : {t}
    %n = arith.mulf %d, %rstd : {t}
    %ng = arith.mulf %n, %g : {t}
    %o = arith.addf %ng, %b fastmath<contract> : {t}
"""


def layer_norm_error(x, expected, gamma, element_type):
    """What a layer norm over the last of two dims may be off by before its last rounding."""
    centred, mean, variance = moments(x, (1,))
    rstd = inverse_root(variance + np.longdouble(1e-5))
    size = (np.abs(centred) + np.abs(mean) / 8) * rstd * np.abs(gamma)
    return 16 * ROUNDOFF[wide(element_type)] * (size + np.abs(expected))


class AddNorm:
    """The layer norm of a sum, and the sum; `in_place` puts them over what was added."""

    def __init__(self, name, element_type="f32", sizes=(None, None), in_place=False):
        self.name, self.type, self.sizes, self.in_place = name, element_type, sizes, in_place

    def mlir(self):
        t = wide(self.type)
        shaped, parameter = memref(self.sizes, self.type), memref(self.sizes[1:], t)
        into, h = extend("h", self.type)
        out, y = truncate("o", self.type)
        outputs = "" if self.in_place else f", %Y: {shaped}, %S: {shaped}"
        maps = ", ".join(f"affine_map<(r, c) -> ({dims})>" for dims in ("r, c", "r, c", "c", "c", "r, c", "r, c"))
        return f"""
func.func @{self.name}(%X: {shaped}, %R: {shaped}, %G: {parameter}, %B: {parameter}{outputs}) {INTERFACE} {{
  norm.generic {{indexing_maps = [{maps}], normalized_dims = [1]}}
      ins(%X, %R, %G, %B : {shaped}, {shaped}, {parameter}, {parameter})
      outs({"%X, %R" if self.in_place else "%Y, %S"} : {shaped}, {shaped}) {{
  ^bb0(%x: {self.type}, %r: {self.type}, %g: {t}, %b: {t}):
    %h = arith.addf %x, %r : {self.type}
{into}{NORMALIZED.format(x=h, t=t)}{out}    norm.yield {y}, %h : {self.type}, {self.type}
  }}
  return
}}
"""

    def check(self, library, sizes, random):
        t = wide(self.type)
        x, r = (Array(self.type, sizes, values=random.normal(1.0, 2.0, sizes)) for _ in range(2))
        gamma, beta = (Array(t, sizes[1:], values=random.normal(m, 0.4, sizes[1:])) for m in (1.0, 0.3))
        expected_sum = decode(encode(x.get() + r.get(), self.type), self.type)
        outputs = [] if self.in_place else [Array(self.type, sizes) for _ in range(2)]
        library.call(self.name, x, r, gamma, beta, *outputs)
        if 0 in sizes:
            return
        y, total = outputs or (x, r)
        require_close(f"{self.name} {list(sizes)} sum", total.get(), expected_sum, ROUNDOFF[wide(self.type)] * np.abs(expected_sum))
        centred, _, variance = moments(total.get(), (1,))
        expected = centred * inverse_root(variance + np.longdouble(1e-5)) * gamma.get() + beta.get()
        error = layer_norm_error(total.get(), expected, gamma.get(), self.type)
        error += ROUNDOFF[self.type] * (np.abs(expected) + error) + SMALLEST[self.type]
        require_close(f"{self.name} {list(sizes)}", y.get(), expected, error)


class DynamicInt8:
    """A layer norm, quantized by its row's largest magnitude, and that scale."""

    def __init__(self, name, element_type="f32", sizes=(None, None)):
        self.name, self.type, self.sizes = name, element_type, sizes

    def mlir(self):
        t = wide(self.type)
        shaped, codes = memref(self.sizes, self.type), memref(self.sizes, "i8")
        parameter, scales = memref(self.sizes[1:], t), memref(self.sizes[:1], t)
        into, x = extend("x", self.type)
        maps = ", ".join(f"affine_map<(r, c) -> ({dims})>" for dims in ("r, c", "c", "c", "r, c", "r"))
        return f"""
func.func @{self.name}(%X: {shaped}, %G: {parameter}, %B: {parameter}, %Q: {codes}, %S: {scales}) {INTERFACE} {{
  norm.generic {{indexing_maps = [{maps}], normalized_dims = [1]}}
      ins(%X, %G, %B : {shaped}, {parameter}, {parameter}) outs(%Q, %S : {codes}, {scales}) {{
  ^bb0(%x: {self.type}, %g: {t}, %b: {t}):
{into}{NORMALIZED.format(x=x, t=t)}    %magnitude = math.absf %o : {t}
    %amax = norm.reduce <maxnumf> %magnitude : {t}
    %most = arith.constant 1.27e+02 : {t}
    %least = arith.constant 1.0e-30 : {t}
    %largest = arith.maxnumf %amax, %least : {t}
    %inverse = arith.divf %most, %largest : {t}
    %scale = arith.divf %largest, %most : {t}
    %code = arith.mulf %o, %inverse : {t}
    %round = math.roundeven %code : {t}
    %q = arith.fptosi %round : {t} to i8
    norm.yield %q, %scale : i8, {t}
  }}
  return
}}
"""

    def check(self, library, sizes, random):
        t = wide(self.type)
        x = Array(self.type, sizes, values=random.normal(0.5, 2.0, sizes))
        gamma, beta = (Array(t, sizes[1:], values=random.normal(m, 0.4, sizes[1:])) for m in (1.0, 0.3))
        codes, scales = Array("i8", sizes), Array(t, sizes[:1])
        library.call(self.name, x, gamma, beta, codes, scales)
        if 0 in sizes:
            return
        centred, _, variance = moments(x.get(), (1,))
        expected = centred * inverse_root(variance + np.longdouble(1e-5)) * gamma.get() + beta.get()
        error = layer_norm_error(x.get(), expected, gamma.get(), self.type)
        scale = np.abs(expected).max(axis=1) / 127
        require_close(f"{self.name} {list(sizes)} scale", scales.get(), scale,
                      error.max(axis=1) / 127 + 4 * ROUNDOFF[t] * scale)
        steps = 0.5 + 127 * 8 * ROUNDOFF[t] + 2 * error.max(axis=1, keepdims=True) / scale[:, None]
        require_close(f"{self.name} {list(sizes)} code", codes.get().astype(np.longdouble), expected / scale[:, None], steps)
