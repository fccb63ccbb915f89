"""Train the weights of ``podnotes.ads``, by which features indicate sponsor reads or housekeeping.

    python -m tools.train_skipping learn --labelled DIR… --talk DIR…                 writes weights.tsv
    python -m tools.train_skipping judge --labelled DIR… --talk DIR… --to FOLDER     each podcast left out in turn

It requires numpy and scipy, and labelled episodes: NAME.vtt and NAME.qrels.tsv with a line ``AD<tab>start<tab>end`` or
``HOUSE<tab>start<tab>end`` for each sponsor read and each span of housekeeping, in seconds. Episodes with HOUSE lines
have all housekeeping labelled; in others, anything outside reads may be housekeeping. Episodes whose names differ only
in a number belong to one podcast. The labelled episodes are not part of the project, since their texts are under
copyright. Our own sponsor reads, housekeeping and similar-looking content, from ``texts/`` and the tests, are inserted
into these episodes, with and without silence, punctuation and capitals.

``judge`` writes the output of ``podnotes passages --json`` for each labelled episode, using weights learned without its
podcast.

The model is a linear-chain conditional random field (`tools.train_skipping.field`). Results are reproducible with the
same data, seed and versions.
"""
