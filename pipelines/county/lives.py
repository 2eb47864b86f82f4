"""Hidden vulnerability: what no agency sees, and what makes some lives likelier than others to meet services.

Five dimensions. Each is the sum of a lasting trait of the person, a mood that drifts (an AR(1) by quarters) and that
life events shock, a climate shared by the household, and the deprivation of the place; variance about one. Dimensions
go together, because trouble does: half of every innovation is common to all five.
"""

import numpy as np

HIDDEN = ("conflict", "health", "money", "substance", "mental")
TRAIT, MOOD, CLIMATE, PLACE = 0.44, 0.58, 0.60, 0.31  # loadings; their squares add up to about one
MOOD_KEPT, CLIMATE_KEPT = 0.72, 0.89  # from one quarter to the next: half-lives of 6 and 18 months
IN_CRISIS = np.array([0.9, 0.3, 1.0, 0.7, 0.9], np.float32)  # how a household's crisis weighs on each dimension
COMMON = 0.55  # share of the variance that the five dimensions have in common


class Lives:
    """Draws and drifts the hidden dimensions; every array of them is (5, units) float32."""

    def __init__(self, rng: np.random.Generator):
        self._rng = rng

    def people(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Trait and mood of new people."""
        return self._noise(size), self._noise(size)

    def homes(self, size: int) -> np.ndarray:
        """Climate of new households."""
        return self._noise(size)

    def drift(self, mood: np.ndarray, climate: np.ndarray) -> None:
        """Move both by one quarter, in place."""
        for state, kept in ((mood, MOOD_KEPT), (climate, CLIMATE_KEPT)):
            state *= np.float32(kept)
            state += self._noise(state.shape[1]) * np.float32(np.sqrt(1 - kept**2))

    def own(self, trait: np.ndarray, mood: np.ndarray) -> np.ndarray:
        """What people bring to the five dimensions themselves; what their homes share comes on top."""
        return TRAIT * trait + MOOD * mood

    def shared(self, climate: np.ndarray, deprivation: np.ndarray, crisis: np.ndarray) -> np.ndarray:
        """What all who live in a household share; `deprivation` and `crisis` are (households,)."""
        return CLIMATE * climate + PLACE * deprivation + IN_CRISIS[:, None] * crisis

    def _noise(self, size: int) -> np.ndarray:
        out = self._rng.standard_normal((len(HIDDEN), size), dtype=np.float32) * np.float32(np.sqrt(1 - COMMON))
        out += self._rng.standard_normal(size, dtype=np.float32) * np.float32(np.sqrt(COMMON))
        return out
