"""From a matrix to a model that can be trusted."""
