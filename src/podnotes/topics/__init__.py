"""Topic packs: the topics to find passages on, in TOML files that the user can write.

A pack is given by its path or, if it is included in the package, by its name: see :func:`packs`.
"""

from podnotes.topics.loader import load_topics, pack_text, packs, topics_hash

__all__ = ["load_topics", "pack_text", "packs", "topics_hash"]
