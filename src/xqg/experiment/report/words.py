"""What a comparison says, in sentences that hold whichever system wins."""

from __future__ import annotations

from xqg.experiment.contrasts import LEVEL, MEAN, PRIMARY, Contrast, p_words
from xqg.experiment.measurements import Measurements, View
from xqg.experiment.scale import POINTS

__all__ = ["describe", "headline", "legend", "primary"]

_LEGEND = (
    "Percent. ⁿ ᵐ: better than `none`, `mono` of the same fusion; ₙ ₘ: worse (paired two-sided t-test over "
    f"questions, robust to clusters, p < {LEVEL} after Holm's correction for all secondary contrasts of the "
    "setting; the primary contrast is not corrected)."
)


def describe(results: Measurements, view: View) -> str:
    """One sentence with everything that a reader must know to read the table."""
    settings = results.facts
    source = settings["generator"]["name"] if settings["generator"] else "a file of queries"
    return (
        f"{settings['passages']} passages ({', '.join(settings['passage_languages'])}), "
        f"{settings['questions']} questions in {len(settings['query_languages'])} languages; encoder "
        f"{settings['encoder']['name']}, queries from {source}, n = {settings['per_language']}, K = {settings['K']}; "
        f"{view.setting.words}, seed {settings['seed']}."
    )


def primary(results: Measurements, view: View) -> list[str]:
    """The primary contrast, whether it is the one that was planned, and what it allows to say."""
    measure = results.primary_measure
    where = f"{measure}, mean over {len(results.mean_languages)} question languages"
    name = " - ".join(PRIMARY)
    contrast = view.contrast(*PRIMARY, MEAN, measure)
    if contrast is None:
        return [f"No primary contrast: {name} needs both arms and two questions or more."]
    if not contrast.primary:
        return [f"Secondary here (this is a variant): {name}, {where}: {_numbers(contrast)}."]
    found = [f"Primary contrast: {name}, {where}: {_numbers(contrast)}{_verdict(contrast, view)}."]
    if results.departures:
        listed = "; ".join(results.departures)
        found.append(f"It stands in for the primary contrast of the plan, from which it differs: {listed}.")
    return found


def _numbers(contrast: Contrast) -> str:
    scale = contrast.scale
    difference, low, high = (scale.shown(end, "+") for end in (contrast.difference, contrast.low, contrast.high))
    corrected = "" if contrast.p_holm is None else f", Holm-corrected {p_words(contrast.p_holm)}"
    return (
        f"{difference} {scale.of_differences} (95 % interval over {contrast.clusters} clusters {low} to {high}; "
        f"paired t-test {p_words(contrast.p)}, clustered {p_words(contrast.p_clustered)}, randomisation "
        f"{p_words(contrast.p_randomisation)}{corrected})"
    )


def _verdict(contrast: Contrast, view: View) -> str:
    if view.interpretability["interpretable"] is False:
        return ""  # no conclusion is drawn where `none` is at chance
    if not contrast.significant:
        return f"; not significant at {LEVEL}"
    return f"; significant at {LEVEL}, {contrast.system if contrast.improves else contrast.versus} is better"


def headline(results: Measurements, view: View) -> list[str]:
    """The primary contrast, then whether anything may be concluded, and what to beware of."""
    return [*primary(results, view), *_chance(results, view), *_warnings(results, view)]


def _chance(results: Measurements, view: View) -> list[str]:
    judged = view.interpretability
    if judged["chance"] is None:
        return ["Chance level: not known, no measure here is of rankings."]
    measure, found = judged["measure"], [f"Chance level of {judged['measure']}: {100 * judged['chance']:.2f}."]
    if judged["interpretable"] is False:
        found[0] = (
            f"NOT INTERPRETABLE: none ({results.scale(measure).shown(judged['none'])}) lies within its 95 % interval of "
            f"chance, so differences between systems say nothing of retrieval. {found[0]}"
        )
    if judged["at_chance"]:
        found.append(f"* none is within its interval of chance ({measure}): {', '.join(judged['at_chance'])}.")
    return found


def _warnings(results: Measurements, view: View) -> list[str]:
    found = []
    shares = results.facts["queries_in_asked_language"]
    if shares:
        listed = ", ".join(f"{code} {100 * share:.0f}" for code, share in sorted(shares.items()))
        found.append(f"Percent of generated queries in the language asked for (lingua): {listed}.")
    if view.setting.at_edge:
        found.append(f"Tuned α at an edge of its grid: {', '.join(view.setting.at_edge)}.")
    bounds = [system.name for system in results.systems if system.bound]
    if bounds:
        found.append(f"Upper bound, not ranked with the rest: {', '.join(bounds)}.")
    left_out = {**results.settings["arms_left_out"], **results.settings["baselines_left_out"]}
    found += [f"Left out: {name} ({reason})." for name, reason in left_out.items()]
    return found


def legend(results: Measurements) -> str:
    """What the numbers and marks of the tables mean."""
    others = {name: results.scale(name) for name in results.measures if results.scale(name) != POINTS}
    return _LEGEND + "".join(
        f" {name}: in {scale.unit}, {'more' if scale.higher_is_better else 'less'} is better."
        for name, scale in others.items()
    )
