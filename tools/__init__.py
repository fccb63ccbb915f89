"""Tools of the project that are no part of the package: what made the sample podcast and the small speech model."""
