"""Topic packs: TOML files, editable by the user, with the topics to find passages on.

A pack is referred to by path or, if it is included in the package, by name: see :func:`packs`.
"""

from podnotes.topics.loader import load_topics, pack_text, packs, topics_hash

__all__ = ["load_topics", "pack_text", "packs", "topics_hash"]
