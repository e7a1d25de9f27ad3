"""From named sources to articles: walking, detecting, refusing."""

from __future__ import annotations

import gzip
import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import recommender.ingest
from recommender.errors import InputError, SourceNotFound, StorageError
from recommender.ingest import Rejection, Tally, read_sources
from recommender.ingest.detect import detect
from recommender.ingest.html import read_html
from tests.ingest.reading_helpers import read_paths

PAGE = "Title\n\nBody of it.\n\nRecommended Stories\n\n  • One\n"
HTML = "<html><body><h1>Title</h1><p>A page with a paragraph of text on it.</p></body></html>"
RSS = (
    "<rss version='2.0'><channel><title>F</title><item><title>T</title><guid>g</guid></item></channel></rss>"
)


def line(article_id: str) -> bytes:
    return b'{"id": "%s", "title": "T"}\n' % article_id.encode()


def ids(*sources: str | Path, stdin: bytes | None = None) -> list[str]:
    return [article.id for article in read_paths(*sources, stdin=stdin)[0]]


def test_public_names() -> None:
    assert recommender.ingest.__all__ == ["Rejection", "Tally", "read_sources"]
    assert all(hasattr(recommender.ingest, name) for name in recommender.ingest.__all__)


def test_a_directory_is_read_in_the_order_of_path_components(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a/z.jsonl", "a/b/c.jsonl", "a.jsonl", "B.jsonl", "é.jsonl", "a-b/x.jsonl"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(line(name))
    assert ids(tmp_path) == [
        *("B.jsonl", "a/b/c.jsonl", "a/z.jsonl", "a-b/x.jsonl", "a.jsonl", "b.jsonl", "é.jsonl"),
    ]


def test_sources_keep_the_order_in_which_they_are_named(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.jsonl").write_bytes(line(name))
    assert ids(tmp_path / "b.jsonl", "-", tmp_path, stdin=line("s")) == ["b", "s", "a", "b"]


def test_reading_streams(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(line("a") + b"bad\n" + line("b"))
    tally = Tally()
    articles = read_sources([str(tmp_path)], tally)
    assert next(articles).id == "a"
    assert (tally.records, tally.files) == (1, 1)
    assert [article.id for article in articles] == ["b"]
    assert (tally.records, tally.accepted, len(tally.rejections)) == (3, 2, 1)
    assert tally.rejections[0].source == str(tmp_path / "a.jsonl")


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.JSONL", "a.json", "a.jsonl.gz", "a.b.jsonl", "a"])
def test_json_lines_by_suffix_and_content(tmp_path: Path, name: str) -> None:
    data = line("x") + line("y")
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    assert ids(tmp_path) == ids(tmp_path / name) == ["x", "y"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *(
            ("a.html", HTML),
            ("a.htm", HTML),
            ("a.xml", HTML),
            ("a", HTML),
            ("a", "<?xml version='1.0'?>" + HTML),
        ),
        *(
            ("a.rss", RSS),
            ("a.atom", RSS),
            ("a.xml", RSS),
            ("a", RSS),
            ("a.xml", "\ufeff<?xml version='1.0'?>" + RSS),
        ),
        *(("a.csv", "id,title\na,T\n"), ("a", "id,title\na,T\n"), ("a.csv.gz", "id,title\na,T\n")),
        *(("a.txt", PAGE), ("a", PAGE), ("a.html.gz", HTML)),
    ],
)
def test_other_formats_by_suffix_and_content(tmp_path: Path, name: str, content: str) -> None:
    data = content.encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    assert len(ids(tmp_path)) == 1
    if "." not in name:
        assert ids("-", stdin=data) == ids(tmp_path)
        assert ids("-", stdin=gzip.compress(data)) == ids(tmp_path)


def test_parquet_from_a_pipe() -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(pa.table({"id": ["a"], "title": ["T"]}), sink)
    assert ids("-", stdin=sink.getvalue()) == ["a"]
    assert ids("-", stdin=gzip.compress(sink.getvalue())) == ["a"]


SUFFIXES = ".jsonl .ndjson .json .csv .parquet .html .htm .xml .rss .atom .txt, and .gz after them"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("README.md", "# hello", f"has the suffix '.md', expected one of {SUFFIXES}"),
        ("a.zip", "PK", f"has the suffix '.zip', expected one of {SUFFIXES}"),
        ("a.json", '[\n{"id": 1}\n]', "is JSON, but not one object a line"),
        ("a.json", '{\n"id": 1\n}', "is JSON, but not one object a line"),
        ("a.json", "", "is JSON, but not one object a line"),
        ("a.xml", "<urlset><url/></urlset>", "is XML, but neither a feed nor a page"),
        (
            "a.txt",
            "notes",
            "has no page's shape (a title, a body and a list of recommended stories, or a reading time)",
        ),
        ("empty", "", "is empty"),
    ],
)
def test_passed_over_in_a_directory_and_refused_by_name(
    tmp_path: Path, name: str, content: str, why: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    articles, tally = read_paths(tmp_path)
    assert articles == []
    assert tally.passed_over == [(str(path), why)]
    assert (tally.files, tally.records) == (0, 0)
    with pytest.raises(InputError) as error:
        read_paths(path)
    assert str(error.value) == f"{path} {why}"


def test_a_file_of_another_kind_is_rejected_in_a_directory_and_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("no,header\n", encoding="utf-8")
    (tmp_path / "b.parquet").write_bytes(b"no Parquet")
    (tmp_path / "c.jsonl").write_bytes(line("c"))
    articles, tally = read_paths(tmp_path)
    assert [article.id for article in articles] == ["c"]
    assert [(rejection.source, rejection.line) for rejection in tally.rejections] == [
        (str(tmp_path / "a.csv"), None),
        (str(tmp_path / "b.parquet"), None),
    ]
    with pytest.raises(InputError) as error:
        read_paths(tmp_path / "a.csv")
    assert (
        str(error.value) == f"{tmp_path / 'a.csv'}: found the columns 'no, header', expected one named 'id'"
    )


def stopped(path: Path) -> str:
    """The message, one for both ways in, with which a file stops a reading, named or found."""
    messages = []
    for source in (path, path.parent):
        tally = Tally()
        with pytest.raises(InputError) as error:
            list(read_sources([str(source)], tally))
        assert not any(rejection.line is None for rejection in tally.rejections)
        messages.append(str(error.value))
    assert messages[0] == messages[1]
    return messages[0]


def test_gzip_data_that_ends_early_stops_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    data = gzip.compress(b"".join(line(f"{number}{os.urandom(20).hex()}") for number in range(5000)))[:-5000]
    path.write_bytes(data)
    found = re.fullmatch(
        r"(.*): gzip data ends early after (\d+) bytes of content; (\d+) records were read before that",
        stopped(path),
    )
    assert found is not None
    assert found[1] == str(path)
    assert 1000 < int(found[3]) < 5000
    with pytest.raises(InputError, match=r"^-: gzip data ends early after \d+ bytes of content; \d+ records"):
        read_paths("-", stdin=data)


def test_gzip_data_that_is_damaged_stops_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    data = bytearray(gzip.compress(b"id,title\n" + b"".join(b"%d,T\n" % number for number in range(5000))))
    data[-8] ^= 0xFF  # the checksum
    path.write_bytes(data)
    message = stopped(path)
    assert message.startswith(f"{path}: gzip data is damaged (CRC check failed")
    assert message.endswith("; 5000 records were read before that")


@pytest.mark.parametrize("size", [0, 1, 2, 10])
@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.html.gz", "a.gz", "a.json.gz"])
def test_gzip_data_without_any_content_stops_the_reading(tmp_path: Path, name: str, size: int) -> None:
    (tmp_path / name).write_bytes(gzip.compress(line("a"))[:size])
    assert stopped(tmp_path / name) == (
        f"{tmp_path / name}: gzip data ends early after 0 bytes of content; 0 records were read before that"
    )


def test_gzip_data_of_other_kinds_of_files_is_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(b"log")[:5])
    _, tally = read_paths(tmp_path)
    assert tally.passed_over == [
        (str(tmp_path / "a.log.gz"), f"has the suffix '.log', expected one of {SUFFIXES}")
    ]


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.html.gz"])
def test_a_file_that_is_no_gzip_data_is_rejected_in_a_directory_and_refused_by_name(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(line("a"))
    reason = "not gzip data: begins with 7b 22, expected 1f 8b"
    assert read_paths(tmp_path)[1].rejections == [Rejection(str(tmp_path / name), None, None, reason)]
    with pytest.raises(InputError) as error:
        read_paths(tmp_path / name)
    assert str(error.value) == f"{tmp_path / name}: {reason}"


def test_csv_and_parquet_that_end_early_stop_the_reading(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "a.csv"
    path.write_bytes(b'id,title\na,T\nb,"The wal')
    assert stopped(path) == (
        f"{path}: CSV data ends inside quotes that were opened on line 3; 2 records were read before that"
    )
    path.unlink()
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": ["a"], "title": ["T"]}), path)
    path.write_bytes(path.read_bytes()[:-4])
    assert stopped(path).startswith(f"{path}: not a readable Parquet file: ")


@pytest.mark.parametrize("name", ["a.json", "a"])
@pytest.mark.parametrize("first", [b'{"id": "x", "ti', b'\xef\xbb\xbf \n{"id": "x",}', b'{"id": "\xff"}'])
def test_a_first_line_that_is_malformed_costs_itself_alone(tmp_path: Path, name: str, first: bytes) -> None:
    (tmp_path / name).write_bytes(first + b"\n" + line("a") + line("b"))
    articles, tally = read_paths(tmp_path)
    assert [article.id for article in articles] == ["a", "b"]
    assert len(tally.rejections) == 1
    assert ids("-", stdin=(tmp_path / name).read_bytes()) == ["a", "b"]


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("end", "expected"),
    [(b"<html>", read_html), (b"<rss>", "is XML, but neither a feed nor a page"), (b"<!--", None)],
)
def test_any_number_of_comments_may_stand_before_a_page(end: bytes, expected: object) -> None:
    head = b"<?xml version='1.0'?>" + b"<!-- a page -->\n" * 10_000 + end
    assert detect("a.xml", head) == (expected or "is XML, but neither a feed nor a page")


@pytest.mark.parametrize("name", ["missing", "missing/a.jsonl", ""])
def test_a_source_that_does_not_exist(tmp_path: Path, name: str) -> None:
    source = str(tmp_path / name) if name else ""
    (tmp_path / "a.jsonl").write_bytes(line("a"))
    with pytest.raises(SourceNotFound) as error:
        read_sources([str(tmp_path), source], Tally())
    assert str(error.value) == f"source {source!r} does not exist"
    with pytest.raises(SourceNotFound):
        read_sources([str(tmp_path / "a.jsonl" / "b")], Tally())


def test_links_and_pipes_neither_loop_nor_hang(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(line("a"))
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "dead").symlink_to(tmp_path / "nowhere")
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "a.jsonl")
    os.mkfifo(tmp_path / "pipe.jsonl")
    articles, tally = read_paths(tmp_path)
    assert [article.id for article in articles] == ["a", "a"]
    assert tally.passed_over == [
        (str(tmp_path / "dead"), "is a link to a directory, or to nothing"),
        (str(tmp_path / "loop"), "is a link to a directory, or to nothing"),
        (str(tmp_path / "pipe.jsonl"), "is neither a file nor a directory"),
        (str(tmp_path / "self"), "is a link to a directory, or to nothing"),
    ]
    assert ids(tmp_path / "loop") == ["a", "a"]  # named, a link is followed
    with pytest.raises(InputError, match="neither a file nor a directory; for a pipe use '-'"):
        read_paths(tmp_path / "pipe.jsonl")


