"""Train the weights of ``podnotes.ads``: which features indicate a sponsor read, and which housekeeping.

    python -m tools.train_skipping learn --labelled DIR… --talk DIR…                 writes weights.tsv
    python -m tools.train_skipping judge --labelled DIR… --talk DIR… --to FOLDER     each podcast left out in turn

It requires numpy and scipy, and annotated episodes: NAME.vtt and NAME.qrels.tsv with a line
``AD<tab>start<tab>end`` or ``HOUSE<tab>start<tab>end`` for each read and each stretch of housekeeping, in seconds. An
episode that has HOUSE lines has all of them; in others, what is no read may be housekeeping. Episodes whose names
differ in a number only are of one podcast. The labels are not part of the project, as the words are other people's. Our
own reads, housekeeping and talk that only resembles them, in ``texts/`` and with the tests, are put into talk of those
episodes, with and without silence, punctuation and capitals.

``judge`` writes what the command ``podnotes passages --json`` gives for each labelled episode, with weights that were
learned without its podcast.

What is learned is a linear-chain conditional random field (`tools.train_skipping.field`). The same data, seed and
versions give the same weights.
"""
