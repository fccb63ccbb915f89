"""Sponsor reads and housekeeping, which never reach a draft."""
