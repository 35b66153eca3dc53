"""Writers of one process take turns in the order they came, and one who fails hands the turn on."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from zhoudao.core.audit.turns import Turns


def test_each_gets_the_turn_in_the_order_they_asked_and_never_two_at_once():
    turns, order, inside = Turns(), [], []
    begun = [threading.Event() for _ in range(20)]

    def write(number):
        with turns.turn():
            inside.append(number)
            assert len(inside) == 1
            order.append(number)
            inside.remove(number)

    with ThreadPoolExecutor(20) as pool:
        with turns.turn():
            waiting = []
            for number in range(20):
                waiting.append(pool.submit(write, number))
                while len(turns._row) < number + 2:
                    begun[number].wait(0.001)
        for each in waiting:
            each.result()
    assert order == list(range(20))


def test_one_who_fails_hands_the_turn_on():
    turns = Turns()
    with pytest.raises(ValueError, match="lost"), turns.turn():
        raise ValueError("lost")
    with turns.turn():
        pass
    assert not turns._row
