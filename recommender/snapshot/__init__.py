"""What a snapshot is: its files, its manifest, how it is written and how it is opened and verified."""

from recommender.snapshot.format import FORMAT_VERSION, MANIFEST, Manifest, sequence_of
from recommender.snapshot.geometry import said_of
from recommender.snapshot.parts import EXPLAINED, LISTED
from recommender.snapshot.read import Snapshot, open_snapshot
from recommender.snapshot.records import article_record
from recommender.snapshot.verification import read_manifest, verify
from recommender.snapshot.work import Work, work_of
from recommender.snapshot.write import Contents, corpus_sha256, files_of

__all__ = [
    "EXPLAINED",
    "FORMAT_VERSION",
    "LISTED",
    "MANIFEST",
    "Contents",
    "Manifest",
    "Snapshot",
    "Work",
    "article_record",
    "corpus_sha256",
    "files_of",
    "open_snapshot",
    "read_manifest",
    "said_of",
    "sequence_of",
    "verify",
    "work_of",
]
