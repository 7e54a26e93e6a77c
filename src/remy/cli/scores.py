"""The scores of a model beside its baselines, laid out for a person: one table for each task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from remy.cli.output import score_table


def score_lines(metrics: Mapping[str, Any]) -> list[str]:
    """Return the lines that say how good a model is, by its task."""
    return _TABLES[metrics["task"]](metrics)


def table(columns: list[str], rows: list[tuple[str, list[float | None]]], *, digits: int = 4) -> list[str]:
    """Lay names and numbers out in columns; None is left empty.

    Examples
    --------
    >>> print("\\n".join(table(["rmse"], [("model", [1.5]), ("naive", [None])], digits=2)))
           rmse
    model  1.50
    naive
    """
    cells = [["", *columns]]
    cells += [[name, *("" if v is None else f"{v:.{digits}f}" for v in values)] for name, values in rows]
    widths = [max(len(row[place]) for row in cells) for place in range(len(cells[0]))]
    lines = []
    for first, *others in cells:
        right = (text.rjust(width) for text, width in zip(others, widths[1:], strict=True))
        lines.append("  ".join([first.ljust(widths[0]), *right]).rstrip())
    return lines


def _language_model(metrics: Mapping[str, Any]) -> list[str]:
    return score_table(metrics["model"], metrics["baseline"]).splitlines()


def _classifier(metrics: Mapping[str, Any]) -> list[str]:
    model = metrics["model"]
    names = [name for name in ("micro_f1", "accuracy", "macro_f1") if name in model]
    lines = _beside_baselines(metrics, names)
    if "classes" in model and len(model["classes"]) <= _MOST_CLASSES:
        rows = [
            (label, [one["precision"], one["recall"], one["f1"], float(one["support"])])
            for label, one in model["classes"].items()
        ]
        lines += ["", *table(["precision", "recall", "F1", "records"], rows, digits=3)]
    if "confusion" in model and len(model["confusion"]["labels"]) <= _MOST_CLASSES:
        labels, counts = model["confusion"]["labels"], model["confusion"]["counts"]
        rows = [(label, list(map(float, row))) for label, row in zip(labels, counts, strict=True)]
        lines += ["", "right (rows), answered (columns)", *table(labels, rows, digits=0)]
    return lines


def _regressor(metrics: Mapping[str, Any]) -> list[str]:
    return _beside_baselines(metrics, ["rmse", "mae"])


def _forecaster(metrics: Mapping[str, Any]) -> list[str]:
    names = {
        "mae": "MAE",
        "rmse": "RMSE",
        "mase": "MASE",
        "smape": "sMAPE",
        "wql": "wQL",
        "coverage_80": "80 % holds",
    }
    scored = [("model", metrics["model"]), *((one["name"], one) for one in metrics["baselines"])]
    lines = table(list(names.values()), [(who, [one.get(key) for key in names]) for who, one in scored])
    horizon = metrics["scored_on"]["horizon"]
    if horizon > 1:
        steps = sorted({1, 2, 3, horizon // 2, horizon} - {0})
        rows = [
            (who, [errors[step - 1] for step in steps if step <= horizon])
            for who, errors in metrics["by_step"].items()
        ]
        heads = [f"{step} ahead" for step in steps if step <= horizon]
        lines += ["", "RMSE by steps", *table(heads, rows)]
    if "by_series" in metrics and len(metrics["by_series"]) <= _MOST_CLASSES:
        whose = list(next(iter(metrics["by_series"].values())))
        each = [(name, [found.get(who) for who in whose]) for name, found in metrics["by_series"].items()]
        lines += ["", "RMSE by series", *table(whose, each)]
    return [*lines, metrics["verdict"]] if metrics["verdict"] else lines


def _beside_baselines(metrics: Mapping[str, Any], names: list[str]) -> list[str]:
    rows = [("model", [metrics["model"][name] for name in names])]
    rows += [(one["name"], [one.get(name) for name in names]) for one in metrics["baselines"]]
    lines = table([name.replace("_", " ") for name in names], rows)
    return [*lines, metrics["verdict"]] if metrics["verdict"] else lines


def _tagger(metrics: Mapping[str, Any]) -> list[str]:
    model, baseline = metrics["model"], metrics["baseline"]
    names = [name for name in ("span_f1", "accuracy", "unknown_word_accuracy") if name in model]
    rows = [("model", [model[name] for name in names])]
    if baseline is not None:
        rows.append((baseline["name"], [baseline.get(name) for name in names]))
    lines = table([name.removesuffix("_accuracy").replace("_", " ") for name in names], rows)
    lines += [metrics["verdict"]] if metrics["verdict"] else []
    each, counted = (model["spans"], "spans") if "spans" in model else (model["classes"], "words")
    if len(each) <= _MOST_CLASSES:
        scores = [
            (label, [one["precision"], one["recall"], one["f1"], float(one["support"])])
            for label, one in each.items()
        ]
        lines += ["", *table(["precision", "recall", "F1", counted], scores, digits=3)]
    return lines


def _translator(metrics: Mapping[str, Any]) -> list[str]:
    return _of_written(
        metrics, {"bleu": "BLEU", "chrf": "chrF", "exact_match": "exact", "perplexity": "perplexity"}
    )


def _captioner(metrics: Mapping[str, Any]) -> list[str]:
    names = {"word_f1": "word F1", "bleu": "BLEU", "exact_match": "exact", "perplexity": "perplexity"}
    lines, common = _of_written(metrics, names), metrics["common"]
    if common is not None:
        records, least = common["records"], common["least"]
        head = f"word F1 of the {records} whose words were learned from {least} times or more"
        lines += ["", head, *table([""], [(who, [value]) for who, value in common["word_f1"].items()])[1:]]
    return lines


def _of_written(metrics: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    """Lay out the scores of written sequences, with what was written of the first ones."""
    scored = [("model", metrics["model"]), *((one["name"], one) for one in metrics["baselines"])]
    lines = table(list(names.values()), [(who, [one.get(key) for key in names]) for who, one in scored])
    lines += [metrics["verdict"]] if metrics["verdict"] else []
    for one in metrics["examples"][:_EXAMPLES]:
        lines += ["", f"given    {one['source']}", f"right    {one['target']}", f"written  {one['written']}"]
    return lines


#: Written sequences that are shown.
_EXAMPLES = 3


def _piano_roll(metrics: Mapping[str, Any]) -> list[str]:
    names = {"nats_per_frame": "nats/frame", "frame_accuracy": "accuracy", "f1": "F1"}
    scored = [("model", metrics["model"]), *((one["name"], one) for one in metrics["baselines"])]
    lines = table(list(names.values()), [(who, [one[key] for key in names]) for who, one in scored])
    return [*lines, metrics["verdict"]] if metrics["verdict"] else lines


#: Classes that are shown one by one.
_MOST_CLASSES = 20

_TABLES: dict[str, Callable[[Mapping[str, Any]], list[str]]] = {
    "language_model": _language_model,
    "classifier": _classifier,
    "regressor": _regressor,
    "forecaster": _forecaster,
    "tagger": _tagger,
    "translator": _translator,
    "piano_roll": _piano_roll,
    "captioner": _captioner,
}
