"""Training of the small speech model of ``examples/speech_model``: a Whisper, from nothing, on synthetic speech.

    python -m tools.train_speech_model prepare          speak the corpus and keep its features
    python -m tools.train_speech_model train            from nothing, or --from CHECKPOINT
    python -m tools.train_speech_model export           to what faster-whisper loads
    python -m tools.train_speech_model evaluate         word error rates on sentences it never saw

Needs the dependency group ``train`` (PyTorch, Transformers) and libespeak-ng. Read from `corpus` (what is said) over
`recordings` (how it sounds, and when each word is heard), `windows` (30 seconds of it), `network` and `training` to
`export` and `evaluation`.
"""
