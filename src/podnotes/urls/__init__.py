"""Web addresses as strings: normalisation, comparison, and masking of secrets."""
