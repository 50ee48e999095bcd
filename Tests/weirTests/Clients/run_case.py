"""Runs one case of one client against a broker of its own.

    run_case.py MODULE CASE WEIR DIRECTORY

A case is a function that is given a running `Broker`; one with a `prepare` attribute is given what
that makes. It fails by raising.
"""

import importlib
import sys

from broker import Broker


def main():
    module, case, weir, directory = sys.argv[1:]
    function = getattr(importlib.import_module(module), case)
    with Broker(
        weir, directory, getattr(function, "settings", ()), file=getattr(function, "file", ())
    ) as broker:
        try:
            function(broker)
        except BaseException:
            print(broker.errors(), file=sys.stderr)
            raise
        assert broker.process.poll() is None, f"the broker ended: {broker.errors()}"
        assert broker.stop() == 0, broker.errors()


def with_settings(*settings, file=()):
    """Marks a case whose broker has settings of its own; those in a file may be secret."""

    def mark(function):
        function.settings = settings
        function.file = file
        return function

    return mark


if __name__ == "__main__":
    main()
