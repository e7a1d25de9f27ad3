"""Whatever happens to a snapshot's files, it is refused, and the message names the file."""

from __future__ import annotations

import gc
import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest

from recommender.errors import CorruptSnapshot
from recommender.snapshot import (
    FORMAT_VERSION,
    MANIFEST,
    Snapshot,
    checked,
    open_snapshot,
    sequence_of,
    verify,
)
from recommender.snapshot.format import (
    ARTICLE_DIGESTS,
    ARTICLE_OFFSETS,
    ARTICLES,
    CANDIDATE_OFFSETS,
    CANDIDATE_ROWS,
    CANDIDATE_SCORES,
    CANDIDATE_VERDICTS,
    COPIES,
    FILES,
    ID_HASHES,
    ID_OFFSETS,
    ID_ROWS,
    IDS,
    ITEM_OFFSETS,
    ITEMS,
    LABELS,
    LIST_LEFT,
    LIST_OFFSETS,
    LIST_ROWS,
    LIST_SCORE_OFFSETS,
    LIST_SCORES,
    NEAREST_LEAD,
    NEAREST_TERMS,
    OVERLAY,
    PAIR_COSINES,
    PAIR_ROWS,
    PUBLISHED,
    REPORT,
    SECTIONS,
    SOURCE_LIST_OFFSETS,
    SOURCE_LIST_ROWS,
    SOURCES,
    SPACE_CROWDING,
    SPACE_LEAD,
    SPACE_NAMES,
    SPACE_NEIGHBOURS,
    SPACE_TERMS,
    STATISTICS_CAPITALISED,
    STATISTICS_IDF,
    STATISTICS_KEYS,
    STATISTICS_LEAST,
    STATISTICS_MEAN,
    STATISTICS_WHITENING,
    STORIES,
    TAG_CODES,
    TAG_OFFSETS,
    TEASERS,
    TOO_SHORT,
    VECTOR_DIGESTS,
    VECTORS,
    decode_manifest,
)
from recommender.snapshot.ids import files_of_ids
from recommender.snapshot.verification import check_content
from recommender.statistics import packaged_background
from tests.fakes import make_article
from tests.news import FOUR, news
from tests.snapshot.by_hand import FORMULA, contents_of, publish

EVERY_FILE = sorted(FILES | {MANIFEST})


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    articles = [make_article(name, "storm court", section="S", source="P") for name in "abc"]
    return publish(tmp_path_factory.mktemp("index"), contents_of(articles)).directory


@pytest.fixture
def directory(original, tmp_path):
    return Path(shutil.copytree(original, tmp_path / original.name))


def refused(directory: Path, *named: str) -> None:
    for read in (verify, open_whole):
        with pytest.raises(CorruptSnapshot) as caught:
            read(directory)
        assert caught.value.exit_code == 65
        assert [name for name in named if name not in str(caught.value)] == []


def open_whole(directory: Path) -> Snapshot:
    return open_snapshot(directory, whole=True)


def resealed(directory: Path, **changed: object) -> Path:
    """The directory with a manifest that vouches for whatever its files are now."""
    manifest = decode_manifest((directory / MANIFEST).read_bytes(), directory)
    contents = {name: (directory / name).read_bytes() for name in manifest.files}
    vouched = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for name, content in contents.items()
    }
    manifest = replace(manifest, **{"files": vouched} | changed).sealed()
    (directory / MANIFEST).write_bytes(manifest.encode())
    return directory.rename(directory.with_name(manifest.name))


def test_what_was_published_is_accepted(directory):
    assert verify(directory).name == directory.name
    assert len(open_snapshot(directory)) == len(open_whole(directory)) == 3


def test_a_resealed_snapshot_is_accepted(directory):
    """The control for the tests that change a file and reseal."""
    (directory / LABELS).write_bytes(b'{"sources": ["P"], "sections": ["Other"], "tags": []}')
    assert open_whole(resealed(directory)).section_labels == ("Other",)


# Each file


