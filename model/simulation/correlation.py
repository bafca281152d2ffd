"""Rank correlations between drivers: checks of their matrix, and draws that have them.

A rank correlation (Spearman's) does not depend on the shapes of the two distributions, so it can be asked of
any pair. Draws get it through normal scores: a pair of normal numbers with correlation ``2 * sin(pi * rho /
6)`` has rank correlation rho.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from model.errors import InputError
from model.simulation.special import scipy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SMALLEST_EIGENVALUE: Final = 1e-6
"""Below it a matrix is treated as not positive definite: draws would be multiples of each other."""
_ROUNDING: Final = 0.001
"""Least eigenvalue, for each name, of the matrix in a message: it survives rounding to three digits."""
_ROUNDS: Final = 500
_CLOSE: Final = 1e-12
_SHOWN: Final = 0.001
"""Three digits of a correlation are shown."""


def normal_correlations(names: Sequence[str], pairs: Mapping[tuple[str, str], float], where: str) -> Array:
    """Return the correlations of normal scores for rank correlations of pairs; other pairs are uncorrelated.

    Shape (names, names). An :class:`InputError` if no joint distribution has these correlations; the message
    gives the nearest valid ones, with all other pairs unchanged.
    """
    ranks = np.eye(len(names))
    place = {name: number for number, name in enumerate(names)}
    for (one, other), value in pairs.items():
        ranks[place[one], place[other]] = ranks[place[other], place[one]] = value
    scores: Array = 2 * np.sin(np.pi * ranks / 6)
    np.fill_diagonal(scores, 1.0)
    if np.linalg.eigvalsh(scores)[0] < SMALLEST_EIGENVALUE:
        nearest = 6 / np.pi * np.arcsin(nearest_correlations(scores, _ROUNDING * len(names), scores == 0) / 2)
        near = {(one, other): nearest[place[one], place[other]] for one, other in pairs}
        differing = [pair for pair, value in pairs.items() if abs(near[pair] - value) >= _SHOWN / 2]
        listed = ", ".join(f"{' and '.join(pair)} {near[pair]:.3f}" for pair in differing or pairs)
        problem = "the correlations contradict each other (not positive definite)"
        raise InputError(f"{where}: {problem}; the nearest that do not: {listed}")
    return scores


def nearest_correlations(matrix: Array, least: float, fixed: NDArray[np.bool_]) -> Array:
    """Return the nearest correlation matrix with no eigenvalue below ``least``; ``fixed`` entries stay.

    Higham's alternating projections with Dykstra's correction: onto matrices with eigenvalues above the
    least, and onto matrices with a diagonal of ones, in the Frobenius norm (Higham 2002, "Computing the
    nearest correlation matrix").
    """
    kept = fixed | np.eye(len(matrix), dtype=bool)
    nearest, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(_ROUNDS):
        shifted = nearest - correction
        values, vectors = np.linalg.eigh(shifted)
        lifted = (vectors * np.maximum(values, least)) @ vectors.T
        correction = lifted - shifted
        before, nearest = nearest, np.where(kept, matrix, lifted)
        if np.abs(nearest - before).max() < _CLOSE:
            break
    return nearest


def correlated(shares: Array, scores: Array, *, rearranged: bool) -> Array:
    """Give independent uniform draws, shape (draws, names), the correlations of normal scores.

    ``scores``: as :func:`normal_correlations` returns them. ``rearranged``: the same numbers of each column
    in another order (Iman and Conover 1982), so that a stratified column stays stratified; chance
    correlations of the draws are removed on the way, if there are more draws than names. Otherwise a Gaussian
    copula: new numbers from mixed scores.
    """
    moved = np.flatnonzero((scores != np.eye(len(scores))).any(axis=1))
    if not moved.size:
        return shares
    drawn = shares.copy()
    wanted: Array = np.linalg.cholesky(scores[np.ix_(moved, moved)]).astype(float)
    special = scipy("special")
    z = special.ndtri(shares[:, moved])
    if not rearranged:
        drawn[:, moved] = special.ndtr(_mixed(z, wanted))
        return drawn
    if len(shares) > 2 * len(moved):
        z -= z.mean(axis=0)
        chance = np.linalg.cholesky(np.einsum("di,dj->ij", z, z) / len(z))
        wanted = np.asarray(wanted @ np.linalg.inv(chance), dtype=float)
    mixed = _mixed(z, wanted)
    for number, column in enumerate(moved):
        ordered = np.sort(shares[:, column])
        drawn[np.argsort(mixed[:, number], kind="stable"), column] = ordered
    return drawn


def _mixed(scores: Array, weights: Array) -> Array:
    """Return ``scores @ weights.T``, summed by column: matrix products round differently by machine."""
    mixed = scores[:, :1] * weights[:, 0]
    for column in range(1, scores.shape[1]):
        mixed += scores[:, column : column + 1] * weights[:, column]
    return mixed