def test_a_very_deep_directory(tmp_path: Path) -> None:
    path = tmp_path
    for _ in range(1200):  # deeper than Python's stack
        path = path / "d"
        path.mkdir()
    (path / "a.jsonl").write_bytes(line("a"))
    try:
        assert ids(tmp_path) == ["a"]
    finally:  # pytest's own clean-up would run out of stack here
        (path / "a.jsonl").unlink()
        while path != tmp_path:
            path.rmdir()
            path = path.parent


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.jsonl")).write_bytes(b"bad\n")
    _, tally = read_paths(tmp_path)
    assert tally.rejections[0].source == f"{tmp_path}/\ufffd.jsonl"


@contextmanager
def as_anybody() -> Iterator[None]:
    """Runs as a user without rights, since root may read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("name", ["", "a.jsonl"])
def test_what_may_not_be_read_stops_the_reading(name: str) -> None:
    # Not below tmp_path, into which no other user may look.
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        folder = Path(place, "folder")
        folder.mkdir()
        (folder / "a.jsonl").write_bytes(line("a"))
        (folder / name).chmod(0)
        try:
            with as_anybody(), pytest.raises(StorageError) as error:
                read_paths(folder)
            assert str(error.value) == f"cannot read {folder / name}: Permission denied"
        finally:
            (folder / name).chmod(0o700)


def test_a_read_that_fails_stops_the_reading() -> None:
    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: object) -> int:
            raise OSError(5, "Input/output error")

    with pytest.raises(StorageError, match=r"^cannot read -: Input/output error$"):
        list(read_sources(["-"], Tally(), stdin=Broken()))  # type: ignore[arg-type]


def test_standard_input_as_a_pipe_is_not_read_ahead_and_is_named() -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as out, os.fdopen(reader, "rb") as stdin:
        out.write(line("a") + b"bad\n" + line("b"))
        out.close()
        tally = Tally()
        articles = list(read_sources(["-"], tally, stdin=stdin))
    assert [article.id for article in articles] == ["a", "b"]
    assert (tally.rejections[0].source, tally.rejections[0].line) == ("-", 2)


def test_an_unrecognised_standard_input_is_refused() -> None:
    with pytest.raises(InputError, match=r"^- has no page's shape"):
        read_paths("-", stdin=b"hello\n")
    with pytest.raises(InputError, match=r"^- is empty$"):
        read_paths("-", stdin=b"")


@pytest.mark.parametrize(
    ("source", "content", "heavy"),
    [
        ("a.jsonl", '{"id": "a", "title": "T"}\n', ""),
        ("a.html", HTML, "trafilatura"),
        ("a.rss", RSS, "feedparser"),
    ],
)
def test_a_library_is_imported_only_for_its_own_format(
    tmp_path: Path, source: str, content: str, heavy: str
) -> None:
    (tmp_path / source).write_text(content, encoding="utf-8")
    code = (
        "import sys; from recommender.ingest import Tally, read_sources\n"
        "assert list(read_sources([sys.argv[1]], Tally()))\n"
        "print(*[name for name in ('trafilatura', 'feedparser', 'pyarrow', 'lxml') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    found = done.stdout.split()
    assert [name for name in found if name != "lxml"] == ([heavy] if heavy else [])
    assert done.stderr == ""


def test_the_shared_data_is_read_whole(shared_data: Path) -> None:
    articles, tally = read_paths(shared_data / "galaxy.jsonl", shared_data / "wikinews.jsonl")
    assert (len(articles), tally.rejections) == (894, [])
    _, tally = read_paths(shared_data)
    passed_over = {Path(path).name for path, _ in tally.passed_over}
    assert passed_over == {"README.md", "lee_similarities.txt", "stream10k.jsonl.xz"}
