"""Tests of `recommender.ingest`, a file for a module."""
