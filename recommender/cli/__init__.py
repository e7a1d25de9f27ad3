"""The command line: parse, call one library function, print."""

from recommender.cli.app import main
from recommender.cli.side_by_side import Story, print_side_by_side

__all__ = ["Story", "main", "print_side_by_side"]
