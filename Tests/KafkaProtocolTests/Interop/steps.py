"""Runs a driver's steps one after the other: what one peer or version lacks must not stop the
rest."""

import sys

TOPIC, OTHER_TOPIC = "golden", "golden-other"


def run(steps):
    """Calls each step and tells, on standard error, of those that raised."""
    for step in steps:
        try:
            step()
        except Exception as error:  # Only to be told: the frames are what counts.
            print(f"  {step.__name__}: {type(error).__name__}: {str(error)[:150]}", file=sys.stderr)


async def run_async(steps):
    """The same for coroutine functions."""
    for step in steps:
        try:
            await step()
        except Exception as error:
            print(f"  {step.__name__}: {type(error).__name__}: {str(error)[:150]}", file=sys.stderr)
