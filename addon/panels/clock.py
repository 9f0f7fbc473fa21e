"""A time as people read it."""


def clock(seconds: float, digits: int = 1) -> str:
    """Return seconds in words: with minutes and hours where there are any.

    >>> clock(4.7), clock(608.76), clock(3723.4), clock(59.96)
    ('4.7 s', '10:08.8', '1:02:03.4', '1:00.0')
    >>> clock(608.764, 2)
    '10:08.76'
    """
    rounded = round(seconds, digits)
    if rounded < 60:
        return f"{rounded:.{digits}f} s"
    minutes, rest = divmod(rounded, 60)
    hours, minutes = divmod(int(minutes), 60)
    ahead = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{ahead}:{rest:0{digits + 3}.{digits}f}"