@pytest.mark.parametrize("name", EVERY_FILE)
def test_a_flipped_byte_is_found(directory, name):
    content = (directory / name).read_bytes()
    for place in (0, len(content) // 2, len(content) - 1):
        flipped = bytearray(content)
        flipped[place] ^= 1
        (directory / name).write_bytes(flipped)
        refused(directory, name)
    (directory / name).write_bytes(content)
    assert verify(directory).name == directory.name


@pytest.mark.parametrize("name", EVERY_FILE)
def test_a_truncated_file_is_found(directory, name):
    content = (directory / name).read_bytes()
    (directory / name).write_bytes(content[:-2])  # the manifest's last byte is a line end
    refused(directory, name)
    (directory / name).write_bytes(b"")
    refused(directory, name)


@pytest.mark.parametrize("name", sorted(FILES))
def test_an_extended_file_is_found(directory, name):
    with (directory / name).open("ab") as stream:
        stream.write(b"\n")
    refused(directory, name)


def test_the_message_says_what_was_found_and_what_was_expected(directory):
    size = (directory / VECTORS).stat().st_size
    (directory / VECTORS).write_bytes(b"0" * size)
    refused(directory, VECTORS, hashlib.sha256(b"0" * size).hexdigest())
    (directory / VECTORS).write_bytes(b"0")
    refused(directory, VECTORS, "has 1 bytes", f"expected {size}")


@pytest.mark.parametrize("name", EVERY_FILE)
def test_a_missing_file_is_found(directory, name):
    (directory / name).unlink()
    refused(directory, name)


@pytest.mark.parametrize("name", EVERY_FILE)
def test_a_link_in_a_file_s_place_is_found_though_its_content_is_right(directory, name):
    elsewhere = directory.parent / "elsewhere"
    (directory / name).rename(elsewhere)
    (directory / name).symlink_to(elsewhere)
    refused(directory, name)


@pytest.mark.parametrize("name", EVERY_FILE)
def test_a_directory_in_a_file_s_place_is_found(directory, name):
    (directory / name).unlink()
    (directory / name).mkdir()
    refused(directory, name)


@pytest.mark.parametrize("name", ["stranger", "vectors/stranger.npy", "manifest.json.bak", ".hidden"])
def test_a_stranger_is_found(directory, name):
    (directory / name).write_bytes(b"")
    refused(directory, name)


def test_a_linked_stranger_is_found(directory):
    (directory / "stranger").symlink_to(directory / IDS)
    refused(directory, "stranger")
    (directory / "stranger").unlink()
    (directory / "stranger").symlink_to(directory.parent / "nowhere")
    refused(directory, "stranger")


def test_a_linked_subdirectory_is_found(directory):
    (directory / "vectors").rename(directory.parent / "vectors")
    (directory / "vectors").symlink_to(directory.parent / "vectors")
    refused(directory, "vectors")


def test_two_files_that_changed_places_are_found(directory):
    one, other = directory / "sections.npy", directory / "sources.npy"
    first, second = one.read_bytes(), other.read_bytes()
    other.write_bytes(first)
    one.write_bytes(second.replace(b" ", b"  ", 1)[: len(second)])
    refused(directory, "sections.npy")


def test_a_directory_that_is_not_there(tmp_path):
    refused(tmp_path / "000001-abcdef", MANIFEST)


def test_a_file_in_the_directory_s_place(tmp_path):
    (tmp_path / "000001-abcdef").write_bytes(b"")
    refused(tmp_path / "000001-abcdef", MANIFEST)


# The manifest


def test_no_bit_of_the_manifest_can_flip_unseen(directory):
    content = (directory / MANIFEST).read_bytes()
    accepted = []
    for place in range(len(content)):
        flipped = bytearray(content)
        flipped[place] ^= 1 << place % 8
        try:
            decode_manifest(bytes(flipped), directory / MANIFEST)
        except CorruptSnapshot:
            continue
        accepted.append(place)
    assert accepted == []
    assert decode_manifest(content, directory / MANIFEST).name == directory.name


def edited(directory: Path, **changed: object) -> None:
    value = orjson.loads((directory / MANIFEST).read_bytes()) | changed
    (directory / MANIFEST).write_bytes(orjson.dumps(value))


@pytest.mark.parametrize(
    "changed",
    [
        {"sequence": 2},
        {"created_at": "2022-01-18T04:00:00Z"},
        {"parent": "000001-abcdef"},
        {"encoder": {}},
        {"scoring": {"min_score": 0}},
        {"counts": {"articles": 4}},
        {"lists": {"empty": 0}},
        {"corpus_sha256": "0" * 64},
        {"files": {}},
        {"digest": "0" * 64},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_an_edited_manifest_is_refused(directory, changed):
    edited(directory, **changed)
    refused(directory, MANIFEST, "digest")


@pytest.mark.parametrize("version", [FORMAT_VERSION + 1, 0, None, True, 1.0, str(FORMAT_VERSION), [1]])
def test_another_format_version_is_refused_and_named(directory, version):
    edited(directory, format_version=version)
    refused(directory, MANIFEST, f"format version {version!r},", f"version {FORMAT_VERSION}")


def test_an_unknown_field_is_refused_and_named(directory):
    edited(directory, colour="blue")
    refused(directory, MANIFEST, "colour")


def test_a_missing_field_is_refused_and_named(directory):
    value = orjson.loads((directory / MANIFEST).read_bytes())
    del value["corpus_sha256"]
    (directory / MANIFEST).write_bytes(orjson.dumps(value))
    refused(directory, MANIFEST, "corpus_sha256")


@pytest.mark.parametrize("name", ["sequence", "digest", "files", "counts", "lists", "encoder"])
def test_a_field_of_another_type_is_refused_and_named(directory, name):
    edited(directory, **{name: 1.5})
    refused(directory, MANIFEST, name, "1.5")


def scoring_with(**changed):
    formula = FORMULA.as_json()
    whole = {"formula": formula, "min_score": 0.5, "min_best": 0.0}
    return {name: value for name, value in {**whole, **changed}.items() if value != "gone"}


@pytest.mark.parametrize(
    "scoring",
    [
        {},
        scoring_with(min_best="gone"),
        scoring_with(min_score=None),
        scoring_with(min_score="high"),
        scoring_with(formula={}),
        scoring_with(formula={**FORMULA.as_json(), "colour": 1}),
        scoring_with(formula={**FORMULA.as_json(), "floors": {"min_scores": [[1]], "min_best": 0}}),
    ],
    ids=["nothing", "no best", "null", "text", "no formula", "another formula", "another floor"],
)
def test_scoring_of_another_form_is_refused(directory, scoring):
    refused(resealed(directory, scoring=scoring), "scoring")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"null", b"[]", b'"text"', b"[" * 100_000])
def test_what_is_no_json_object_is_refused(directory, content):
    (directory / MANIFEST).write_bytes(content)
    refused(directory, MANIFEST)


@pytest.mark.parametrize("name", ["000002-abcdef", "000001-000000", "copy"])
def test_a_directory_of_another_name_is_refused(directory, name):
    elsewhere = directory.rename(directory.with_name(name))
    refused(elsewhere, MANIFEST, directory.name, name)


def test_a_file_that_the_manifest_leaves_out_is_refused(directory):
    manifest = decode_manifest((directory / MANIFEST).read_bytes(), directory)
    fewer = {name: entry for name, entry in manifest.files.items() if name != OVERLAY}
    (directory / OVERLAY).unlink()
    manifest = replace(manifest, files=fewer).sealed()
    (directory / MANIFEST).write_bytes(manifest.encode())
    refused(directory.rename(directory.with_name(manifest.name)), OVERLAY)


def test_a_file_entry_without_its_hash_is_refused(directory):
    manifest = decode_manifest((directory / MANIFEST).read_bytes(), directory)
    for entry in ({"size": 3}, "yes", None, {"sha256": 1, "size": "3"}):
        changed = replace(manifest, files={**manifest.files, IDS: entry}).sealed()
        (directory / MANIFEST).write_bytes(changed.encode())
        directory = directory.rename(directory.with_name(changed.name))
        refused(directory, IDS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("000012-1f3a9c", 12),
        ("1234567-000000", 1_234_567),
        ("00012-1f3a9c", None),
        ("000012-1F3A9C", None),
        ("000012-1f3a9", None),
        ("000012-1f3a9c0", None),
        ("000012-1f3a9c\n", None),
        ("٠٠٠٠١٢-1f3a9c", None),
        (".tmp-000012", None),
        ("../000012-1f3a9c", None),
        ("", None),
    ],
)
def test_the_names_of_snapshots(name, expected):
    assert sequence_of(name) == expected


