"""The names that a report knows measures and systems by."""

JUDGED = "judged@10"  # says how much the others can be trusted; no quality itself
MEASURES = ("nDCG@5", "nDCG@10", "P@5", "R@10", "AP", "RR", JUDGED)
HEADLINE = "nDCG@10"
OFF_TOPIC = "off-topic@10"
THIS = "recommender"  # the name of this project's system
NEWEST = "newest"  # of the newest articles, whatever they are about
SOURCE = "source"  # of the lists that the pages themselves printed
ALL_SETS = "all labelled sets"  # what this project's score was fitted on, where nothing was held out
