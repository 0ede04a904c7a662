"""Studies: what a comparison's choices do, one file each (`xqg study KIND`)."""

from __future__ import annotations

from xqg.errors import XqgError
from xqg.experiment.studies.alpha import HowMuchWeight
from xqg.experiment.studies.filter import WhichQueries
from xqg.experiment.studies.languages import WhichLanguages
from xqg.experiment.studies.queries import HowManyQueries
from xqg.experiment.studies.run import DEFAULT_TOP, run
from xqg.experiment.studies.write import Document, terminal
from xqg.experiment.study import Study

__all__ = ["DEFAULT_TOP", "STUDIES", "Document", "Study", "parse_study", "run", "terminal"]

_STUDIES: tuple[Study, ...] = (HowManyQueries(), HowMuchWeight(), WhichLanguages(), WhichQueries())
STUDIES: dict[str, Study] = {study.name: study for study in _STUDIES}


def parse_study(name: str) -> Study:
    """The study of a name.

    Raises:
        XqgError: there is none.
    """
    if name not in STUDIES:
        raise XqgError(f"unknown study {name!r}; use one of {', '.join(STUDIES)}")
    return STUDIES[name]
