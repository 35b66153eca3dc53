"""Waits that are learned and played forward, against what theory and arithmetic say."""

import json

import numpy as np
import pytest

from zhoudao.engines.queues import At, Foretold, Profile, Visit, calls, correct, learn, score


def first(_desk, left, _moment):
    return (left[0], left[1:]) if left else (None, left)


def test_a_line_is_played_forward_over_the_desks():
    found = calls(
        [At("one", 60.0), At("two", 30.0)], ["a", "b", "c"], first, lambda *_: 100.0, lambda person: person
    )
    assert found == {"a": 30.0, "b": 60.0, "c": 130.0}


def test_who_no_desk_serves_is_left_out_and_the_others_are_not_held_up():
    def only_b(_desk, left, _moment):
        chosen = next((each for each in left if each == "b"), None)
        return chosen, [each for each in left if each != chosen]

    assert calls([At("one", 0.0)], ["a", "b"], only_b, lambda *_: 9.0, lambda each: each) == {"b": 0.0}


def visits(chance: np.random.Generator, count: int, mean: float) -> list[Visit]:
    return [
        Visit(
            "id-card", "workday", 18 + n % 4, float(60 * (n % 4)), 9 + n % 2, float(chance.exponential(mean))
        )
        for n in range(count)
    ]


def test_serving_times_are_learned_by_service_and_hour():
    profile = learn(visits(np.random.default_rng(1), 8000, 480))
    assert profile.service["id-card"] == pytest.approx(480, rel=0.05)
    assert profile.takes("id-card", 9) == pytest.approx(480, rel=0.08)
    assert profile.takes("id-card", 23) == profile.service["id-card"], "an hour nobody came in"
    # An exponential service has no memory: who has been there for long takes as long still.
    assert profile.left("id-card", 9, 0) == pytest.approx(480, rel=0.1)
    assert profile.left("id-card", 9, 480) == pytest.approx(480, rel=0.15)


def test_the_usual_wait_is_by_half_hour():
    profile = learn(visits(np.random.default_rng(1), 400, 480))
    assert profile.usual("id-card", "workday", 21) > profile.usual("id-card", "workday", 18)
    assert profile.usual("id-card", "rest_day", 18) is not None, "the nearest kind of day that is known"
    assert profile.usual("passport", "workday", 18) is None


def test_what_playing_gets_wrong_on_average_is_put_right_and_its_range_holds_eight_in_ten():
    chance = np.random.default_rng(2)
    played = chance.uniform(60, 3600, 4000)
    waited = 1.3 * played + 45 + chance.normal(0, 120, 4000)
    foretold = [Foretold("ordinary", p, w) for p, w in zip(played, waited, strict=True)]
    profile = correct(Profile(), foretold[:2000])
    said = [profile.corrected(each.played, each.lane) for each in foretold[2000:]]
    there = [each.waited for each in foretold[2000:]]
    assert abs(score([each.seconds for each in said], there).bias) < 0.5  # minutes
    inside = sum(each.low <= wait <= each.high for each, wait in zip(said, there, strict=True))
    assert 0.75 < inside / len(said) < 0.85
    assert profile.corrected(0.0, "ordinary").seconds == 0


def test_a_few_visits_teach_no_correction():
    assert correct(Profile(), [Foretold("ordinary", 60, 600)] * 5) == Profile()


def test_a_profile_survives_json():
    profile = correct(
        learn(visits(np.random.default_rng(3), 500, 300)),
        [Foretold("ordinary", float(n), 2.0 * n) for n in range(1, 200)],
    )
    again = Profile.from_data(json.loads(json.dumps(profile.as_data())))
    assert again.corrected(600, "ordinary") == profile.corrected(600, "ordinary")
    assert again.usual("id-card", "workday", 19) == profile.usual("id-card", "workday", 19)


def test_scores_are_in_minutes():
    found = score([60.0, 180.0, 600.0], [0.0, 240.0, 600.0])
    assert (found.count, found.median, found.bias) == (3, 1.0, 0.0)
    with pytest.raises(ValueError, match="as many"):
        score([], [])
