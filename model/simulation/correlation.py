"""Rank correlations between drivers: what a matrix of them must be, and how draws get them.

A rank correlation (Spearman's) does not depend on the shapes of the two distributions, so it can be asked of
any pair. Draws get it through normal scores: a pair of normal numbers with correlation ``2 * sin(pi * rho /
6)`` has rank correlation rho.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SMALLEST_EIGENVALUE: Final = 1e-6
"""Below it a matrix counts as not positive definite: draws would be multiples of each other."""
_ROUNDING: Final = 0.001
"""Distance of the nearest matrix, for each name, from one that is refused: it is named with three digits."""
_ROUNDS: Final = 500
_CLOSE: Final = 1e-12


def normal_correlations(names: Sequence[str], pairs: Mapping[tuple[str, str], float], where: str) -> Array:
    """Return the correlations of normal scores for rank correlations of pairs; pairs that are not given are uncorrelated.

    Shape (names, names).

    Raises
    ------
    InputError
        If no joint distribution has these correlations; the message gives the nearest that has, with other
        pairs as they are.
    """
    ranks = np.eye(len(names))
    place = {name: number for number, name in enumerate(names)}
    for (one, other), value in pairs.items():
        ranks[place[one], place[other]] = ranks[place[other], place[one]] = value
    scores = _scores_of(ranks)
    if np.linalg.eigvalsh(scores)[0] < SMALLEST_EIGENVALUE:
        nearest = 6 / np.pi * np.arcsin(nearest_correlations(scores, _ROUNDING * len(names), scores == 0) / 2)
        differing = [
            pair
            for pair, value in pairs.items()
            if abs(nearest[place[pair[0]], place[pair[1]]] - value) >= 0.0005  # noqa: PLR2004  # as shown
        ]  # as shown
        listed = ", ".join(
            f"{one} and {other} {nearest[place[one], place[other]]:.3f}" for one, other in differing or pairs
        )
        raise InputError(
            f"{where}: the correlations contradict each other (not positive definite); the nearest that do not: {listed}"
        )
    return scores


def nearest_correlations(
    matrix: Array, least: float = 2 * SMALLEST_EIGENVALUE, fixed: NDArray[np.bool_] | None = None
) -> Array:
    """Return the nearest correlation matrix whose smallest eigenvalue is not below ``least``; ``fixed`` places keep their values.

    Higham's alternating projections with Dykstra's correction: onto matrices with eigenvalues above the
    least, and onto matrices with a diagonal of ones, in the Frobenius norm (Higham 2002, "Computing the
    nearest correlation matrix").
    """
    kept = np.eye(len(matrix), dtype=bool) if fixed is None else fixed | np.eye(len(matrix), dtype=bool)
    found, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(_ROUNDS):
        shifted = found - correction
        values, vectors = np.linalg.eigh(shifted)
        lifted = (vectors * np.maximum(values, least)) @ vectors.T
        correction = lifted - shifted
        before, found = found, np.where(kept, matrix, lifted)
        if np.abs(found - before).max() < _CLOSE:
            break
    return found


def _scores_of(ranks: Array) -> Array:
    scores: Array = 2 * np.sin(np.pi * ranks / 6)
    np.fill_diagonal(scores, 1.0)
    return scores


def correlated(shares: Array, scores: Array, *, rearranged: bool) -> Array:
    """Give independent uniform draws the correlations of normal scores.

    Parameters
    ----------
    shares
        Independent uniform numbers, shape (draws, names).
    scores
        As :func:`normal_correlations` returns them.
    rearranged
        False: a Gaussian copula, new numbers from mixed scores. True: the same numbers of each column in
        another order (Iman and Conover 1982), so that a stratified column stays stratified; chance
        correlations of the draws are removed on the way, if there are more draws than names.

    Returns
    -------
    ndarray
        Shape (draws, names).
    """
    from scipy.special import ndtr, ndtri  # noqa: PLC0415  # slow to load, and only simulations need it

    moved = np.flatnonzero((scores != np.eye(len(scores))).any(axis=1))
    if not moved.size:
        return shares
    found = shares.copy()
    wanted: Array = np.linalg.cholesky(scores[np.ix_(moved, moved)]).astype(float)
    z = ndtri(shares[:, moved])
    if not rearranged:
        found[:, moved] = ndtr(_mixed(z, wanted))
        return found
    if len(shares) > 2 * len(moved):
        z -= z.mean(axis=0)
        chance = np.linalg.cholesky(np.einsum("di,dj->ij", z, z) / len(z))
        wanted = np.asarray(wanted @ np.linalg.inv(chance), dtype=float)
    mixed = _mixed(z, wanted)
    for place, column in enumerate(moved):
        ordered = np.sort(shares[:, column])
        found[np.argsort(mixed[:, place], kind="stable"), column] = ordered
    return found


def _mixed(scores: Array, weights: Array) -> Array:
    """Return ``scores @ weights.T``, added up column by column: a matrix product may round otherwise on another machine."""
    found = scores[:, :1] * weights[:, 0]
    for column in range(1, scores.shape[1]):
        found += scores[:, column : column + 1] * weights[:, column]
    return found
