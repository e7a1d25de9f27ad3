"""The HTTP service: lists out of a snapshot in memory, swapped while it serves."""

from recommender.service.app import create_app
from recommender.service.serve import serve

__all__ = ["create_app", "serve"]
