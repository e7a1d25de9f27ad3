"""Fitting the score: labelled collections to the formulas in ``background/scoring.json``.

Material -> corpora drawn from it, small and large -> judged candidate pairs -> coefficients -> calibration
over the whole collection -> floor; and the same without each labelled set, and in folds that share no event.
"""

from recommender.fitting.baselines import cross_fitted_calibration, scores_of_others
from recommender.fitting.collection import collection_of
from recommender.fitting.document import entry, read, written
from recommender.fitting.draws import SIZES
from recommender.fitting.form import WITH_VECTORS, WITHOUT_VECTORS, Form
from recommender.fitting.material import Material, gather_material
from recommender.fitting.model import Model, fit_models
from recommender.fitting.summary import summary

__all__ = [
    "SIZES",
    "WITHOUT_VECTORS",
    "WITH_VECTORS",
    "Form",
    "Material",
    "Model",
    "collection_of",
    "cross_fitted_calibration",
    "entry",
    "fit_models",
    "gather_material",
    "read",
    "scores_of_others",
    "summary",
    "written",
]
