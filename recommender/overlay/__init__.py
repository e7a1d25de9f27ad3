"""The overlay: what editors have withdrawn and ruled since the snapshot was built.

It lies beside the snapshots, in ``overlay.json`` and ``rules.toml``, and outlasts them. A snapshot carries
the overlay that it was built under; whichever has the higher generation is in force. Every list, batch and
export passes through it, and it is part of every ETag. Without files it is empty.
"""

from recommender.overlay.beside import Beside, read, read_ledger, read_rules
from recommender.overlay.changes import add_rule, remove_rule, restore, settle, take_down
from recommender.overlay.ledger import OVERLAY_FILE, Ledger
from recommender.overlay.value import EMPTY, OVERLAY_VERSION, Overlay, decode, in_force

__all__ = [
    "EMPTY",
    "OVERLAY_FILE",
    "OVERLAY_VERSION",
    "Beside",
    "Ledger",
    "Overlay",
    "add_rule",
    "decode",
    "in_force",
    "read",
    "read_ledger",
    "read_rules",
    "remove_rule",
    "restore",
    "settle",
    "take_down",
]
