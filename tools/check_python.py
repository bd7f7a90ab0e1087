"""Stops `make setup` early, with the remedy, when this Python can't build the environment.

Runs under whatever `python3` is, so it keeps to what old versions can parse.
"""

import sys

NEEDED = (3, 11)


def problem():
    # type: () -> str
    """What is wrong with this interpreter, or an empty string."""
    found = "{}.{}.{} ({})".format(*sys.version_info[:3], sys.executable)
    if sys.version_info[:2] < NEEDED:
        return "Python {}.{} or later is needed, found {}.\nRemedy: make setup PYTHON=/path/to/a/later/python3".format(
            NEEDED[0], NEEDED[1], found
        )
    try:
        import ensurepip  # noqa: F401, PLC0415
        import venv  # noqa: F401, PLC0415
    except ImportError as error:
        return "Python {} can't build virtual environments: {}.\nRemedy: install its venv package (Debian: python3-venv)".format(
            found, error
        )
    return ""


if __name__ == "__main__":
    sys.exit(problem() or 0)
