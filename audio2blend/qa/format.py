"""Measures and limits as text."""

from .checks import Check


def shown(check: Check, value: float) -> str:
    """Return a value with its unit.

    >>> shown(Check("a", "A", "%", 0.5, None, ""), 0.934), shown(Check("b", "B", "ms", -40, 40, ""), -7.24)
    ('93.4 %', '-7.2 ms')
    """
    factor, digits = {"%": (100, 1), "ms": (1, 1), "mm": (1, 3)}.get(check.unit, (1, 4))
    number = round(factor * value, digits) + 0.0  # + 0.0 turns -0 into 0
    return f"{number:.{digits}f} {check.unit}".rstrip()


def limits(check: Check) -> str:
    """Return the limits of a check, or "" if it only informs.

    >>> limits(Check("a", "A", "%", 0.5, None, "")), limits(Check("b", "B", "ms", -40, 40, ""))
    ('≥ 50 %', '-40 to 40 ms')
    """

    def bare(value: float) -> str:
        return f"{100 * value:g}" if check.unit == "%" else f"{value:g}"

    unit = f" {check.unit}" if check.unit else ""
    if check.at_least is not None and check.at_most is not None:
        return f"{bare(check.at_least)} to {bare(check.at_most)}{unit}"
    if check.at_least is not None:
        return f"≥ {bare(check.at_least)}{unit}"
    return "" if check.at_most is None else f"≤ {bare(check.at_most)}{unit}"
