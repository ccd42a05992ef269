"""Writes the inputs and the expected outputs of field-numbers.mlir: field_numbers.py FOLDER"""

import os
import sys

import numpy as np

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
random = np.random.default_rng(8)


def write(**arrays):
    for name, array in arrays.items():
        np.save(os.path.join(folder, name + ".npy"), np.ascontiguousarray(array, dtype=np.float32))


def normalize(x, axes, epsilon=1e-5):
    """The definition: the root holds the variance, divided by the count, plus epsilon."""
    mean = x.mean(axis=axes, keepdims=True)
    variance = ((x - mean) ** 2).mean(axis=axes, keepdims=True)
    rstd = 1 / np.sqrt(variance + epsilon)
    return (x - mean) * rstd, mean.squeeze(axes), rstd.squeeze(axes)


x = np.array([[7, 5, 4], [2, 3, 4], [1, 2, 3], [7, 5, 6], [3, 3, 4]], dtype=np.float64)
write(x=x, rows=normalize(x, (1,))[0], columns=normalize(x, (0,))[0])
# The same by hand, for one row and one column.
first_row = [1.336302, -0.267260, -1.069042]
first_column = [1.185853, -0.790569, -1.185853, 1.185853, -0.395284]
assert np.abs(normalize(x, (1,))[0][0] - first_row).max() < 5e-7
assert np.abs(normalize(x, (0,))[0][:, 0] - first_column).max() < 5e-7
write(first_row=first_row, first_column=first_column)

# An epsilon as large as the variance: outside the root, or beside the standard deviation, it would give other numbers.
write(large_epsilon=normalize(x, (1,), 1.0)[0])

gamma, beta = np.array([0.5, 1.0, 2.0]), np.array([0.25, -1.0, 3.0])
sequence = random.normal(1.0, 2.0, (2, 4, 3))
write(gamma=gamma, beta=beta, batch_first=sequence, batch_first_y=normalize(sequence, (2,))[0] * gamma + beta,
      sequence_first=sequence.transpose(1, 0, 2),
      sequence_first_y=(normalize(sequence, (2,))[0] * gamma + beta).transpose(1, 0, 2))
for length in (1, 4):
    write(**{f"length_{length}": sequence[:1, :length],
             f"length_{length}_y": normalize(sequence[:1, :length], (2,))[0] * gamma + beta})

image = random.normal(-1.0, 3.0, (2, 3, 4, 5))
scale, shift = random.normal(1.0, 0.3, (3, 4, 5)), random.normal(0.0, 0.5, (3, 4, 5))
write(image=image, scale=scale, shift=shift, image_y=normalize(image, (1, 2, 3))[0] * scale + shift)
y, mean, rstd = normalize(image, (1,))
assert mean.size + rstd.size == 2 * 2 * 4 * 5
write(channels_y=y * gamma[None, :, None, None] + beta[None, :, None, None], channels_mean=mean, channels_rstd=rstd)

padded = np.array([[1.0, 2.0, 4.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
write(padded=padded, padded_y=np.stack([normalize(padded[:1], (1,))[0][0] * gamma + beta, beta, beta]))
