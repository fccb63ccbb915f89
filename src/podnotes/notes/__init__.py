"""Drafts: composing, rendering, reviewing and verifying them."""