# Files that the manifest vouches for, written by a program that is wrong


def opening_resealed_is_refused(directory: Path, name: str) -> None:
    with pytest.raises(CorruptSnapshot) as caught:
        open_whole(resealed(directory))
    assert name in str(caught.value)


class Trap:
    """Unpickled, it leaves a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def test_a_pickle_is_refused_and_not_run(directory):
    trap = directory.parent / "sprung"
    trapped = np.array([Trap(trap)] * 6, dtype=object)
    np.save(directory / CANDIDATE_SCORES, trapped, allow_pickle=True)
    opening_resealed_is_refused(directory, CANDIDATE_SCORES)
    assert not trap.exists()


@pytest.mark.parametrize(
    ("name", "array"),
    [
        (CANDIDATE_ROWS, np.array([1, 2, 0, 2, 0, -1], dtype=np.int32)),
        (CANDIDATE_ROWS, np.array([1, 2, 0, 2, 0, 3], dtype=np.int32)),
        (CANDIDATE_ROWS, np.array([1, 2, 0, 2, 0, 1], dtype=np.int64)),
        (CANDIDATE_ROWS, np.array([1, 2, 0, 2, 0], dtype=np.int32)),
        (CANDIDATE_OFFSETS, np.array([1, 2, 4, 6], dtype=np.int64)),
        (CANDIDATE_OFFSETS, np.array([0, 4, 2, 6], dtype=np.int64)),
        (CANDIDATE_VERDICTS, np.array([0, 0, 0, 0, 0, 99], dtype=np.uint8)),
        (SOURCE_LIST_ROWS, np.array([1], dtype=np.int32)),
        ("tags/offsets.npy", np.array([0, 2, 1, 2], dtype=np.int64)),
        ("tags/codes.npy", np.array([0, 0, 0, 0, 0, 0, 0], dtype=np.int32)),
        (VECTORS, np.zeros((3, 2), dtype=np.float32)),
        ("articles.offsets.npy", np.array([0, 1, 2, 3], dtype=np.int64)),
        ("items.offsets.npy", np.array([0, 1, 2, 3], dtype=np.int64)),
    ],
)
def test_an_array_that_does_not_fit_is_refused(directory, name, array):
    np.save(directory / name, array)
    opening_resealed_is_refused(directory, name.replace(".offsets.npy", ""))


@pytest.fixture(scope="module")
def with_words(tmp_path_factory):
    """A snapshot in which each table holds something."""
    contents = contents_of(list(news()), formula=FOUR, fitted=True, background=packaged_background())
    return publish(tmp_path_factory.mktemp("index"), contents, formula=FOUR).directory


@pytest.fixture
def worded(with_words, tmp_path):
    return Path(shutil.copytree(with_words, tmp_path / with_words.name))


def put(place: int, value: int):
    """Writes one value into an array."""

    def write(array: np.ndarray) -> np.ndarray:
        changed = array.copy()
        changed[place] = value
        return changed

    return write


def double(array: np.ndarray) -> np.ndarray:
    return array.astype({"f": np.float64, "i": np.int64, "u": np.uint64}[array.dtype.kind])


def shorter(array: np.ndarray) -> np.ndarray:
    return array[:-1]


def flat(array: np.ndarray) -> np.ndarray:
    return array[None]


TABLES = (SPACE_TERMS, SPACE_NAMES, SPACE_NEIGHBOURS)
OFFSETS, COLUMNS, WEIGHTS = zip(*TABLES, strict=True)
STATISTICS = (
    *(STATISTICS_MEAN, STATISTICS_WHITENING, STATISTICS_KEYS, STATISTICS_IDF, STATISTICS_CAPITALISED),
    STATISTICS_LEAST,
)
WORK = (ARTICLE_DIGESTS, *NEAREST_LEAD, *NEAREST_TERMS, *PAIR_ROWS, *PAIR_COSINES)
GEOMETRY = (*STATISTICS, SPACE_LEAD, SPACE_CROWDING, *OFFSETS, *COLUMNS, *WEIGHTS)


@pytest.mark.parametrize("name", GEOMETRY)
def test_geometry_of_another_shape_or_type_is_refused(worded, name):
    array = np.load(worded / name)
    if name in OFFSETS:  # of these 64 bits are right
        changes = [array.astype(np.int32), flat(array), shorter(array)]
    else:
        changes = [double(array), flat(array)]
        # How many keys there are their own file says: it is what belongs to them that does not fit.
        changes += [] if name == STATISTICS_KEYS else [shorter(array)]
    for place, changed in enumerate(changes):
        copy = Path(shutil.copytree(worded, worded.parent / f"{place}" / worded.name))
        np.save(copy / name, changed)
        opening_resealed_is_refused(copy, name)


@pytest.mark.parametrize("name", OFFSETS)
@pytest.mark.parametrize("change", [put(0, 1), put(1, 10**6), put(2, -1), put(-1, 0), put(-1, 10**6)])
def test_offsets_that_fall_or_lead_outside_are_refused(worded, name, change):
    np.save(worded / name, change(np.load(worded / name)))
    table = name.removesuffix(".offsets.npy")
    opening_resealed_is_refused(worded, table)


@pytest.mark.parametrize(("name", "width"), list(zip(COLUMNS, ("terms", "terms", "articles"), strict=True)))
@pytest.mark.parametrize("place", [0, -1])
def test_a_column_outside_its_table_is_refused(worded, name, width, place):
    """The control: the last column there is is accepted."""
    manifest = decode_manifest((worded / MANIFEST).read_bytes(), worded)
    columns = {"terms": manifest.statistics["terms"], "articles": manifest.counts["articles"]}[width]
    array = np.load(worded / name)
    for value in (-1, columns, 2**31 - 1):
        copy = Path(shutil.copytree(worded, worded.parent / f"{value}" / worded.name))
        np.save(copy / name, put(place, value)(array))
        with pytest.raises(CorruptSnapshot, match=rf"{name} names a column outside 0\.\.{columns - 1}"):
            open_whole(resealed(copy))
    np.save(worded / name, put(place, columns - 1)(array))
    assert len(open_whole(resealed(worded))) > 40


def test_fewer_keys_than_belong_to_them_are_refused(worded):
    np.save(worded / STATISTICS_KEYS, shorter(np.load(worded / STATISTICS_KEYS)))
    opening_resealed_is_refused(worded, STATISTICS_IDF)


def test_keys_that_do_not_ascend_are_refused(worded):
    keys = np.load(worded / STATISTICS_KEYS)
    np.save(worded / STATISTICS_KEYS, put(5, int(keys[4]))(keys))
    opening_resealed_is_refused(worded, f"{STATISTICS_KEYS} does not ascend")


@pytest.mark.parametrize("field", ["version", "articles", "background", "whitened", "rarest"])
def test_statistics_of_which_the_manifest_says_too_little_are_refused(directory, field):
    manifest = decode_manifest((directory / MANIFEST).read_bytes(), directory)
    said = {name: value for name, value in manifest.statistics.items() if name != field}
    with pytest.raises(CorruptSnapshot, match=field):
        open_whole(resealed(directory, statistics=said))


@pytest.mark.parametrize("content", [b"", b"not an array", b"\x93NUMPY\x09\x00"])
def test_what_is_no_array_is_refused(directory, content):
    (directory / CANDIDATE_SCORES).write_bytes(content)
    opening_resealed_is_refused(directory, CANDIDATE_SCORES)


def with_ids(directory: Path, content: list[bytes], **changed: np.ndarray) -> Path:
    """The directory with other ids, and whatever of the arrays beside them is ``changed``."""
    _, arrays = files_of_ids([one.decode("latin-1") for one in content])
    (directory / IDS).write_bytes(b"".join(content))
    for name, array in arrays.items():
        np.save(directory / name, changed.get(name.partition("/")[2].removesuffix(".npy"), array))
    return resealed(directory)


def test_other_ids_are_accepted(directory):
    """The control for the tests that change them."""
    assert list(open_whole(with_ids(directory, [b"x", b"yy", b"zzz"])).ids) == ["x", "yy", "zzz"]


@pytest.mark.parametrize(
    ("content", "changed", "named"),
    [
        ([b"a", b"a", b"b"], {}, IDS),
        ([b"a", b"b"], {}, ID_OFFSETS),
        ([b"a", b"b", b"c"], {"offsets": np.array([0, 1, 2, 4])}, IDS),
        ([b"a", b"b", b"c"], {"offsets": np.array([0, 2, 1, 3])}, ID_OFFSETS),
        ([b"a", b"b", b"c"], {"hashes": np.array([3, 2, 1], dtype=np.uint64)}, ID_HASHES),
        ([b"a", b"b", b"c"], {"hashes": np.array([1, 2, 3], dtype=np.uint64)}, ID_HASHES),
        ([b"a", b"b", b"c"], {"hashes": np.array([1, 2, 3], dtype=np.int64)}, ID_HASHES),
        ([b"a", b"b", b"c"], {"rows": np.array([0, 1, 3], dtype=np.int32)}, ID_ROWS),
        ([b"a", b"b", b"c"], {"rows": np.array([0, 1, 1], dtype=np.int32)}, ID_ROWS),
        ([b"a", b"b", b"c"], {"rows": np.array([0, 1], dtype=np.int32)}, ID_ROWS),
        ([b"a", b"b", b"\xff"], {"offsets": np.array([0, 1, 2, 3])}, ID_HASHES),
    ],
)
def test_ids_that_cannot_be_used_are_refused(directory, content, changed, named):
    with pytest.raises(CorruptSnapshot, match=named):
        open_whole(with_ids(directory, content, **changed))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        (LIST_ROWS, lambda rows: rows[::-1]),
        (LIST_LEFT, lambda left: left + np.uint8(1)),
        (LIST_OFFSETS, lambda offsets: np.minimum(offsets, offsets[-2])),
    ],
)
def test_lists_that_the_candidates_do_not_make_are_refused(directory, name, change):
    np.save(directory / name, change(np.load(directory / name)))
    opening_resealed_is_refused(directory, "lists/")


def test_scores_that_the_candidates_do_not_have_are_refused(directory):
    content = (directory / LIST_SCORES).read_bytes()
    (directory / LIST_SCORES).write_bytes(content[:-1] + b"9")
    opening_resealed_is_refused(directory, LIST_ROWS)


# What a snapshot that is opened for serving reads at once, and what on first use

AT_ONCE = {
    *(MANIFEST, OVERLAY, LABELS, ITEMS, ITEM_OFFSETS, IDS, ID_OFFSETS, ID_HASHES, ID_ROWS),
    *(LIST_OFFSETS, LIST_ROWS, LIST_SCORES, LIST_SCORE_OFFSETS, LIST_LEFT, TOO_SHORT),
    *(SECTIONS, SOURCES, TAG_OFFSETS, TAG_CODES, TEASERS, COPIES, STORIES),
}
ON_FIRST_USE = {
    PUBLISHED: lambda snapshot: snapshot.published,
    ARTICLES: lambda snapshot: snapshot.article(0),
    ARTICLE_OFFSETS: lambda snapshot: list(snapshot.articles()),
    SOURCE_LIST_OFFSETS: lambda snapshot: snapshot.source_list(0),
    SOURCE_LIST_ROWS: lambda snapshot: snapshot.source_list(0),
    VECTORS: lambda snapshot: snapshot.vectors,
    VECTOR_DIGESTS: lambda snapshot: snapshot.embedding(),
    REPORT: lambda snapshot: snapshot.report(),
    **dict.fromkeys(WORK, lambda snapshot: snapshot.work),
    **dict.fromkeys(STATISTICS, lambda snapshot: snapshot.statistics),
    **dict.fromkeys(GEOMETRY[len(STATISTICS) :], lambda snapshot: snapshot.space),
    **dict.fromkeys(
        (CANDIDATE_OFFSETS, CANDIDATE_ROWS, CANDIDATE_SCORES, CANDIDATE_VERDICTS),
        lambda snapshot: snapshot.candidates(0),
    ),
}


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_every_file_is_read_at_once_or_on_first_use():
    assert AT_ONCE | set(ON_FIRST_USE) == set(EVERY_FILE)
    assert not AT_ONCE & set(ON_FIRST_USE)


@pytest.mark.parametrize("name", sorted(AT_ONCE))
def test_what_lists_are_answered_from_is_verified_at_once(directory, name):
    flip(directory / name)
    with pytest.raises(CorruptSnapshot, match=name):
        open_snapshot(directory)


@pytest.mark.parametrize("name", sorted(ON_FIRST_USE))
def test_everything_else_is_verified_before_it_is_used(directory, name):
    flip(directory / name)
    snapshot = open_snapshot(directory)
    assert [snapshot.item(row)[:8] for row in range(3)] == [b'"id":"a"', b'"id":"b"', b'"id":"c"']
    for _ in range(2):
        with pytest.raises(CorruptSnapshot, match=f"{name} has sha256"):
            ON_FIRST_USE[name](snapshot)
    refused(directory, name)


@pytest.mark.parametrize("name", sorted(ON_FIRST_USE))
def test_and_its_size_at_once(directory, name):
    with (directory / name).open("ab") as stream:
        stream.write(b"\n")
    with pytest.raises(CorruptSnapshot, match=name):
        open_snapshot(directory)
    (directory / name).unlink()
    with pytest.raises(CorruptSnapshot, match=name):
        open_snapshot(directory)


def test_a_snapshot_goes_on_where_its_directory_is_removed(directory):
    snapshot = open_snapshot(directory)
    shutil.rmtree(directory)
    for use in ON_FIRST_USE.values():
        use(snapshot)
    assert [article.id for article in snapshot.articles()] == list(snapshot.ids) == ["a", "b", "c"]


def test_what_takes_a_file_s_place_later_is_not_looked_at(directory):
    snapshot = open_snapshot(directory)
    (directory / ARTICLES).rename(directory / "elsewhere")
    (directory / ARTICLES).write_bytes(b"something else")
    assert snapshot.article(0).id == "a"


def test_its_files_are_closed_with_it(directory):
    def held() -> int:
        return sum(
            str(directory) in str(one.readlink())
            for one in Path("/proc/self/fd").iterdir()
            if one.is_symlink()
        )

    snapshot = open_whole(directory)
    assert held() >= len(FILES)
    del snapshot
    gc.collect()
    assert held() == 0


def test_a_damaged_file_is_read_once(directory, monkeypatch):
    flip(directory / VECTORS)
    snapshot = open_snapshot(directory)
    read = []
    monkeypatch.setattr(checked, "check_content", lambda *given: read.append(given) or check_content(*given))
    for _ in range(3):
        with pytest.raises(CorruptSnapshot, match=VECTORS):
            _ = snapshot.vectors
    assert len(read) == 1


@pytest.mark.parametrize(
    ("name", "array"),
    [
        (CANDIDATE_ROWS, np.array([1, 2, 0, 2, 0, 3], dtype=np.int32)),
        (CANDIDATE_OFFSETS, np.array([0, 4, 2, 6], dtype=np.int64)),
        (CANDIDATE_VERDICTS, np.array([0, 0, 0, 0, 0, 99], dtype=np.uint8)),
        (SOURCE_LIST_ROWS, np.array([1], dtype=np.int32)),
        (VECTORS, np.zeros((3, 2), dtype=np.float32)),
        (SPACE_LEAD, np.zeros((3, 2), dtype=np.float32)),
        (ARTICLE_OFFSETS, np.array([0, 1, 2, 3], dtype=np.int64)),
    ],
)
def test_an_array_that_does_not_fit_is_refused_on_first_use(directory, name, array):
    np.save(directory / name, array)
    snapshot = open_snapshot(resealed(directory))
    with pytest.raises(CorruptSnapshot, match=name.replace(".offsets", "")[:-4]):
        ON_FIRST_USE[name](snapshot)


def test_labels_that_are_none_are_refused_on_first_use(directory):
    (directory / LABELS).write_bytes(b"[]")
    snapshot = open_snapshot(resealed(directory))
    with pytest.raises(CorruptSnapshot, match="cannot be opened"):
        _ = snapshot.section_labels


def test_an_overlay_that_cannot_be_used_is_refused(directory):
    (directory / OVERLAY).write_bytes(b"{}")
    opening_resealed_is_refused(directory, OVERLAY)


def test_texts_shorter_than_their_offsets_are_refused(directory):
    for name in (ARTICLES, ITEMS):
        copy = Path(shutil.copytree(directory, directory.parent / name / directory.name))
        (copy / name).write_bytes((copy / name).read_bytes()[:-1])
        opening_resealed_is_refused(copy, name)
