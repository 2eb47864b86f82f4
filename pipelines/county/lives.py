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
    """Draws and drifts the hidden dimensions; every array is (units, 5) float32."""

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
            state += self._noise(len(state)) * np.float32(np.sqrt(1 - kept**2))

    def of(
        self, trait: np.ndarray, mood: np.ndarray, climate: np.ndarray, deprivation: np.ndarray, crisis: np.ndarray
    ) -> np.ndarray:
        """The five dimensions of people, from their own and what their homes share, (units,) or (units, 5) each."""
        return (
            TRAIT * trait + MOOD * mood + CLIMATE * climate + PLACE * deprivation[:, None] + crisis[:, None] * IN_CRISIS
        )

    def _noise(self, size: int) -> np.ndarray:
        common = self._rng.standard_normal((size, 1), dtype=np.float32) * np.float32(np.sqrt(COMMON))
        return common + self._rng.standard_normal((size, len(HIDDEN)), dtype=np.float32) * np.float32(
            np.sqrt(1 - COMMON)
        )
