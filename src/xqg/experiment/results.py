"""What a comparison, an evaluation, a study or a reproduction gives, to print, keep and read again.

    results = xqg.compare("atlas", encoder="mini", generator="mini", alpha="tuned")
    print(results)                       # the tables that the command line prints
    results.contrast("cross", "mono")    # <cross - mono, R@1, mean: -7.7 (-9.1 to -6.3), p < 1e-15>
    results.frame                        # a row per system, setting, language, question and measure
    results.save("results/atlas")        # and xqg.Results.load("results/atlas") reads it back

The folder: `settings.json` (what the numbers depend on, and under `results` what they are of),
`per_query.parquet` (the tidy table, of all settings and seeds), `results.json`, `report.md`, `report.html`,
`runs/SYSTEM.LANGUAGE.trec`; every other setting in `variants/NAME/` in the same layout.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from xqg.errors import XqgError
from xqg.experiment.description import Description
from xqg.experiment.folder import RESULTS, SETTINGS, claim, read_json, write_json
from xqg.experiment.measurements import Measurements
from xqg.experiment.report import report_of
from xqg.experiment.report.latex import latex
from xqg.experiment.run_files import RunFiles
from xqg.experiment.tidy import read_table, to_table, values_of
from xqg.kept import atomic_path

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["Results"]

TABLE = "per_query.parquet"


@dataclass(frozen=True, eq=False, repr=False)
class Results(Measurements):
    """Values for every question, and what they say; the attributes are those of `Measurements`.

    >>> results = xqg.compare("countries", encoder="mini", queries="queries.jsonl", alpha="tuned", measures="R@1",
    ...                       systems=["none", "mono", "cross", "bm25"], progress=False)
    >>> results.mean("cross", "R@1") > results.mean("bm25", "R@1")
    True
    """

    @cached_property
    def table(self) -> pa.Table:
        """The tidy table, as `per_query.parquet` has it; see `xqg.experiment.tidy`."""
        return to_table(self)

    @property
    def frame(self) -> pd.DataFrame:
        """The tidy table as a pandas data frame: a row per system, setting, seed, question language,
        question and measure. Values are fractions.

        >>> results.frame.groupby("system", sort=False).value.mean().round(3).to_dict()
        {'none': 0.944, 'mono': 0.972, 'cross': 0.944, 'bm25': 0.556}
        """
        frame: pd.DataFrame = self.table.to_pandas()
        return frame

    def __str__(self) -> str:
        """What the command line prints."""
        return report_of(self).terminal(self)

    def __repr__(self) -> str:
        names = ", ".join(system.name for system in self.systems)
        measures, settings = len(self.measures), len(self.description.settings)
        return (
            f"<Results of {self.benchmark}: {names}; {measures} measure{'s' * (measures > 1)}, "
            f"{settings} setting{'s' * (settings > 1)}>"
        )

    def _repr_html_(self) -> str:
        return report_of(self).notebook(self)

    def to_latex(self) -> str:
        """The table for a paper: systems by question language, in LaTeX with booktabs.

            >>> print(results.to_latex().splitlines()[7])
            none & 0 & \\textbf{100.0} & 91.7 & 91.7 & 91.7 \\\\

        Raises:
            XqgError: results that are no comparison's.
        """
        if self.description.kind != "comparison":
            raise XqgError(f"only a comparison has a table in LaTeX, this is of kind {self.description.kind}; print it, or use `frame`")
        return latex(self)

    def save(self, folder: Path | str) -> Path:
        """Write the folder that `xqg compare --out` leaves; runs where there are any.

            >>> sorted(path.name for path in results.save("results").iterdir())
            ['per_query.parquet', 'report.html', 'report.md', 'results.json', 'runs', 'settings.json', 'variants']

        results.json comes last: where it is, everything else is.

        Raises:
            XqgError: the folder holds another comparison, a system without a run, or it cannot be written.
        """
        from pyarrow import parquet

        folder = Path(folder)
        claim(folder, self.settings)
        try:
            for number, setting in enumerate(self.description.settings):
                RunFiles(folder, number, setting.name).copy(self.runs.get(setting.name, {}))
            with atomic_path(folder / TABLE) as temporary:
                parquet.write_table(self.table, temporary, compression="zstd")
            write_json(folder / SETTINGS, {**self.settings, RESULTS: self.description.to_json()})
        except OSError as error:
            raise XqgError(f"{folder}: cannot be written ({error.strerror}); free space or move `out`") from None
        self.write_reports(folder)
        return folder

    def write_reports(self, folder: Path | str) -> None:
        """Write the reports alone into a folder: results.json, report.md, report.html and the like.

            >>> folder = results.save("results")
            >>> xqg.Results.load("results").write_reports("results")

        Raises:
            XqgError: it cannot be written.
        """
        try:
            report_of(self).write(self, Path(folder))
        except OSError as error:
            raise XqgError(f"{folder}: cannot be written ({error.strerror}); free space or move `out`") from None

    @classmethod
    def load(cls, folder: Path | str) -> Results:
        """Read what `save`, `xqg compare`, `evaluate`, `study` or `reproduce` left; runs stay in their files.

            >>> xqg.Results.load(results.save("results"))
            <Results of countries: none, mono, cross, bm25; 1 measure, 4 settings>

        Raises:
            XqgError: no such folder, or one that holds no finished results.
        """
        folder = Path(folder)
        stored = read_json(folder / SETTINGS)
        if not isinstance(stored, dict) or RESULTS not in stored:
            raise XqgError(f"{folder}: holds no finished results; run the command that made it again, it goes on there")
        description = Description.from_json(stored.pop(RESULTS))
        return cls(stored, description, *values_of(read_table(folder / TABLE)))
