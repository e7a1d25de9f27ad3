"""Documents to render: a full one with everything that is awkward, made from a seed, and the smallest.

The numbers are plausible, not measured: means are those of the values made up for each query, intervals and
p values follow from their spread.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import erfc, sqrt
from statistics import fmean, pstdev
from typing import Any

import numpy as np

from recommender.evaluation.calibration import (
    Calibration,
    CrossFitted,
    PairOrder,
    PooledCalibration,
    Reliability,
    reliability,
)
from recommender.evaluation.document.estimates import Difference, Estimate
from recommender.evaluation.document.judged import (
    AgainstSource,
    CandidateRecall,
    RankedDataset,
    Slice,
    SystemScores,
)
from recommender.evaluation.document.lists import (
    Distribution,
    ListedItem,
    NeedlessList,
    Shown,
    Threshold,
    WorstList,
)
from recommender.evaluation.document.names import (
    ALL_SETS,
    HEADLINE,
    JUDGED,
    MEASURES,
    OFF_TOPIC,
    SOURCE,
    THIS,
)
from recommender.evaluation.document.pairs import Correlation, PairDataset, PublishedFigure
from recommender.evaluation.document.whole import (
    SCHEMA_VERSION,
    AuditExample,
    AuditTotals,
    Document,
    IndexRecall,
    ListMeasures,
    Made,
    SystemInfo,
)

HOSTILE = "<script>alert('x')</script> | `code` *bold* [link](http://evil.example) @all #1 ![i](x) &amp; \\"
LONG = "A title that goes on: " + "and on, and on, " * 30 + "Donaudampfschifffahrtsgesellschaftskapitän" * 5
RIGHT_TO_LEFT = "עיר סופרת את המחיר אחרי הסערה, 12 נפצעו"
TURNED = "before \u202eafter\u202c \x07 bell"
TITLES = (
    "Harbour town counts the cost of the storm",
    "Court hears the third day of the trial",
    HOSTILE,
    "Talks on pay resume after a week of strikes",
    RIGHT_TO_LEFT,
    "Ministers meet to weigh a new timetable for the reform of the hospital wards",
    LONG,
    "台風が港に接近、数千人が避難 🌀",
    "",
    "Rocket launch put off again; the crew waits for better weather on Thursday",
    TURNED,
    "Bakers’ guild names its beekeeper of the year",
)
LEE = "Lee, Pincombe and Welsh 2005"
LABELS = {
    "random": "random order",
    "newest": "newest first",
    SOURCE: "the page's own list",
    "bm25": "BM25, full article as query",
    "tfidf": "TF-IDF cosine, full text",
    "minilm-title": "MiniLM, title only, plain cosine",
    "minilm": "MiniLM, title + lead, plain cosine",
    THIS: "this project, as it serves",
    "own": "<i>own</i> | system $x_1$ 台 " + "with a long label " * 3,
}
LEVELS = {
    "random": 0.03,
    "newest": 0.08,
    SOURCE: 0.41,
    "bm25": 0.68,
    "tfidf": 0.735,
    "minilm-title": 0.66,
    "minilm": 0.775,
    THIS: 0.79,
    "own": 0.5,
}
NOT_APPLICABLE = {"newest": "no article has a date <b>"}
REASONS = ("similar", "below_min_score", "beyond_limit", "not_among_candidates", "text_too_short")


def full(seed: int = 0, *, source: bool = True, level: float | None = None) -> Document:
    """Everything at once. Without ``source`` the pages' lists do not apply; ``level`` is this project's
    nDCG@10, about."""
    rng = random.Random(seed)
    missing = NOT_APPLICABLE | ({} if source else {SOURCE: "no article has links"})
    levels = LEVELS | ({} if level is None else {THIS: level})
    systems = tuple(
        SystemInfo(name=name, label=label, not_applicable=missing.get(name)) for name, label in LABELS.items()
    )
    tried = {name: levels[name] for name in LABELS if name not in missing}
    datasets = (
        ranked(rng, "sample", tried, answerable=91, unanswerable=30, source=source),
        held_out(
            ranked(
                rng,
                "ecbplus",
                {**tried, "tfidf": tried[THIS] + 0.05},
                answerable=140,
                groups=22,
                kind="events",
            )
        ),
        ranked(rng, "<em>one</em> | query", tried, answerable=1, groups=1),
        ranked(rng, "nothing related", tried, answerable=0, groups=0, unanswerable=4),
    )
    return Document(
        schema_version=SCHEMA_VERSION,
        made=made(),
        systems=systems,
        datasets=datasets,
        pairs=(
            held_out(pairs(rng, "lee", tried)),
            pairs(rng, "semeval22 (no figures)", {THIS: 0.8}, published=False),
        ),
        pooled=PooledCalibration(
            datasets=("galaxy", "ecbplus", "<b>third</b>"),
            calibration=calibrated(random.Random("pooled"), tried, 2000),
        ),
        cross_fitted=CrossFitted(
            about="galaxy and ecbplus, ten folds & no event in two",
            calibration=calibrated(random.Random("folds"), tried, 900),
        ),
        lists=tuple(lists(rng, name) for name in tried),
        index=IndexRecall(kind="flat (exact inner products)", queries=200, recall={"10": 1.0, "100": 0.9987}),
        lexical_index=IndexRecall(kind="sparse product", queries=200, recall={"10": 0.9995, "100": 0.875}),
        audit=audit(rng) if source else None,
        notes=("2 files were passed over: stream10k.jsonl.xz, <notes>.txt", "3 records were rejected"),
    )


def wordy() -> Document:
    """One dataset and one of graded pairs, with the longest that can be said of each comparison, and a
    system whose name has no blank to break at."""
    document = full(3)
    unsure = Difference(mean=0.0123, low=-0.1234, high=0.1334, p=0.523, p_holm=0.523)
    (sample, *_), (lee, *_) = document.datasets, document.pairs
    against = sample.against_source
    assert against is not None
    against = against.model_copy(update={"less_this": dict.fromkeys(against.less_this, unsure)})
    changes = {"less_this": dict.fromkeys((HEADLINE, "spearman"), unsure)}
    ranked_ones = tuple(
        one if one.system == THIS else one.model_copy(update=changes) for one in sample.systems
    )
    graded_ones = tuple(one if one.system == THIS else one.model_copy(update=changes) for one in lee.systems)
    systems = tuple(
        one if one.name == THIS else one.model_copy(update={"label": f"Donaudampfschifffahrt{one.name}" * 3})
        for one in document.systems
    )
    sample = sample.model_copy(update={"systems": ranked_ones, "against_source": against})
    lee = lee.model_copy(update={"systems": graded_ones})
    return document.model_copy(update={"datasets": (sample,), "pairs": (lee,), "systems": systems})


def minimal() -> Document:
    """No dataset, no pairs, no audit, no lists."""
    return Document(
        schema_version=SCHEMA_VERSION,
        made=made().model_copy(update={"versions": {}, "encoder": {}, "scoring": {}, "policy": {}}),
        systems=(SystemInfo(name=THIS, label="this project", not_applicable=None),),
        datasets=(),
        pairs=(),
        pooled=None,
        cross_fitted=None,
        lists=(),
        index=IndexRecall(kind="flat", queries=0, recall={}),
        lexical_index=IndexRecall(kind="sparse", queries=0, recall={}),
        audit=None,
        notes=(),
    )


def held_out(one: Any) -> Any:
    """The same, scored by coefficients that were fitted without it."""
    floor = {"min_score": 0.27, "min_best": 0.6} if isinstance(one, RankedDataset) else {}
    return one.model_copy(update={"scored_with": f"fitted without {one.name}", **floor})


def made() -> Made:
    """How a made-up report was made."""
    return Made(
        collection="newsroom & <b>friends</b>",
        command='recommender evaluate --data-dir "../my data" --out reports',
        snapshot="000012-1f3a9c",
        corpus_sha256="1f3a9c" * 10 + "beef",
        articles=12176,
        teasers=190,
        dated=11804,
        encoder={"name": "all-MiniLM-L6-v2", "dim": 384, "weights_sha256": "53aa5117" * 8},
        scoring={"coefficients": {"cosine": 11.25, "log_n": -0.75}, "name": "logistic"},
        policy={"teasers": "always", "steps": ["text_too_short", "copy_of_article"]},
        min_score=0.2,
        min_best=0.5,
        depth=100,
        limit=10,
        seed=7,
        resamples=9999,
        versions={"recommender": "0.1.0", "python": "3.11.9", "numpy": "2.3.1"},
    )


def ranked(
    rng: random.Random,
    name: str,
    levels: dict[str, float],
    *,
    answerable: int,
    groups: int | None = None,
    unanswerable: int = 0,
    kind: Any = "qrels",
    source: bool = False,
) -> RankedDataset:
    """One dataset on which systems do about as well as ``levels`` says."""
    queries = [f"{name}-{place:03}" for place in range(answerable)]
    hardness = [rng.gauss(0, 0.16) for _ in queries]
    values = {
        system: {
            measure: [_clip(level - 0.04 * place + hard + rng.gauss(0, 0.07)) for hard in hardness]
            for place, measure in enumerate(MEASURES)
        }
        for system, level in levels.items()
    }
    if groups is None:
        groups = answerable
    scores = tuple(
        SystemScores(
            system=system,
            answered=max(0, answerable - (3 if system == SOURCE else 0)),
            measures={one: estimate(found) for one, found in by_measure.items()} if queries else {},
            less_this={
                one: difference(found, values[THIS][one], compared=len(values) - 1)
                for one, found in by_measure.items()
                if one != JUDGED
            }
            if queries and system != THIS
            else {},
            shown=shown(rng, answerable + unanswerable, levels[system], unanswerable, fills=system != THIS),
            per_query={
                query: {one: by_measure[one][place] for one in (MEASURES if system == THIS else (HEADLINE,))}
                for place, query in enumerate(queries)
            },
        )
        for system, by_measure in values.items()
    )
    this = values[THIS][HEADLINE]
    worst = sorted(range(answerable), key=lambda place: this[place])[:20]
    return RankedDataset(
        name=name,
        kind=kind,
        origin=f"{name}: made up for tests, <no> people asked",
        queries=answerable + unanswerable,
        answerable=answerable,
        unanswerable=unanswerable,
        groups=groups,
        group_of={query: f"event {place % groups}" for place, query in enumerate(queries)} if groups else {},
        judgements={"0": 30, "1": 210, "2": 340, "4": 55} if answerable else {"0": unanswerable},
        complete="every pair of the corpus was judged: one that is not listed is unrelated",
        scored_with=ALL_SETS,
        min_score=0.2,
        min_best=0.0,
        systems=scores,
        with_floor={
            # As good where something is shown, and nothing on every fourth query.
            one: estimate([0.0 if place % 4 == 3 else value for place, value in enumerate(found)])
            for one, found in values[THIS].items()
            if queries and one != JUDGED
        },
        against_source=_against_source(rng, values, unanswerable) if source else None,
        slices=_slices(rng, levels, answerable),
        worst=tuple(
            WorstList(
                id=queries[place],
                title=TITLES[number % len(TITLES)],
                value=this[place],
                items=listed(rng, 10 if number else 0),
                missed=listed(rng, number % 4, scored=False),
            )
            for number, place in enumerate(worst)
        ),
        needless=tuple(
            NeedlessList(id=f"{name}-lone-{place}", title=TITLES[place % len(TITLES)], items=listed(rng, 3))
            for place in range(unanswerable // 3)
        ),
        thresholds=_thresholds(answerable) if answerable else (),
        scores=Distribution(
            edges=tuple(round(place / 20, 4) for place in range(21)),
            related=tuple(int(answerable * 9 * _bell(place, 14)) for place in range(20)),
            unrelated=tuple(int(answerable * 90 * _bell(place, 1)) for place in range(20)),
        ),
        calibration=calibrated(random.Random(name), levels, answerable * 90) if answerable else None,
        candidates=CandidateRecall(
            related=answerable * 8,
            found=answerable * 7,
            recall=7 / 8 if answerable else None,
            most=20,
            few_related=answerable * 3,
            few_found=answerable * 3,
            few_recall=1.0 if answerable else None,
        ),
        notes=("4 negative grades count as 0", "<b>bold</b> note")
        if answerable == 1
        else (("the floor was chosen on these judgements",) if source else ()),
    )


def calibrated(rng: random.Random, levels: dict[str, float], number: int) -> Calibration:
    """So many candidate pairs, most of them plainly unrelated."""
    found, counted = scored(rng, number)
    return Calibration(
        reliability=found,
        unjudged=number // 3,
        systems=tuple(
            PairOrder(
                system=system,
                average_precision=found.average_precision if system == THIS else level * 0.7,
                counted_average_precision=counted if system == THIS else level * 0.8,
            )
            for system, level in levels.items()
            if system not in (SOURCE, "own")
        ),
        not_applicable={SOURCE: "a list says nothing of <pairs>"},
    )


def scored(rng: random.Random, number: int) -> tuple[Reliability, float | None]:
    """Scores of made-up pairs that are a little too sure of themselves."""
    scores = np.array([round(rng.random() ** 6, 6) for _ in range(number)])
    related = np.array([rng.random() < 0.9 * score for score in scores.tolist()], dtype=np.bool_)
    found = reliability(scores, related)
    return found, found.counted_average_precision


def estimate(values: Sequence[float]) -> Estimate:
    """Mean and a 95 % interval; none for a single value."""
    mean, half = fmean(values), 1.96 * pstdev(values) / sqrt(len(values))
    alone = len(values) < 2
    return Estimate(mean=mean, low=None if alone else mean - half, high=None if alone else mean + half)


def difference(values: Sequence[float], this: Sequence[float], compared: int = 1) -> Difference:
    """A system's values less this project's, with two-sided p values of about the right size."""
    less = [one - other for one, other in zip(values, this, strict=True)]
    found = estimate(less)
    spread = pstdev(less) / sqrt(len(less))
    p = erfc(abs(found.mean) / spread / sqrt(2)) if spread else 1.0
    p = max(p, 0.0001)
    return Difference(mean=found.mean, low=found.low, high=found.high, p=p, p_holm=min(1.0, compared * p))


def shown(rng: random.Random, queries: int, level: float, lone: int, *, fills: bool) -> Shown:
    """What readers see of a system about as good as ``level``."""
    items = queries * (10 if fills else 4)
    good = level * 0.6 if fills else 0.82
    return Shown(
        queries=queries,
        items=items,
        judged=items,
        related=int(items * good),
        off_topic_at_5=_clip(1 - good - 0.05 + rng.random() / 50) if items else None,
        off_topic_at_10=_clip(1 - good) if items else None,
        empty_where_nothing_is_related=(0.0 if fills else 0.6) if lone else None,
        items_where_nothing_is_related=(10.0 if fills else 1.3) if lone else None,
    )


def listed(rng: random.Random, number: int, *, scored: bool = True) -> tuple[ListedItem, ...]:
    """A list of articles, with grades of all kinds."""
    best = rng.uniform(0.3, 0.95)
    return tuple(
        ListedItem(
            id=f"https://post.example/{rng.randrange(10**6):06}?a=<b>&c",
            title=rng.choice(TITLES),
            score=best * (1 - place / 11) if scored else None,
            relevance=rng.choice((0, 0, 1, 2, None)) if scored else rng.choice((4, 2, 1)),
        )
        for place in range(number)
    )


def pairs(rng: random.Random, name: str, levels: dict[str, float], *, published: bool = True) -> PairDataset:
    """Graded pairs: no scores from systems that only make lists."""

    def correlated(level: float) -> Estimate:
        alone = not published
        return Estimate(
            mean=level, low=None if alone else level - 0.11, high=None if alone else min(1, level + 0.09)
        )

    def less(level: float, share: float) -> Difference:
        level *= share
        gap = level - levels[THIS] * share
        p = erfc(abs(gap) / 0.03 / sqrt(2))
        low, high = (gap - 0.06, gap + 0.06) if published else (None, None)
        return Difference(mean=gap, low=low, high=high, p=p, p_holm=min(1.0, (len(levels) - 3) * p))

    found = [
        Correlation(
            system=system,
            pairs=1225,
            pearson=correlated(level * 0.7 + rng.gauss(0, 0.01)),
            spearman=correlated(level * 0.6),
            kendall=correlated(level * 0.45),
            less_this={
                "pearson": less(level, 0.7),
                "spearman": less(level, 0.6),
                "kendall": less(level, 0.45),
            }
            if system != THIS
            else {},
        )
        for system, level in levels.items()
        if system not in ("random", SOURCE)
    ]
    figures = (
        PublishedFigure(label="people among themselves", measure="Pearson", value=0.605, source=LEE),
        PublishedFigure(label="LSA", measure="Pearson", value=0.6, source=LEE),
        PublishedFigure(label="ESA", measure="Pearson", value=0.72, source="Gabrilovich and Markovitch 2007"),
        PublishedFigure(label="odd <b>", measure="other", value=0.3, source="nobody & sons"),
    )  # fmt: skip
    return PairDataset(
        name=name,
        origin="50 articles, each pair graded by 8 to 12 students",
        articles=50,
        pairs=1225,
        scored_with=ALL_SETS,
        published=figures if published else (),
        systems=tuple(found),
        not_applicable={"random": "an order says nothing of <pairs>", SOURCE: "a list says nothing of pairs"},
        notes=("2 equal repeats were dropped",),
    )


def lists(rng: random.Random, system: str) -> ListMeasures:
    """Measures without labels, under the keys of `recommender.measures`."""
    own = system == THIS
    lengths = [140, 60, 51, 40, 36, 30, 22, 20, 18, 16, 120] if own else [0] * 10 + [553]
    items = sum(place * number for place, number in enumerate(lengths))
    counts = [rng.randrange(50, 400) for _ in range(8)]
    measures: dict[str, Any] = {
        "limit": 10,
        "articles": 553,
        "with_items": 553 - lengths[0],
        "empty": lengths[0],
        "full": lengths[10],
        "coverage": (553 - lengths[0]) / 553,
        "items": items,
        "mean_length": items / 553,
        "longest": 10,
        "lengths": lengths,
        "empty_because": {"text_too_short": 12, "below_min_score": 127, "odd_reason": 1} if own else None,
        "repeats": {"near_copy": 0.95, "exact": 0, "exact_lists": 0, "near": 14, "near_lists": 11},
        "similarity": {"lists": 400, "mean": rng.uniform(0.3, 0.6)},
        "days": {
            "pairs": sum(counts),
            "undated": 31,
            "median": rng.uniform(1, 4),
            "p90": rng.uniform(5, 12),
            "far": 0.0123,
            "newer": 0.47,
            "counts": counts,
        },
        "exposure": {
            "never": 88,
            "never_share": 88 / 553,
            "gini": rng.uniform(0.4, 0.8),
            "most": [
                {"id": f"hub-{place}", "title": TITLES[place % len(TITLES)], "times": 90 - place}
                for place in range(10)
            ],
        },
    }
    if own:
        measures["agreement"] = {
            "articles": 540,
            "both_empty": 120,
            "unchanged": 390,
            "rbo": 0.913,
            "parent": "000011-aa",
        }
    if system == "random":
        measures["days"] |= {"median": None, "p90": None, "far": None, "newer": None, "counts": [0] * 8}
    return ListMeasures(system=system, measures=measures)


def audit(rng: random.Random) -> AuditTotals:
    """The audit, in the shapes of `recommender.audit`."""
    dropped = {"text_too_short": 3, "unwanted_teaser": 0, "copy_of_article": 2, "below_min_score": 703,
               "not_among_candidates": 1, "beyond_limit": 40, "<odd>": 1}  # fmt: skip
    totals: dict[str, Any] = {
        "snapshot": "000012-1f3a9c",
        "requested": None,
        "min_score": 0.2,
        "articles": 553,
        "pages": 76,
        "links": 1081,
        "kept": 331,
        "new": 77,
        "below_floor": 706,
        "share_below_floor": 706 / 1081,
        "empty": 19,
        "identical": 1,
        "mean_links": 1081 / 76,
        "mean_rebuilt": 408 / 76,
        "dropped": dropped,
        "most_below_floor": [
            {"id": f"page-{place}", "title": title, "links": 14, "below_floor": 14 - place,
             "share_below_floor": (14 - place) / 14, "kept": place, "rebuilt": place + 1}
            for place, title in enumerate(TITLES)
        ],
    }  # fmt: skip
    examples = (_example(rng, 0, 12), _example(rng, 2, 8), _example(rng, 4, 0), _example(rng, 8, 3))
    return AuditTotals(totals=totals, examples=examples)


def _example(rng: random.Random, number: int, kept: int) -> AuditExample:
    def entry(place: int | None, rank: int | None) -> dict[str, Any]:
        return {
            "id": f"story-{rng.randrange(10**6)}",
            "title": rng.choice(TITLES),
            "url": "https://post.example/story?x=1&y=2",
            "score": round(rng.random(), 4),
            "reason": "similar" if rank else rng.choice(REASONS[1:]),
            "place": place,
            "rank": rank,
        }

    both = [entry(2 * rank - 1, rank) for rank in range(1, kept + 1)]
    new = [entry(None, kept + 1), entry(None, kept + 2)] if kept else []
    dropped = [entry(2 * place, None) for place in range(1, 7)]
    source = sorted(both + dropped, key=lambda one: one["place"] or 0)
    return AuditExample(
        id=f"page-{number}",
        title=TITLES[number],
        audit={
            "id": f"page-{number}",
            "snapshot": "000012-1f3a9c",
            "requested": len(source),
            "min_score": 0.2,
            "source": source,
            "rebuilt": both + new,
            "kept": both,
            "dropped": dropped,
            "new": new,
        },
    )


def _against_source(
    rng: random.Random, values: dict[str, dict[str, list[float]]], lone: int
) -> AgainstSource:
    names = ("nDCG@10", "P@5", "R@10")
    this = {name: values[THIS][name][:29] for name in names}
    source = {name: values[SOURCE][name][:29] for name in names}
    whole = {name: estimate([_clip(value + 0.1) for value in this[name]]) for name in names}
    # Over all 41 pages, those to which nothing is related included.
    this[OFF_TOPIC] = [rng.choice((0.0, 0.0, 0.1, 0.25)) for _ in range(41)]
    source[OFF_TOPIC] = [rng.choice((0.4, 0.5, 0.6, 1.0)) for _ in range(41)]
    whole[OFF_TOPIC] = estimate([_clip(value + rng.choice((0.1, 0.3))) for value in this[OFF_TOPIC]])
    return AgainstSource(
        queries=41,
        answerable=29,
        this={name: estimate(some) for name, some in this.items()},
        source={name: estimate(some) for name, some in source.items()},
        less_this={name: difference(some, this[name]) for name, some in source.items()},
        without_floor=whole,
        shown_this=shown(rng, 41, 0.8, lone, fills=False),
        shown_source=shown(rng, 41, 0.5, lone, fills=True),
    )


def _slices(rng: random.Random, levels: dict[str, float], queries: int) -> tuple[Slice, ...]:
    parts: tuple[tuple[Any, str, int], ...] = (
        ("section", "Politics", 40), ("section", "<b>World</b>", 31), ("section", RIGHT_TO_LEFT, 9),
        ("section", "none", 1), ("source", "The Post", 60), ("source", "Wire", 31),
        ("body length", "under 50 words", 12), ("body length", "400 words and more", 79),
        ("age", "under 2 days", 70), ("age", "undated", 21), ("kind", "full article", 90),
        ("kind", "teaser", 1),
    )  # fmt: skip
    if queries < 10:
        return ()
    return tuple(
        Slice(
            dimension=dimension,
            value=value,
            queries=number,
            means={system: _clip(level + rng.gauss(0, 0.08)) for system, level in levels.items()},
        )
        for dimension, value, number in parts
    )


def _thresholds(queries: int) -> tuple[Threshold, ...]:
    return tuple(
        Threshold(
            min_score=place / 20,
            items=int(queries * 10 * (1 - place / 20) ** 2) if place < 19 else 0,
            precision=min(1.0, 0.5 + place / 14) if place < 19 else None,
            recall=(1 - place / 20) ** 2 if place < 19 else 0.0,
            empty=min(1.0, (place / 20) ** 1.5 + 0.02),
        )
        for place in range(20)
    )


def _bell(place: int, middle: int) -> float:
    return max(0.0, 1 - ((place - middle) / 9) ** 2) ** 3


def _clip(value: float) -> float:
    return min(1.0, max(0.0, value))
