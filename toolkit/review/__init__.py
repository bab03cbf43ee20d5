"""A revision before anybody applies it: tried on a clone with data, and written up."""

from toolkit.review.examining import HEAD, Filling, empty, review
from toolkit.review.packet import LateBound, Loss, Packet, Remark, Way
from toolkit.review.page import render_packet
from toolkit.review.rehearsal import rehearse

__all__ = [
    "HEAD",
    "Filling",
    "LateBound",
    "Loss",
    "Packet",
    "Remark",
    "Way",
    "empty",
    "rehearse",
    "render_packet",
    "review",
]
