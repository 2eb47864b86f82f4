"""How fast and how large: the feature engine beside other tools, and as the county grows."""
