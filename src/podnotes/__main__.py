"""``python -m podnotes`` is the ``podnotes`` command."""

from podnotes.cli import run

run()
