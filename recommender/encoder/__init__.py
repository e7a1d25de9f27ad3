"""Text to unit vectors: what of an article is embedded, by which model, in which arithmetic.

`embedded_text` alone says what of an article is embedded; its version is part of every encoder's
fingerprint, so that a vector is never reused for a text built another way. So is the arithmetic.
"""

from recommender.encoder.arithmetic import (
    ARITHMETICS,
    AUTO,
    Choice,
    Machine,
    arithmetic_of,
    choose,
    model_of,
    this_machine,
)
from recommender.encoder.found import DEFAULT_ENCODER, DEFAULT_WEIGHTS_SHA256
from recommender.encoder.sentence import Advance, Encoder, SentenceEncoder, check_vectors, load_encoder
from recommender.encoder.text import (
    EMBEDDED_TEXT_VERSION,
    LEAD_CHARACTERS,
    LEAD_WORDS,
    TITLE_CHARACTERS,
    embedded_text,
)

__all__ = [
    "ARITHMETICS",
    "AUTO",
    "DEFAULT_ENCODER",
    "DEFAULT_WEIGHTS_SHA256",
    "EMBEDDED_TEXT_VERSION",
    "LEAD_CHARACTERS",
    "LEAD_WORDS",
    "TITLE_CHARACTERS",
    "Advance",
    "Choice",
    "Encoder",
    "Machine",
    "SentenceEncoder",
    "arithmetic_of",
    "check_vectors",
    "choose",
    "embedded_text",
    "load_encoder",
    "model_of",
    "this_machine",
]
