"""Train the weights of ``podnotes.ads``: which features indicate a sponsor read, and which housekeeping.

    python -m tools.train_skipping learn --labelled DIR… --talk DIR…                 writes weights.tsv
    python -m tools.train_skipping judge --labelled DIR… --talk DIR… --to FOLDER     each podcast left out in turn

It requires numpy and scipy, and annotated episodes: NAME.vtt and NAME.qrels.tsv with a line
``AD<tab>start<tab>end`` or ``HOUSE<tab>start<tab>end`` for each read and each span of housekeeping, in seconds. In an
episode with HOUSE lines, all housekeeping is marked; in others, anything outside reads may be housekeeping. Episodes
whose names only differ in a number belong to one podcast. The labels are not part of the project, because the texts
belong to others. Our own reads, housekeeping and similar-looking talk, in ``texts/`` and with the tests, are inserted
into these episodes, with and without silence, punctuation and capitals.

``judge`` writes the output of ``podnotes passages --json`` for each labelled episode, with weights learned without its
podcast.

The model is a linear-chain conditional random field (`tools.train_skipping.field`). The same data, seed and versions
give the same weights.
"""
