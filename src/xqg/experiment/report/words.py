"""What a comparison says, in sentences that hold whichever system wins."""

from __future__ import annotations

from xqg.experiment.contrasts import LEVEL, MEAN, PRIMARY, Contrast
from xqg.experiment.scales import higher_is_better, shown, unit
from xqg.experiment.tables import p_value, setting_name
from xqg.experiment.views import Comparison, View

__all__ = ["describe", "headline", "legend", "primary"]

_LEGEND = (
    "Percent. ⁿ ᵐ: better than `none`, `mono` of the same fusion; ₙ ₘ: worse (paired two-sided t-test over "
    f"questions, robust to clusters, p < {LEVEL} after Holm's correction for all secondary contrasts of the "
    "setting; the primary contrast is not corrected)."
)


def describe(comparison: Comparison, view: View) -> str:
    """One sentence with everything that a reader must know to read the table."""
    settings = comparison.settings
    source = settings["generator"]["name"] if settings["generator"] else "a file of queries"
    return (
        f"{settings['passages']} passages ({', '.join(settings['passage_languages'])}), "
        f"{settings['questions']} questions in {len(settings['query_languages'])} languages; encoder "
        f"{settings['encoder']['name']}, queries from {source}, n = {settings['per_language']}, K = {settings['K']}; "
        f"{setting_name(view.outcome.setting)}, seed {settings['seed']}."
    )


def primary(comparison: Comparison, view: View) -> list[str]:
    """The primary contrast, whether it is the one that was planned, and what it allows to say."""
    measure = comparison.primary_measure
    where = f"{measure}, mean over {len(comparison.plan.mean_languages)} question languages"
    name = " - ".join(PRIMARY)
    contrast = view.contrast(*PRIMARY, MEAN, measure)
    if contrast is None:
        return [f"No primary contrast: {name} needs both arms and two questions or more."]
    if not contrast.primary:
        return [f"Secondary here (this is a variant): {name}, {where}: {_numbers(contrast)}."]
    found = [f"Primary contrast: {name}, {where}: {_numbers(contrast)}{_verdict(contrast, view)}."]
    if comparison.departures:
        listed = "; ".join(comparison.departures)
        found.append(f"It stands in for the primary contrast of the plan, from which it differs: {listed}.")
    return found


def _numbers(contrast: Contrast) -> str:
    measure = contrast.measure
    low, high = (shown(measure, end, "+") for end in (contrast.low, contrast.high))
    corrected = "" if contrast.p_holm is None else f", Holm-corrected {_p(contrast.p_holm)}"
    return (
        f"{shown(measure, contrast.difference, '+')} {unit(measure)} (95 % interval over {contrast.clusters} "
        f"clusters {low} to {high}; paired t-test {_p(contrast.p)}, clustered {_p(contrast.p_clustered)}, "
        f"randomisation {_p(contrast.p_randomisation)}{corrected})"
    )


def _p(p: float) -> str:
    text = p_value(p)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def _verdict(contrast: Contrast, view: View) -> str:
    if view.interpretability["interpretable"] is False:
        return ""  # no conclusion is drawn where `none` is at chance
    if not contrast.significant:
        return f"; not significant at {LEVEL}"
    better = (contrast.difference > 0) == higher_is_better(contrast.measure)
    return f"; significant at {LEVEL}, {contrast.arm if better else contrast.versus} is better"


def headline(comparison: Comparison, view: View) -> list[str]:
    """The primary contrast, then whether anything may be concluded, and what to beware of."""
    return [*primary(comparison, view), *_chance(view), *_warnings(comparison, view)]


def _chance(view: View) -> list[str]:
    judged = view.interpretability
    if judged["chance"] is None:
        return ["Chance level: not known, no measure here is of rankings."]
    measure, found = judged["measure"], [f"Chance level of {judged['measure']}: {100 * judged['chance']:.2f}."]
    if judged["interpretable"] is False:
        found[0] = (
            f"NOT INTERPRETABLE: none ({shown(measure, judged['none'])}) lies within its 95 % interval of "
            f"chance, so differences between systems say nothing of retrieval. {found[0]}"
        )
    if judged["at_chance"]:
        found.append(f"* none is within its interval of chance ({measure}): {', '.join(judged['at_chance'])}.")
    return found


def _warnings(comparison: Comparison, view: View) -> list[str]:
    found = []
    shares = comparison.settings["queries_in_asked_language"]
    if shares:
        listed = ", ".join(f"{code} {100 * share:.0f}" for code, share in sorted(shares.items()))
        found.append(f"Percent of generated queries in the language asked for (lingua): {listed}.")
    edge = [arm for arm, tuned in view.outcome.tuned.items() if tuned.at_edge]
    if edge:
        found.append(f"Tuned α at an edge of its grid: {', '.join(edge)}.")
    bounds = [system.name for system in comparison.systems if system.bound]
    if bounds:
        found.append(f"Upper bound, not ranked with the rest: {', '.join(bounds)}.")
    left_out = {**comparison.settings["arms_left_out"], **comparison.settings["baselines_left_out"]}
    found += [f"Left out: {name} ({reason})." for name, reason in left_out.items()]
    return found


def legend(comparison: Comparison) -> str:
    """What the numbers and marks of the tables mean."""
    in_ranks = [name for name in comparison.measure_names if not higher_is_better(name)]
    return _LEGEND + "".join(f" {name}: in ranks, less is better." for name in in_ranks)
