"""The records of ``--format json``: their kinds, and their fields, which mean the same in every kind."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from model.simulation.results import PERCENTILES


class Kind(NamedTuple):
    """A kind of record: the commands that give it, what it holds, and its fields in order."""

    commands: tuple[str, ...]
    text: str
    fields: tuple[str, ...]


class Field(NamedTuple):
    """A field: one of :data:`TYPES`, and what it holds."""

    type: str
    text: str


TYPES: Final[dict[str, tuple[str, ...]]] = {
    "text": ("string", "null"), "number": ("number", "null"), "figure": ("number", "string", "null"),
    "whole": ("integer", "null"), "flag": ("boolean",), "list": ("array",), "object": ("object",),
}  # fmt: skip
"""The types of fields, and what they are in JSON; null: there is none, or it has no meaning."""


def _kind(commands: str, text: str, fields: str) -> Kind:
    return Kind(tuple(commands.split()), text, tuple(fields.split()))


_RUN: Final = "name item value standard_error"
_STATE: Final = "name ships yours value"
_GRID: Final = "scenario output unit x_driver x_operation y_driver y_operation x y value note"
_CELLS: Final = "sheet cells label before after effect_on_value effect_on_cash_flow"
_SAID: Final = ("low", "high", "middle", "difference", "date", "source", "difference_share")
_PERCENTILES: Final = " ".join(f"p{percent}" for percent in PERCENTILES)

KINDS: Final[dict[str, Kind]] = {
    "figure": _kind("show value build", "a figure of a scenario", "line period scenario value unit"),
    "line": _kind("show", "a line of the model", "line unit label definition"),
    "node": _kind(
        "explain", "a figure, or a cell, with the nodes that it is computed from",
        "name period label unit value contribution how formula since base grade source accession address "
        "elsewhere parts",
    ),
    "input": _kind(
        "compare read", "a value of a driver that differs",
        "driver period unit before after source cell effect_on_value effect_on_cash_flow",
    ),
    "estimate": _kind(
        "compare roll", "a figure of both scenarios", "line period unit before after difference"
    ),
    "bridge": _kind(
        "compare roll", "what a cause adds to a figure", "output driver drivers unit effect standard_error"
    ),
    "bridge_sum": _kind("compare", "the sum of the effects on a figure", "output unit effect"),
    "formula": _kind("compare", "a formula that differs, in cells that changed alike", _CELLS),
    "cell": _kind("compare", "a constant that differs", _CELLS),
    "sheet": _kind("compare", "a sheet of one workbook only, or renamed", "before after"),
    "inserted": _kind("compare", "rows or columns of the second workbook only", "sheet cells"),
    "deleted": _kind("compare", "rows or columns of the first workbook only", "sheet cells"),
    "consequences": _kind(
        "compare", "figures of a sheet that follow: the same formula or a stamp, another value", "sheet count"
    ),
    "root": _kind(
        "solve", "the value of a driver that gives a price",
        "driver root shifted scenario method price value_at_root bracket_low bracket_high searched_low "
        "searched_high roots_seen positive_at_root",
    ),
    "swing": _kind(
        "tornado", "the effect of one driver, moved down and up",
        "scenario output output_unit base driver label unit period driver_low driver_base driver_high low "
        "high change_low change_high swing note",
    ),
    "point": _kind("grid", "the figure at a value of both drivers", _GRID),
    "break_even": _kind("grid", "the y at which the figure is the target", _GRID),
    "claim": _kind(
        "claims", "a claim of the article, and what came of it",
        "claim text line period threshold as_of status article reported unit usd_per_share_at_stake reason "
        "note",
    ),
    "against": _kind(
        "against", "a figure beside guidance, the Street and the year before",
        " ".join([
            "line period unit model", *(f"guidance_{each}" for each in _SAID),
            *(f"street_{each}" for each in _SAID),
            "year_before year_before_is_reported year_before_difference_share",
        ]),
    ),
    "forecast": _kind(
        "backtest", "a forecast made at an earlier as-of, and what was reported",
        "as_of period ahead line model no_change drift trailing_rate guidance reported by_model",
    ),
    "outcome": _kind(
        "backtest", "a reported figure in the band simulated before",
        f"as_of period ahead line left_out reported model {_PERCENTILES} inside_50 inside_80 inside_90 "
        "pinball_loss naive_pinball_loss",
    ),
    "driver_error": _kind("backtest", "the error of a driver at an as-of", "as_of period move error"),
    "run": _kind("simulate", "a setting of the simulation", _RUN),
    "simulated": _kind("simulate", "a statistic of a figure over the draws", _RUN),
    "event": _kind("simulate", "the chance that an event falls into a quarter", _RUN),
    "above": _kind("simulate", "the chance that a figure exceeds the price, or 0", _RUN),
    "variance_share": _kind("simulate", "the share of a figure's variance that a driver explains", _RUN),
    "convergence": _kind("simulate", "a figure after some of the draws", _RUN),
    "built": _kind(
        "build", "a workbook that was built, or why it was not",
        "file scenario as_of state message cells_compared largest_difference checks",
    ),
    "workbook": _kind(
        "validate", "what was found in a workbook", "file scenario remarks changed_inputs compared findings"
    ),
    "unreadable": _kind("validate", "a file that cannot be read", "file message"),
    "rule": _kind("validate", "a rule of validation", "name group severity looks_for remedy"),
    "file": _kind("data", "a file of data, with its rows", _STATE),
    "fact": _kind("data", "what is in force", _STATE),
    "unused": _kind("data", "a file that nothing reads", _STATE),
    "warning": _kind("data", "what is out of date", _STATE),
    "tie": _kind(
        "import", "a figure of a filing beside the data",
        "item period filing ours unit status since by accession address",
    ),
    "miss": _kind(
        "roll", "a reported figure less the estimate",
        "line period unit reported estimate guided street miss share part",
    ),
    "settled": _kind("roll", "a claim whose status changed", "claim before after"),
    "band": _kind(
        "roll", "a reported figure in the band simulated before",
        "line period unit low middle high reported rank",
    ),
    "dropped": _kind("roll", "a value for a quarter that is reported now", "driver"),
    "review": _kind("roll", "a driver kept, to look at", "driver grade reason"),
}  # fmt: skip


def _fields(type_: str, **texts: str) -> dict[str, Field]:
    return {name: Field(type_, text) for name, text in texts.items()}


_ENDS: Final = {
    "low": "the lower end", "high": "the upper end", "middle": "the point, or the middle of both ends",
    "difference": "the model less that", "difference_share": "the difference, as a share of that",
}  # fmt: skip
FIELDS: Final[dict[str, Field]] = {
    **_fields(
        "text",
        line="a line of the model",
        period="2027, 2026Q3 or TTM 2026Q3; all: one value, or every period",
        scenario="its name, with overlays joined by +; bull - base: what bull has more",
        unit="the unit of the figures; ratio: 0.1 is 10%",
        label="a name for people; of cells the line and period, or the first text of the row",
        definition="the formula of a line, in words",
        driver="a driver, or a cause that holds several",
        how="sum, change, inputs, reported, driver ... : how its parts make it, or what it is",
        formula="the formula, in words, or that of a cell",
        source="where it is from",
        output="the figure that is explained, with its period",
        output_unit="its unit, where `unit` is the driver's",
        cell="a cell, with its sheet",
        sheet="the name of a sheet; in `deleted` of the first workbook",
        cells="cells in few ranges; rows 5:7, columns C:D",
        method="a method of valuation",
        positive_at_root="the quarter of the turn at the root",
        note="what to know about it",
        x_driver="the driver across",
        y_driver="the driver down",
        x_operation="set, add or scale",
        y_operation="set, add or scale",
        claim="the name of a claim",
        text="its words",
        threshold="what it says",
        status="what came of it",
        reason="why",
        as_of="the last quarter taken as reported",
        guidance_date="when it was said",
        street_date="when it was said",
        guidance_source="where",
        street_source="where",
        move="a driver of the simulation",
        name="what the record is about",
        item="a part of it: a statistic, a quarter, a driver; in `tie` the item of the data",
        file="the path of a file",
        state="wrote, kept, refused, failed, or disk: it is full",
        message="what is wrong, and what to do",
        checks="checks that hold, of all",
        group="a group of rules",
        severity="error, warning or note",
        looks_for="what a rule looks for",
        remedy="what to do",
        since="the quarter of the report that restates it; in `node` the period before",
        by="the rule of an estimate or of a sum",
        accession="the number of the filing at the SEC",
        address="its address there",
        grade="what its source is worth: R, G, A, F or J",
    ),
    **_fields(
        "figure",
        value="the figure; quarters and dates are texts",
        before="the first one's",
        after="the second one's",
        base="the figure as it is; in `node` the period before",
        low="the figure with the driver down; in `band` the 5th percentile",
        high="the figure with the driver up; in `band` the 95th percentile",
    ),
    **_fields(
        "number",
        contribution="what it adds to the node above",
        difference="after less before; quarters for a quarter",
        effect_on_value="what the change alone adds to the value per share; of a driver in its first record",
        effect_on_cash_flow="the same to free cash flow over twelve months, at the end of the next year",
        effect="what it adds; quarters for the quarter of an event",
        standard_error="of a mean over draws or orders",
        root="the value of the driver, or what is added to it",
        price="the price to reach, USD per share",
        value_at_root="the value there",
        bracket_low="the root lies above",
        bracket_high="the root lies below",
        searched_low="searched from",
        searched_high="searched to",
        driver_low="the driver, down",
        driver_base="the driver as it is",
        driver_high="the driver, up",
        change_low="what the driver down changes",
        change_high="what the driver up changes",
        swing="from the lowest to the highest of the three",
        x="the value across",
        y="the value down",
        article="the figure of the article's scenario",
        reported="the figure as reported",
        usd_per_share_at_stake="what the claim is worth",
        model="the model's figure",
        year_before="the figure a year before",
        year_before_difference_share="the model's growth since",
        no_change="as a year before",
        drift="that, and the mean change of four quarters",
        trailing_rate="as a year before, grown at the rate of four quarters",
        guidance="the middle of the company's range",
        **{f"{who}_{end}": text for who in ("guidance", "street") for end, text in _ENDS.items()},
        **{f"p{percent}": f"{percent}% of the draws lie below" for percent in PERCENTILES},
        pinball_loss="the score of the band",
        naive_pinball_loss="that of a band of past changes",
        error="reported less forecast",
        largest_difference="the largest relative difference of a cell to the model",
        filing="the figure of the file",
        ours="the figure of the data",
        estimate="the figure expected before",
        guided="the company's",
        street="the analysts'",
        miss="reported less estimate",
        share="the miss as a share of the estimate",
        part="the part of the miss of free cash flow",
        middle="the median",
        rank="the share of draws below what was reported",
    ),
    **_fields(
        "whole",
        roots_seen="roots in the range",
        ahead="quarters after the as-of; 0: all",
        cells_compared="cells compared with the model",
        count="how many",
        ships="rows that ship",
        yours="rows of your own",
    ),
    **_fields(
        "flag",
        elsewhere="its parts stand at another node of that name",
        shifted="the root is added to the value of each year",
        year_before_is_reported="it is no estimate",
        by_model="by the whole model, not from figures alone",
        left_out="with widths measured without this as-of",
        inside_50="it fell into this band",
        inside_80="as above",
        inside_90="as above",
    ),
    **_fields(
        "list",
        drivers="the drivers of a cause",
        parts="the nodes below, as objects",
        remarks="what else is said of the file",
        changed_inputs="inputs that differ, as objects",
        findings="objects with rule, severity, sheet, cell, expected, found, remedy",
    ),
    **_fields("object", compared="for the cached values and each engine: cells, largest_relative_difference"),
}


def json_schema() -> dict[str, Any]:
    """Return the schema of the output of ``--format json``: JSON Schema, draft 2020-12."""
    records = []
    for name, kind in KINDS.items():
        types = {field: {"type": list(TYPES[FIELDS[field].type])} for field in kind.fields}
        records.append({
            "title": name, "description": kind.text, "type": "object",
            "properties": {"kind": {"const": name}, **types},
            "required": ["kind", *kind.fields], "additionalProperties": False,
        })  # fmt: skip
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, "type": "array", "items": {"oneOf": records}}
