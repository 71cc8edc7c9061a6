"""Convolution as networks use it: one small kernel moved over every place of the input.

Arrays are (n, channels, *space): a signal has one axis of space, an image two. What networks call a
convolution is the cross-correlation: the kernel is not turned round. Places where the kernel would
stick out are left out ("valid"), so an axis of length L becomes L − size + 1; pad the input for
another rule.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array = NDArray[np.float64]


def correlate(X: Array, K: Array) -> Array:
    """Out[n, o, p] = Σ over channels c and offsets q of K[o, c, q]·X[n, c, p + q].

    X (n, c, *space), K (o, c, *sizes), result (n, o, *(space − sizes + 1)). ValueError when the
    channels differ, or K is larger than the input.
    """
    sizes = K.shape[2:]
    if X.ndim != K.ndim or X.ndim < 3 or X.shape[1] != K.shape[1]:
        raise ValueError(f"X has shape {X.shape}, K {K.shape}: axes and channels must agree")
    if any(size > length for size, length in zip(sizes, X.shape[2:], strict=True)):
        raise ValueError(f"K has shape {K.shape}, X {X.shape}: a kernel must fit into the input")
    axes = len(sizes)
    windows = sliding_window_view(X, sizes, axis=tuple(range(2, 2 + axes)))
    offsets = range(2 + axes, 2 + 2 * axes)
    out = np.tensordot(windows, K, axes=([1, *offsets], [1, *range(2, 2 + axes)]))
    return np.asarray(np.moveaxis(out, -1, 1))


def correlate_gradient(X: Array, K: Array, back: Array) -> tuple[Array, Array]:
    """Gradients in X and in K, from ``back``, the gradient in ``correlate(X, K)``.

    Both are correlations again. In K: the input with ``back`` as the kernel, examples in the place
    of channels. In X: ``back``, with zeros around, and the kernel turned round in every axis of
    space, its channels and outputs exchanged.
    """
    in_K = correlate(X.swapaxes(0, 1), back.swapaxes(0, 1)).swapaxes(0, 1)
    rim = [(0, 0), (0, 0), *((size - 1, size - 1) for size in K.shape[2:])]
    turned = np.flip(K, axis=tuple(range(2, K.ndim))).swapaxes(0, 1)
    return correlate(np.pad(back, rim), turned), np.ascontiguousarray(in_K)


def as_matrix(kernel: Array, space: tuple[int, ...]) -> Array:
    """The matrix of ``correlate`` with one kernel (*sizes) on one channel of this space.

    (outputs, inputs), both in C order: row p holds the kernel at place p. Made column by column
    from unit inputs, so it is right for whatever ``correlate`` is.
    """
    inputs = int(np.prod(space))
    units = np.eye(inputs).reshape(inputs, 1, *space)
    return np.asarray(correlate(units, kernel[None, None]).reshape(inputs, -1).T)
