"""What words and what meaning say of a passage become one worth."""

from assistant.lookup.fusion import Worth, fuse


def order(**worths: Worth) -> list[str]:
    names = list(worths)
    fused = fuse(dict(enumerate(worths.values())))
    return [names[number] for number in sorted(fused, key=lambda number: -fused[number])]


def test_nothing_is_worth_nothing() -> None:
    assert fuse({}) == {}
    assert fuse({1: Worth(0.0, 0.0, 0.0)}) == {1: 0.0}


def test_what_both_find_comes_first() -> None:
    both, words, meaning = Worth(5.0, 0.9, 0.6), Worth(5.0, 0.9, 0.1), Worth(0.0, 0.0, 0.6)
    assert order(words=words, meaning=meaning, both=both)[0] == "both"


def test_words_decide_between_passages_of_one_meaning() -> None:
    assert order(less=Worth(1.0, 0.4, 0.5), more=Worth(4.0, 0.8, 0.5)) == ["more", "less"]


def test_meaning_decides_where_hardly_a_word_is_held() -> None:
    # The same passages; but of this question the one found by words holds a tenth.
    near, far = Worth(0.0, 0.0, 0.6), Worth(0.1, 0.1, 0.4)
    assert order(far=far, near=near) == ["near", "far"]
    assert order(far=Worth(8.0, 1.0, 0.4), near=near) == ["far", "near"]


def test_the_opposite_of_the_meaning_is_not_below_nothing() -> None:
    assert fuse({1: Worth(0.0, 0.0, -0.5), 2: Worth(1.0, 0.5, 0.0)})[1] == 0.0
