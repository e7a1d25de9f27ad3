"""Lists of whole corpora with vectors at hand, how that grows, and what a night costs after the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recommender.benchmark.figures import Figure, Line, Part, exponent
from recommender.benchmark.material import SHARE_OF_A_NIGHT, Material
from recommender.benchmark.timing import Child, usage_of
from recommender.encoder import embedded_text

_ASKED_OF_EMBEDDING = 1 / 3
_ASKED_GIGABYTES = 4.0
_ASKED_OF_A_NIGHT = 0.05
_ASKED_AT = 100_000
_LARGE = 20_000
_A_MILLION = 1_000_000
# What a build does besides making lists of what it has.
_NOT_RANKING = {"read", "embed", "measure", "gate", "publish"}
# What takes less is noise, and its growth says nothing.
_SHORTEST_STAGE = 0.02


def rebuilding(material: Material) -> Part:
    """Rebuilds in processes of their own, all sizes in turn, with embedding measured between them; then one
    night after the other on the largest."""
    sizes = material.sizes.builds
    largest = sizes[-1]
    corpora = {n: material.corpus(n) for n in sizes}
    texts = [embedded_text(one.title, one.text) for one in material.articles(material.sizes.texts)]
    rates, plain_rates, built = list[float](), list[float](), {n: list[Child]() for n in sizes}
    encoder = material.encoder
    for warm_up in (encoder.encode, encoder.encode_as_it_comes):
        warm_up(texts[:8])
    for run in range(material.runs):
        rates.append(len(texts) / usage_of(lambda: encoder.encode(texts)).seconds)
        plain_rates.append(len(texts) / usage_of(lambda: encoder.encode_as_it_comes(texts)).seconds)
        for n in sizes:
            if run < (material.large_runs if n > _LARGE else material.runs):
                built[n].append(material.build(corpora[n], material.fresh_index(n), n))
    nights = [
        material.build(material.corpus(largest, night), material.index(largest), largest, night)
        for night in range(1, material.runs + 1)
    ]
    rate = Figure("embedding, packaged default", "articles/s", tuple(rates))
    seconds = {n: _taken(f"{n:,} articles", built[n], "rebuild_seconds") for n in sizes}
    peaks = {n: _peak(f"{n:,} articles", built[n]) for n in sizes}
    stages = {n: _stages(f"{n:,} articles", built[n]) for n in sizes}
    share = f"{SHARE_OF_A_NIGHT:.0%} of {largest:,} changed"
    night = _taken(f"a night, {share}", nights, "rebuild_seconds")
    of_embedding = Figure(
        f"rebuilding {largest:,} articles, over embedding them",
        "x",
        tuple(took * rate / largest for took, rate in zip(seconds[largest].values, rates, strict=False)),
    )
    ranking = Figure(
        f"ranking {sizes[0]:,} articles, over SentenceTransformer.encode of a tenth of them",
        "x",
        tuple(
            sum(took for stage, took in child.answer["seconds"].items() if stage not in _NOT_RANKING)
            / (sizes[0] / 10 / rate)
            for child, rate in zip(built[sizes[0]], plain_rates, strict=False)
        ),
    )
    first = seconds[largest].median
    of_first = Figure(
        f"a night, {share}, over the first build", "x", tuple(one / first for one in night.values)
    )
    figures = [rate, *seconds.values()]
    figures += [_taken(f"{n:,} articles", built[n], "rebuild_cpu", "CPU s") for n in sizes]
    figures += [
        *peaks.values(),
        *(one for n in sizes for one in stages[n].values()),
        *growth(seconds, stages),
    ]
    figures += [night, _taken(f"a night, {share}", nights, "rebuild_cpu", "CPU s"), _peak("a night", nights)]
    figures += [*_stages("a night", nights).values(), of_embedding, ranking, of_first]
    elsewhere = "" if largest == _ASKED_AT else f"{_ASKED_AT:,} articles"
    return Part(
        "rebuild",
        tuple(figures),
        (
            Line(of_embedding, _ASKED_OF_EMBEDDING, at_most=True, elsewhere=elsewhere),
            Line(peaks[largest], _ASKED_GIGABYTES, at_most=True, elsewhere=elsewhere),
            Line(of_first, _ASKED_OF_A_NIGHT, at_most=True, elsewhere=elsewhere),
        ),
        _notes(nights, len(texts), largest),
    )


def growth(whole: Mapping[int, Figure], stages: Mapping[int, Mapping[str, Figure]]) -> list[Figure]:
    """The exponent of every stage and of the whole, and what a million articles would take by them: each
    stage carried on from the largest size by its own exponent. Nothing for one size alone."""
    if len(whole) < 2:
        return []
    largest = max(whole)
    found, million = list[Figure](), 0.0
    for stage, last in stages[largest].items():
        by_size = {n: stages[n][stage].median for n in whole if stage in stages[n]}
        if min(by_size.values()) < _SHORTEST_STAGE or len(by_size) < len(whole):
            million += last.median * _A_MILLION / largest
            continue
        slope = exponent(by_size)
        million += last.median * (_A_MILLION / largest) ** slope
        found.append(Figure(f"growth of {stage}, exponent", "", (slope,)))
    whole_slope = exponent({n: one.median for n, one in whole.items()})
    found.append(Figure("growth of the whole, exponent", "", (whole_slope,)))
    return [*found, Figure("1,000,000 articles, extrapolated by stage", "s", (million,))]


def _taken(what: str, children: Sequence[Child], key: str, unit: str = "s") -> Figure:
    return Figure(what, unit, tuple(child.answer[key] for child in children))


def _peak(what: str, children: Sequence[Child]) -> Figure:
    return Figure(
        f"peak memory, {what}",
        "GB",
        tuple(max(child.peak_bytes, child.answer["own_peak_bytes"]) / 1e9 for child in children),
    )


def _stages(what: str, children: Sequence[Child]) -> dict[str, Figure]:
    """Stage -> its seconds by the build report, those that every build had."""
    reports = [child.answer["seconds"] for child in children]
    names = [name for name in reports[0] if all(name in one for one in reports)]
    return {
        name: Figure(f"{what}: {name}", "s", tuple(float(one[name]) for one in reports)) for name in names
    }


def _notes(nights: Sequence[Child], texts: int, largest: int) -> tuple[str, ...]:
    reused = nights[-1].answer["embedding"]
    return (
        "vectors are recombined from those of the source articles and looked up, not embedded",
        f"seconds are those of `rebuild` from a JSONL file to the published snapshot, without Python's "
        f"start; embedding is extrapolated from {texts:,} articles to {largest:,}",
        "peak memory is that of the process and its children at once, shared pages counted for each",
        f"the last night reused {reused['reused']:,} vectors and asked for {reused['embedded']:,}",
    )
