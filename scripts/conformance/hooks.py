"""What OpenAPI cannot say about a request that is answered, for schemathesis.

JSON schema compares no two dates, counts no pairs and knows no customers. Valid cases are sent with dates of one month,
since the models refuse a past that is later than what is asked by more than a year and a question about a time long
before the stored history; with days and amounts in turn in histories; without ratios that follow from other fields, which
are refused where they contradict them; and half of them with customers that the platform
knows and without a choice of version, so that they reach a model and not only the look-up of what does not exist.
"""

import datetime
import re

import schemathesis

DATE = re.compile(r"^\d{4}-\d\d(?=-\d\d)")
MONTH = f"{datetime.date.today().year}-12"  # has all days that any month has
KNOWN = ("u000001", "u000002", "u000003")
RATIOS = {
    "loanToValue": {"requestedAmount", "collateralValue"},
    "emiToIncome": {"requestedAmount", "termMonths", "declaredMonthlyIncome"},
    "debtToIncome": {"monthlyDebtPayments", "requestedAmount", "termMonths", "monthlyIncome"},
}
CHOICE_OF_VERSION = ("line", "stage", "version")


def in_one_month(value):
    if isinstance(value, str):
        return DATE.sub(MONTH, value)
    if isinstance(value, list):
        return [in_one_month(item) for item in value]
    if isinstance(value, dict):
        return {name: in_one_month(item) for name, item in value.items()}
    return value


def in_pairs(stream):
    """A stream of a history with whole days and positive amounts in turn, as many as there were numbers for."""
    category, payee, flat = stream
    return [category, payee, [20_000, 250.5] * (len(flat) // 2)]


def without_ratios(value):
    if isinstance(value, list):
        return [without_ratios(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {name: without_ratios(item) for name, item in value.items()}
    return {name: item for name, item in kept.items() if not RATIOS.get(name, {None}) <= kept.keys()}


def repair(body):
    body = without_ratios(in_one_month(body))
    history = body.get("history") if isinstance(body, dict) else None
    if isinstance(history, dict) and "streams" in history:
        for name in ("streams", "income"):
            history[name] = [in_pairs(stream) for stream in history[name]]
    return body


def name_known(case, customer):
    for name in CHOICE_OF_VERSION:
        if case.query:
            case.query.pop(name, None)
    if isinstance(case.body, dict) and "userId" in case.body:
        case.body["userId"] = customer
    if case.path_parameters and "entity" in case.path_parameters:
        case.path_parameters["entity"] = customer


sent = 0


@schemathesis.hook
def before_call(context, case, kwargs):
    global sent
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    sent += 1
    if isinstance(case.body, (dict, list)):
        case.body = repair(case.body)
    if sent % 2 == 0:
        name_known(case, KNOWN[sent // 2 % len(KNOWN)])
