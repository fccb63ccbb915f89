"""Development tools that aren't part of the package, such as the sample podcast's generator and training code."""
