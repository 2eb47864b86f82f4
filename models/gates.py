"""The fifteen gates between a model and a service: what each asks, and what the evidence of a run answers.

A gate is passed, failed or unevaluable, never passed for lack of data. Where a figure rests on chance its whole 95 %
interval must be within the limit to pass and beyond it to fail; in between nobody knows yet, which is said. Only that a
list is better than what is simpler, and worth working through, is for the model to show: with enough to judge it by,
what is not shown fails. The limits and their reasons come from params; what the evidence holds, from the stages that
measured it. `models.gate_rules` and `models.gate_lists` have the rule of each gate.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from models import gate_lists as lists
from models import gate_rules as rules
from models.findings import FAIL, PASS, UNEVALUABLE, Finding, told
from models.waivers import NEVER

# What stands beside every count of gates.
LEFT_OUT = (
    "Two gates leave something to what follows them. Gate 14 reads the files of figures; documents are read in the "
    "same way when they are written. Gate 15 runs the saved model again, and does not make the whole run again. No "
    "gate asks who has signed: approval asks for that, and comes after the gates."
)
MAY, MUST_NOT = "may be approved", "must not be approved"
LIMITED = "may be approved for planning/prioritisation only"
NO_LIMIT = "There is no limit to choose: it holds or it does not."
SOUND = (*NEVER, "reproduces")  # without which no other figure means anything


# The limits, in words.
LIMITS = {
    "rechecked": "Pairs made again",
    "shuffled_within": "Share of runs with nothing to learn that chance covers",
    "auc_at_most": "AUC at most",
    "column_auc_at_most": "AUC of one input at most",
    "events_at_least": "Events at least",
    "base_rate_times": "Times the base rate at least",
    "slope_within": "Slope",
    "observed_over_expected_within": "Observed over expected",
    "ici_share_at_most": "Distance from the truth, as a share of the base rate, at most",
    "feed_within": "Records of an agency over what training saw",
    "net_benefit_over": "Times the threshold",
    "groups": "Groups by",
    "fnr_gap_at_most": "More missed than in the county, as a share, at most",
    "ratio_within": "Times the county's",
    "match_rate_gap_at_most": "Gap of a group's match rate at most",
    "doubles_at_most": "Share with another's record at most",
    "recur_at_least": "Share listed again at least",
    "refits_at_least": "Refits at least",
    "ethnicity_auc_at_most": "AUC of ethnicity at most",
}


@dataclass(frozen=True)
class Gate:
    """A gate: what it asks of the evidence and the limits, and which limits those are."""

    number: int
    name: str
    title: str
    ask: Callable[[dict, dict], Finding]
    limits: tuple[str, ...] = ()

    def said(self, limits: dict[str, dict]) -> tuple[str, str]:
        """The rule with its limits, and the reasons for them."""
        values = {name: told(limits[name]["limit"]) for name in self.limits}
        rule = " ".join((self.ask.__doc__ or "").split()).format(**values)
        why = " ".join(f"{LIMITS[name]} {values[name]}: {limits[name]['reason'].strip()}." for name in self.limits)
        return rule, why or NO_LIMIT


GATES = (
    Gate(1, "agreements", "Every input rests on a live sharing agreement", rules.agreements),
    Gate(
        2,
        "past_only",
        "Inputs hold only what was on record before the date",
        rules.past_only,
        ("rechecked", "shuffled_within"),
    ),
    Gate(3, "too_good", "Not too good to be true", rules.too_good, ("auc_at_most", "column_auc_at_most")),
    Gate(4, "events", "Enough events to judge it by", lists.events, ("events_at_least",)),
    Gate(5, "beats_rule", "Better than what is simpler", lists.beats_rule),
    Gate(6, "base_rate", "A list worth working through", lists.base_rate, ("base_rate_times",)),
    Gate(
        7,
        "calibration",
        "Risks mean what they say",
        rules.calibration,
        ("slope_within", "observed_over_expected_within", "ici_share_at_most", "feed_within"),
    ),
    Gate(8, "net_benefit", "Worth its cost", lists.net_benefit, ("net_benefit_over",)),
    Gate(9, "groups", "As good for every group", rules.groups, ("groups", "fnr_gap_at_most", "ratio_within")),
    Gate(10, "linkage", "Records linked alike", rules.linkage, ("match_rate_gap_at_most", "doubles_at_most")),
    Gate(11, "stability", "The same people on the list", lists.stability, ("recur_at_least", "refits_at_least")),
    Gate(12, "labels", "The same groups, however the outcome is counted", rules.labels),
    Gate(13, "protected", "No protected attribute, open or hidden", rules.protected, ("ethnicity_auc_at_most",)),
    Gate(14, "disclosure", "No small number in the files of figures that leave", rules.disclosure),
    Gate(15, "reproduces", "One run, and its saved model gives the same again", rules.reproduces),
)


def judge(evidence: dict, limits: dict[str, dict], waivers=(), signed=()) -> dict:
    """What the evidence of a run says at each gate, ready for JSON.

    Returns gates (a record each), verdict, the names of those failed, unevaluable and waived, and who has signed.
    `evidence` holds, as other stages wrote them: outcome (name), identity, columns, inputs (protected attributes that
    may be, with the reason), test, folds, stability, groups, audit, recheck, disclosed and identities; what is not
    there is unevaluable. `limits` maps each name of params.gates to its limit and reason. `waivers` and `signed` are
    records with outcome, model and until (and of a waiver gate, by, reason); those of another outcome or model are
    left aside. Whether they have ended is for whoever acts on them: what is written here must not hang on a clock.
    """

    at = {name: section["limit"] for name, section in limits.items()}
    of_model = [w for w in waivers if (w.outcome, w.model) == (evidence["outcome"], evidence["identity"])]
    waived = {w.gate: w for w in of_model if w.gate not in NEVER}
    records = []
    for gate in GATES:
        rule, why = gate.said(limits)
        found = gate.ask(evidence, at)
        of = waived.get(gate.name) if found.state != PASS else None
        waiver = of and {"by": of.by, "reason": of.reason, "until": str(of.until)}
        records.append(
            {"number": gate.number, "name": gate.name, "title": gate.title, "rule": rule}
            | asdict(found)
            | {"reason": why, "waiver": waiver}
        )
    by_state = {
        state: [r["name"] for r in records if r["state"] == state and not r["waiver"]] for state in (FAIL, UNEVALUABLE)
    }
    return {
        "gates": records,
        "verdict": verdict(by_state[FAIL], by_state[UNEVALUABLE]),
        "failed": by_state[FAIL],
        "unevaluable": by_state[UNEVALUABLE],
        "waived": [r["name"] for r in records if r["waiver"]],
        "signed": _signed(signed, evidence["outcome"], evidence["identity"]),
    }


def verdict(failed: list[str], unevaluable: list[str]) -> str:
    """What may be decided: nothing about a single person while anything is unevaluable.

    >>> verdict([], []), verdict([], ["groups"]), verdict([], ["agreements"]) == verdict(["groups"], [])
    ('may be approved', 'may be approved for planning/prioritisation only', True)
    """
    if failed or set(unevaluable) & set(SOUND):
        return MUST_NOT
    return LIMITED if unevaluable else MAY


def _signed(records, outcome: str, model: str) -> list[dict[str, str]]:
    """Whose word about the model stands; a role that withdraws ends all that it has signed about the outcome before."""
    stands = {}
    for record in records:
        if record.outcome == outcome and hasattr(record, "withdrawn_on"):
            stands.pop(record.role, None)
        elif record.outcome == outcome and record.model == model:
            stands[record.role] = {"role": record.role, "use_level": record.use_level, "until": str(record.until)}
    return list(stands.values())
