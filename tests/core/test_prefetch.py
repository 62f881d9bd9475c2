import os
import sys
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from leukview.core.prefetch import NICENESS, lower_priority, prefetch


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("count", [0, 1, 2, 9])
def test_that_results_come_in_order_and_none_is_lost(threads: int, count: int):
    assert list(prefetch(lambda n: n * n, range(count), threads)) == [n * n for n in range(count)]


def test_that_the_next_result_is_made_while_one_is_used():
    begun = {n: threading.Event() for n in range(4)}

    def work(number: int) -> tuple[int, str]:
        begun[number].set()
        return number, threading.current_thread().name

    with closing(prefetch(work, range(4))) as results:
        number, where = next(results)
        assert (number, where.startswith("leukview-prefetch")) == (0, True)
        assert begun[1].wait(5)
        assert not begun[2].wait(0.05)  # and no more than the next


def test_that_an_error_comes_where_its_result_would_have_come():
    def work(number: int) -> int:
        if number == 2:
            raise ValueError("the third")
        return number

    results = prefetch(work, range(5))
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(ValueError, match="the third"):
        next(results)


def test_that_leaving_early_ends_the_threads_and_asks_for_no_more_items():
    asked: list[int] = []

    def items() -> Iterator[int]:
        for number in range(1000):
            asked.append(number)
            yield number

    with closing(prefetch(str, items(), 2)) as results:
        assert next(results) == "0"
    assert len(asked) <= 4
    assert not [t for t in threading.enumerate() if t.name.startswith("leukview-prefetch")]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives a thread its own priority")
def test_that_a_thread_that_gives_way_is_inherited_from_and_leaves_the_others_as_they_were():
    before, found = os.getpriority(os.PRIO_PROCESS, threading.get_native_id()), []

    def ask() -> None:
        found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    def work() -> None:
        lower_priority()
        ask()
        own = threading.Thread(target=ask)
        own.start()
        own.join()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [NICENESS, NICENESS]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before
