"""How much of a set has been seen, told by how often each member was found."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def good_turing_coverage(times_found: npt.ArrayLike) -> float:
    """Chance that another find is of a member that is known: 1 - f1/n, f1 those found once, n all finds.

    Good, Biometrika 40, 237 (1953), doi:10.1093/biomet/40.3-4.237. Zero where nothing was found.
    """
    counts = np.asarray(times_found)
    return float(1.0 - np.count_nonzero(counts == 1) / counts.sum()) if counts.size else 0.0


def chao1_unseen(times_found: npt.ArrayLike) -> float:
    """Lower bound of the number of members not found yet: (n-1)/n f1 (f1 - 1)/(2 (f2 + 1)).

    f1 and f2 were found once and twice, n are all finds. Chao, Scand. J. Statist. 11, 265 (1984), in the form
    without bias. A bound of what these finds can reach: members that they never lead to are not counted.
    """
    counts = np.asarray(times_found)
    if not counts.size:
        return 0.0
    once, twice = np.count_nonzero(counts == 1), np.count_nonzero(counts == 2)
    return float((1.0 - 1.0 / counts.sum()) * once * (once - 1) / (2.0 * (twice + 1)))
