"""How long things take, always as a ratio to something else measured in the same run."""

from recommender.benchmark.arguments import generating, measuring
from recommender.benchmark.figures import Figure, Line, Part
from recommender.benchmark.machine import machine
from recommender.benchmark.material import QUICK, Material, Sizes
from recommender.benchmark.newsroom import Newsroom
from recommender.benchmark.recombined import Recalled, recombined
from recommender.benchmark.running import PARTS, run_parts, write
from recommender.benchmark.source import source_articles, write_articles
from recommender.benchmark.story import Made

__all__ = [
    "PARTS",
    "QUICK",
    "Figure",
    "Line",
    "Made",
    "Material",
    "Newsroom",
    "Part",
    "Recalled",
    "Sizes",
    "generating",
    "machine",
    "measuring",
    "recombined",
    "run_parts",
    "source_articles",
    "write",
    "write_articles",
]
