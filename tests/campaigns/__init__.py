"""Generators of hostile input, run through the command line.

The suite runs a short form (`tests.campaigns.test_short`). At full size::

    python -m tests.campaigns exports --count 10000 --seed 0
    python -m tests.campaigns files --count 2000 --seed 0

Each case depends on the seed and its number alone, so that ``--first N --count 1`` repeats one.
"""
