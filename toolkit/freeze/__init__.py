"""Freezing sql/ into revisions: planned, written in the author's words, proven, and pinned."""

from toolkit.freeze.change import Change, ChangeRefused, read_change
from toolkit.freeze.drafting import DraftRefused
from toolkit.freeze.freezing import Frozen, NothingToFreeze, find_pending, freeze, strategies

__all__ = [
    "Change",
    "ChangeRefused",
    "DraftRefused",
    "Frozen",
    "NothingToFreeze",
    "find_pending",
    "freeze",
    "read_change",
    "strategies",
]
