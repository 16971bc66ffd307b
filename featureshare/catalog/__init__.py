"""The catalogue: which features there are, whose they are, who may read them, and how to ask for them.

Built from the declaration alone, so it needs no AWS account and is current at every commit.
"""

from featureshare.catalog.entries import Ask, Copy, Entry, FeatureEntry, Use, entries
from featureshare.catalog.page import page
from featureshare.catalog.search import search

__all__ = ["Ask", "Copy", "Entry", "FeatureEntry", "Use", "entries", "page", "search"]
