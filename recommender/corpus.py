"""Articles in row order: the only place where ids meet rows.

`assemble` takes articles as they were read and settles what only the whole can settle: the same id
twice, and which linked stories are articles of the corpus and which become teasers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from recommender.article import Article, Link, digest_id, id_problem, normalise_id, title_key
from recommender.errors import ArticleNotFound

PREFIX_LENGTH = 8


class Ids:
    """Ids in row order and back. Unknown ids and rows out of range raise; -1 never indexes."""

    __slots__ = ("_ids", "_rows")

    def __init__(self, ids: Sequence[str]) -> None:
        self._ids = tuple(ids)
        self._rows = {article_id: row for row, article_id in enumerate(self._ids)}
        if len(self._rows) != len(self._ids):
            raise ValueError(f"{len(self._ids) - len(self._rows)} ids stand twice, expected each once")

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __contains__(self, article_id: object) -> bool:
        return isinstance(article_id, str) and self.find(normalise_id(article_id)) is not None

    def find(self, article_id: str) -> int | None:
        """The row of an id as it is stored, in Unicode NFC; ``None`` for an unknown one."""
        return self._rows.get(article_id)

    def id(self, row: int) -> str:
        """The id at a row. Raises IndexError for a row outside 0..n-1, negative ones included."""
        if not 0 <= row < len(self._ids):
            raise IndexError(f"row {row} is outside 0..{len(self._ids) - 1}")
        return self._ids[row]

    def row(self, article_id: str) -> int:
        """The row of an id, compared in Unicode NFC. Raises ArticleNotFound."""
        row = self.find(article_id)
        if row is None:
            row = self.find(normalise_id(article_id))
        if row is None:
            raise ArticleNotFound(
                article_id, f"no article has the id {article_id!r}; {len(self)} articles are known"
            )
        return row

    def resolve(self, text: str) -> int:
        """The row of an id, or of the one id that begins with ``text`` if that has 8 or more
        characters. Raises ArticleNotFound where there is none, or several."""
        if text in self:
            return self.row(text)
        prefix = normalise_id(text)
        if len(prefix) < PREFIX_LENGTH:
            raise ArticleNotFound(
                text,
                f"no article has the id {text!r}; a prefix needs {PREFIX_LENGTH} or more characters",
            )
        found = [article_id for article_id in self if article_id.startswith(prefix)]
        if len(found) == 1:
            return self.row(found[0])
        if not found:
            raise ArticleNotFound(text, f"no article has an id that is or begins with {text!r}")
        some = ", ".join(repr(article_id) for article_id in found[:3])
        raise ArticleNotFound(
            text, f"{len(found)} ids begin with {text!r} ({some}, ...); expected exactly one"
        )


@dataclass(frozen=True, slots=True)
class Corpus:
    """Articles in row order, their ids, and each one's own source list as rows.

    ``source_lists[row]`` holds the rows that the page of article ``row`` linked to, in page order,
    itself and repeats left out; empty for an article without links. ``counts`` says what assembling
    settled: ``duplicates`` (ids that stood twice), ``left_out`` (turned down), ``teasers`` (made),
    ``links`` (in all), ``links_resolved`` (to full articles), ``links_unknown`` (an id or URL of no
    article, without words).
    """

    articles: tuple[Article, ...]
    source_lists: tuple[tuple[int, ...], ...]
    ids: Ids
    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if not len(self.articles) == len(self.source_lists) == len(self.ids):
            raise ValueError(
                f"{len(self.articles)} articles, {len(self.source_lists)} source lists and "
                f"{len(self.ids)} ids; expected as many of each"
            )

    def __len__(self) -> int:
        return len(self.articles)


def assemble(
    articles: Iterable[Article],
    *,
    parent: Iterable[Article] = (),
    keep: Callable[[Article], bool] = lambda _: True,
) -> Corpus:
    """The corpus of what was read, in reading order, each page's article before its linked stories.

    Of two articles with one id the later ``updated_at`` wins, else the later one read; the winner
    stands where the first stood. ``parent`` holds articles of an earlier build that stay: they come
    first and lose against any new article with their id. Teasers among the input are ignored: they
    are made anew from ``links``, unless the link's id or URL, or else its title, is that of a full
    article. A link to none of them that brings no words either has nothing to rank, and is counted.
    An article that ``keep`` turns down is left out and counted, and does not come back as the teaser of
    a page that links to it.
    """
    full, duplicates = _settle_duplicates(articles, parent)
    finder = _Finder(full.values())
    rows: dict[str, int] = {}
    ordered: list[Article] = []
    targets: dict[str, list[str]] = {}
    links = resolved = unknown = left_out = 0

    def place(article: Article) -> None:
        if article.id not in rows:
            rows[article.id] = len(ordered)
            ordered.append(article)

    for article in full.values():
        if not keep(article):
            left_out += 1
            continue
        place(article)
        listed = targets.setdefault(article.id, [])
        for link in article.links:
            links += 1
            target = finder.find(link)
            if target is None:
                teaser = _teaser(link)
                target = teaser.id
            if target in full:  # a digest too may be an article's id: one whose title is blank
                resolved += 1
                if not keep(full[target]):
                    continue
            elif teaser.title.strip() or teaser.text.strip():
                place(teaser)
            else:
                unknown += 1
                continue
            if target != article.id and target not in listed:
                listed.append(target)

    source_lists = tuple(tuple(rows[target] for target in targets.get(article.id, ())) for article in ordered)
    counts = {
        "duplicates": duplicates,
        "left_out": left_out,
        "teasers": len(ordered) - (len(full) - left_out),
        "links": links,
        "links_resolved": resolved,
        "links_unknown": unknown,
    }
    ids = Ids([article.id for article in ordered])
    return Corpus(tuple(ordered), source_lists, ids, MappingProxyType(counts))


def _settle_duplicates(
    articles: Iterable[Article], parent: Iterable[Article]
) -> tuple[dict[str, Article], int]:
    full = {article.id: article for article in parent if not article.teaser}
    inherited = set(full)
    duplicates = 0
    for article in articles:
        if article.teaser:
            continue
        known = full.get(article.id)
        if known is None or article.id in inherited:
            full[article.id] = article
            inherited.discard(article.id)
            continue
        duplicates += 1
        if not (known.updated_at and article.updated_at and known.updated_at > article.updated_at):
            full[article.id] = article
    return full, duplicates


class _Finder:
    """Full articles by id, by URL and by title; of several with one key the first."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._exact: dict[str, str] = {}
        self._titles: dict[str, str] = {}
        by_url: dict[str, str] = {}
        for article in articles:
            self._exact[article.id] = article.id
            if article.url:
                by_url.setdefault(normalise_id(article.url), article.id)
            if key := title_key(article.title):
                self._titles.setdefault(key, article.id)
        for url, article_id in by_url.items():
            self._exact.setdefault(url, article_id)

    def find(self, link: Link) -> str | None:
        for key in (link.id, link.url):
            if key and (found := self._exact.get(normalise_id(key))):
                return found
        return self._titles.get(title_key(link.title))


def _teaser(link: Link) -> Article:
    for candidate in (link.id, link.url):
        if candidate and id_problem(article_id := normalise_id(candidate)) is None:
            break
    else:
        article_id = digest_id(link.title, link.snippet)
    return Article(id=article_id, title=link.title, text=link.snippet, url=link.url, teaser=True)
