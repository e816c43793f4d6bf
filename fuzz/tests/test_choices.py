"""Decisions are the same everywhere, and cover their ranges."""

from __future__ import annotations

from fuzz.choices import DrawnChoices, SeededChoices, derive_seed, scramble


def test_decisions_of_a_seed_are_fixed_for_ever() -> None:
    choices = SeededChoices(1)
    assert [choices.below(1000) for _ in range(6)] == [368, 943, 45, 777, 219, 774]
    assert SeededChoices(1).bits(128) != SeededChoices(2).bits(128)
    assert derive_seed(1, "grammar", 0) == derive_seed(1, "grammar", 0)
    assert derive_seed(1, "grammar", 0) != derive_seed(1, "grammar", 1)


def test_scramble_is_the_published_function() -> None:
    # The first outputs of splitmix64 seeded with 1234567.
    assert scramble(1234567 + 0x9E3779B97F4A7C15) == 6457827717110365317
    assert scramble(1234567 + 2 * 0x9E3779B97F4A7C15) == 3203168211198807973


def test_ranges_are_covered_and_kept() -> None:
    choices = SeededChoices(7)
    assert {choices.between(-2, 2) for _ in range(200)} == {-2, -1, 0, 1, 2}
    assert all(choices.bits(128) < 1 << 128 for _ in range(50))
    assert max(choices.bits(128) for _ in range(50)) > 1 << 120
    picked = [choices.weighted(((1, "rare"), (9, "often"))) for _ in range(1000)]
    assert 50 < picked.count("rare") < 170
    assert sorted(choices.shuffled(range(20))) == list(range(20))


def test_drawn_choices_ask_only_where_there_is_a_choice() -> None:
    asked: list[int] = []

    def draw(limit: int) -> int:
        asked.append(limit)
        return limit - 1

    choices = DrawnChoices(draw)
    assert choices.below(1) == 0
    assert choices.pick("abc") == "c"
    assert asked == [3]
