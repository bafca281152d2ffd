"""Rows of two sheets that belong together, where some were inserted, deleted or changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workbook_templates.validation.alignment import aligned

ROWS = st.lists(st.integers(0, 30), max_size=40)


def signatures(numbers: list[int]) -> list[tuple[int, ...]]:
    return [(each,) for each in numbers]


@given(ROWS, ROWS)
def test_pairs_rise_on_both_sides_and_hold_no_row_twice(before: list[int], after: list[int]) -> None:
    pairs = aligned([(signatures(before), signatures(after))])
    for side in (0, 1):
        places = [each[side] for each in pairs]
        assert places == sorted(set(places))
        assert not places or (places[0] >= 0 and places[-1] < len((before, after)[side]))


@given(ROWS)
def test_what_is_the_same_belongs_together_row_by_row(rows: list[int]) -> None:
    assert aligned([(signatures(rows), signatures(rows))]) == [(each, each) for each in range(len(rows))]


@given(st.lists(st.integers(), unique=True, max_size=40), st.data())
def test_rows_taken_out_and_put_in_are_found(rows: list[int], data: st.DataObject) -> None:
    kept = [each for each in rows if data.draw(st.booleans())]
    after: list[int | str] = list(kept)
    for number in range(data.draw(st.integers(0, 5))):
        after.insert(data.draw(st.integers(0, len(after))), f"new {number}")
    both = [(str(each),) for each in rows], [(str(each),) for each in after]
    pairs = [(rows.index(each), after.index(each)) for each in kept]
    assert [pair for pair in aligned([both]) if rows[pair[0]] == after[pair[1]]] == pairs


def test_a_changed_row_beside_a_new_one_is_the_one_with_more_in_common() -> None:
    before = [("a", 1), ("b", 2), ("c", 3)]
    after = [("a", 1), ("new", 9), ("b", 20, 2), ("c", 3)]
    assert aligned([(before, after)]) == [(0, 0), (1, 2), (2, 3)]


def test_as_many_rows_between_two_anchors_are_the_same_rows_changed() -> None:
    before, after = ([(0,), *middle, (9,)] for middle in ([(1,), (2,)], [(3,), (4,)]))
    assert aligned([(before, after)]) == [(0, 0), (1, 1), (2, 2), (3, 3)]


def test_a_looser_level_tells_apart_what_the_strict_one_does_not() -> None:
    """All figures of a table are new, and a row was put in: the names remain."""
    names = ["rent", "wages", "energy"]
    before = [(name, place) for place, name in enumerate(names)]
    after = [("cloud", 50), *((name, 10 + place) for place, name in enumerate(names))]
    loose = [each[:1] for each in before], [each[:1] for each in after]
    assert aligned([(before, after), loose]) == [(0, 1), (1, 2), (2, 3)]
