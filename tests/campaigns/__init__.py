"""Campaigns: many random trials against a promise of the program, from a seed.

The suite runs short forms (`test_short`, `test_tampering`, `test_window_actions`). At full size::

    python -m tests.campaigns exports --count 10000 --seed 0
    python -m tests.campaigns files --count 2000 --seed 0
    python -m tests.campaigns.tampering --trials 100 --seed 1
    python -m tests.campaigns.messages --count 10000 --seed 1
    python -m tests.campaigns.window_actions --count 200000 --seed 1

Each case of hostile input depends on the seed and its number alone, so that ``--first N --count 1`` repeats one.
"""
