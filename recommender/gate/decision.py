"""The checks, and whether a build stays within all of them."""

from __future__ import annotations

from collections.abc import Iterator

from recommender.encoder import model_of
from recommender.gate.bounds import ANY, SAME, Bounds
from recommender.gate.judged import judged
from recommender.gate.material import Canary, Material
from recommender.gate.shown import Shown
from recommender.gate.verdict import Check, Verdict, in_words
from recommender.measures import Shared, shared
from recommender.measures.lists import rounded
from recommender.recommend import DEFAULT_LIMIT


def decide(
    build: Shown,
    served: Shown | None,
    bounds: Bounds,
    material: Material,
    *,
    note: str = "",
    forced: bool = False,
) -> Verdict:
    """Compare a build with what is being served; with nothing to compare with (``note`` says why) only the
    canaries are looked at. No check depends on the order of the articles, and a build that shows what is
    served passes all but canaries.

    Lists are compared (``churn`` and ``ndcg@10``) over the articles that both sides know, and cut to ten
    only then, so that what came and went since does not count as change."""
    checks = [_canary(canary, build, served) for canary in material.canaries]
    if served is None:
        return Verdict(tuple(checks), None, note, forced)
    both = shared(build.lists, build.ids, served.lists, served.ids, limit=DEFAULT_LIMIT)
    another_model = model_of(build.encoder) != model_of(served.encoder)
    found = (
        *_articles(build, served, bounds),
        *_shares(build, served, bounds),
        _churn(both, bounds, another_model=another_model),
        _encoder(build, served, bounds),
        *judged(both, material.grades, bounds),
        *checks,
    )
    return Verdict(found, served.name, note, forced)


def _articles(build: Shown, served: Shown, bounds: Bounds) -> Iterator[Check]:
    counts = [("articles", build.articles, served.articles)]
    full = build.full_articles, served.full_articles
    if full != (build.articles, served.articles):  # teasers come and go with what pages link to
        counts.append(("full articles", *full))
    for name, found, was in counts:
        least = was - int(max(rounded((1 - bounds.min_articles) * was), bounds.slack))
        most, setting = None, "gate_min_articles"
        if bounds.max_articles is not None:
            most = was + int(max(rounded((bounds.max_articles - 1) * was), bounds.slack))
            setting = "gate_max_articles" if found > most else setting
        allowed = f"{max(0, least):,} or more" if most is None else f"{max(0, least):,} to {most:,}"
        passed = least <= found and (most is None or found <= most)
        yield Check(name, found, allowed, was, passed, setting)


def _shares(build: Shown, served: Shown, bounds: Bounds) -> Iterator[Check]:
    """The checks of shares: lists with items, lists with nothing above the floor, items that repeat."""
    found, was = (_share(side.measures["with_items"], side.measures["articles"]) for side in (build, served))
    free = _share(bounds.slack, build.measures["articles"])
    if found is None or was is None or free is None:
        yield Check(
            "coverage", found, "anything", was, True, "gate_min_coverage", "no article to have a list"
        )
    else:
        least = max(0.0, was - max((1 - bounds.min_coverage) * was, free))
        yield _at_least("coverage", found, least, was, "gate_min_coverage")
        found, was = (
            rounded(side.measures["empty_because"]["below_min_score"] / side.measures["articles"])
            for side in (build, served)
        )
        most = was + max(bounds.max_abstention_rise, free)
        yield _at_most("abstention", found, most, was, "gate_max_abstention_rise")
    found, was = (
        _share(side.measures["repeats"]["exact"] + side.measures["repeats"]["near"], side.measures["items"])
        for side in (build, served)
    )
    most = (was or 0.0) + max(bounds.max_repeats_rise, bounds.slack / max(1, build.measures["items"]))
    yield _at_most("repeats", found or 0.0, most, was or 0.0, "gate_max_repeats_rise")


def _churn(both: Shared, bounds: Bounds, *, another_model: bool) -> Check:
    found, compared = both.overlap()
    setting = "gate_min_rbo"
    if found is None:
        return Check("churn", None, "anything", None, True, setting, "no list is of an article in both")
    if another_model:
        return Check("churn", found, "anything", 1.0, True, setting, "another model orders lists anew")
    least = max(0.0, bounds.min_rbo - bounds.slack / compared)
    return _at_least("churn", found, least, 1.0, setting)


def _encoder(build: Shown, served: Shown, bounds: Bounds) -> Check:
    if bounds.encoder == ANY:
        allowed, passed = "any", True
    elif bounds.encoder == SAME:
        allowed, passed = "the same", build.encoder == served.encoder
    else:
        allowed, passed = "the same model", model_of(build.encoder) == model_of(served.encoder)
    return Check("encoder", build.encoder, allowed, served.encoder, passed, "gate_encoder")


def _canary(canary: Canary, build: Shown, served: Shown | None) -> Check:
    """Whether an article's list holds what it must; what is taken down is asked of nobody."""
    hidden = {build.ids[row] for row in build.hidden.nonzero()[0].tolist()}
    expect = [one for one in canary.expect if one not in hidden]
    name, setting = f"canary {canary.article}", "gate_canaries"
    if canary.article in hidden or not expect:
        return Check(name, None, "anything", None, True, setting, "taken down")
    held = _held(canary.article, build)
    missing = [one for one in expect if one not in (held or ())]
    before = _held(canary.article, served) if served is not None else None
    note = f"missing: {', '.join(missing)}" if missing else ""
    return Check(
        name,
        f"{len(expect) - len(missing)} of {len(expect)}",
        f"{len(expect)} of {len(expect)}",
        None if before is None else f"{sum(one in before for one in expect)} of {len(expect)}",
        not missing,
        setting,
        "the build has no such article" if held is None else note,
    )


def _held(article_id: str, side: Shown) -> list[str] | None:
    """An article's list, ``None`` where there is no such article."""
    try:
        row = list(side.ids).index(article_id)
    except ValueError:
        return None
    return side.listed(row, DEFAULT_LIMIT)


def _share(part: int, whole: int) -> float | None:
    return rounded(part / whole) if whole else None


def _at_least(name: str, found: float, least: float, was: float, setting: str) -> Check:
    return Check(name, found, f"{in_words(float(least))} or more", was, found >= rounded(least), setting)


def _at_most(name: str, found: float, most: float, was: float, setting: str) -> Check:
    most = min(1.0, most)  # of a share
    return Check(name, found, f"{in_words(float(most))} or less", was, found <= rounded(most), setting)
