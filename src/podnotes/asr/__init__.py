"""Speech recognition: turns audio into a transcript on the user's own computer."""
