"""Detect sponsor reads and housekeeping, so that they never appear in a draft."""
