"""The Lee set: 50 short news articles, and how alike people found each pair of them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from recommender.article import Article
from recommender.corpus import assemble
from recommender.errors import InputError, SourceNotFound, StorageError
from recommender.evaluation.judgements import Collection
from recommender.evaluation.truth.matrix import read_matrix
from recommender.ingest import Tally
from recommender.ingest.labels import bad
from recommender.ingest.records import take_record
from recommender.ingest.sources import shown

_ARTICLES, _BACKGROUND = 50, 300
_ENCODING = "cp1252"


def lee() -> Collection:
    """The set as the installed gensim package carries it: 50 articles with grades, and 300 more of the
    same kind to set them among. No article has a title, a date or links.

    Raises SourceNotFound where gensim or its data files are not there, InputError where they are others.
    """
    folder = _gensim_data()
    matrix, graded = folder / "similarities0-1.txt", folder / "lee.cor"
    articles = list(_articles(graded, "lee-{:02}", _ARTICLES))
    background = _articles(folder / "lee_background.cor", "lee-background-{:03}", _BACKGROUND)
    corpus = assemble([*articles, *background])
    pairs = read_matrix(matrix, [article.id for article in articles], graded, name="lee")
    if not pairs.anchors:
        raise bad(matrix, None, "the grades are not those of the Lee set, expected gensim's own file")
    return Collection(name="lee", corpus=corpus, pairs=(pairs,))


def _gensim_data() -> Path:
    # Importing gensim takes seconds, and nothing of its code is needed.
    spec = find_spec("gensim")
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places:
        raise SourceNotFound(
            "dataset 'lee' is read from gensim's data files, and gensim is not installed; expected the extra "
            "'eval': pip install 'recommender[eval]', or make test EXTRAS=eval"
        )
    return Path(places[0]) / "test" / "test_data"


def _articles(path: Path, name: str, expected: int) -> Iterator[Article]:
    """One article a line; gensim's file is not UTF-8."""
    try:
        lines = path.read_text(encoding=_ENCODING).splitlines()
    except FileNotFoundError:
        raise SourceNotFound(f"{shown(path)!r} does not exist; expected gensim's data files") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{shown(path)}: not {_ENCODING}: {error.reason}") from None
    except OSError as error:
        raise StorageError(f"cannot read {shown(path)}: {error.strerror or error}") from error
    tally = Tally()
    for number, text in enumerate(lines, 1):
        article = take_record({"id": name.format(number), "text": text}, tally, shown(path), number)
        if article is None:
            raise bad(path, number, f"{tally.rejections[0].reason}, expected an article a line")
        yield article
    if len(lines) != expected:
        raise bad(path, None, f"found {len(lines)} articles, expected {expected}")
