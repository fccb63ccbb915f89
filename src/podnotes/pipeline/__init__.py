"""The pipeline: runs the steps in order, from sources to drafts, and from the library to review pages and digests.

Only this package knows the order of the steps; steps are independent of each other.
"""
