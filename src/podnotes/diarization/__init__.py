"""Speaker diarization: voices, turns, assignment of words to speakers, and naming."""
