"""Development tools outside the package, such as the generator of the sample podcast and the training code."""
