"""Addresses on the web as texts: normalised, compared, and masked where they hold secrets."""
