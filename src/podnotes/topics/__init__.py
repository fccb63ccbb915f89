"""Topic packs: what she wants passages on, as TOML that she can write herself.

A pack is named by its file, or, for those that come with the package, by its name alone: see :func:`packs`.
"""

from podnotes.topics.loader import load_topics, packs, topics_hash

__all__ = ["load_topics", "packs", "topics_hash"]
