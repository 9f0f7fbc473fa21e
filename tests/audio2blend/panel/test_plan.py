"""Who sees what: balanced, and under names that give nothing away."""

from collections import Counter
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from audio2blend.panel import plan, render

sizes = {"n_stems": st.integers(1, 7), "n_folders": st.integers(2, 4), "seed": st.integers(0, 2**64)}


@settings(max_examples=40, deadline=None)
@given(**sizes)
def test_each_rater_sees_each_pair_once_with_balanced_sides(n_stems: int, n_folders: int, seed: int) -> None:
    stems = [f"s{n}" for n in range(n_stems)]
    made = plan(stems, n_folders, n_raters=4, n_checks=1, seed=seed)
    for trials in made.trials:
        shown = [(made.clips[left], made.clips[right]) for left, right in trials]
        seen = Counter((a[0], b[0]) for a, b in shown if a != b)
        for first, second in combinations(range(n_folders), 2):
            assert seen[first, second] + seen[second, first] == n_stems
            assert abs(seen[first, second] - seen[second, first]) <= 1
        assert all(a[1] == b[1] for a, b in shown)
        assert sum(a == b for a, b in shown) == 1
    for one, other in zip(made.trials[::2], made.trials[1::2], strict=True):
        assert {(right, left) for left, right in one} == set(other)


@settings(max_examples=20, deadline=None)
@given(**sizes)
def test_a_seed_gives_one_plan(n_stems: int, n_folders: int, seed: int) -> None:
    stems = [f"s{n}" for n in range(n_stems)]
    first, again, other = (plan(stems, n_folders, n_raters=2, n_checks=2, seed=s) for s in (seed, seed, seed + 1))
    assert first == again
    assert not first.clips.keys() & other.clips.keys()


def test_the_page_holds_anonymous_names_alone() -> None:
    made = plan(["zebra</script>", 'qu"ux'], 2, n_raters=2, n_checks=2, seed=1)
    page = render(made, {name: f"videos/{name}.mp4" for name in made.clips})
    assert "zebra" not in page
    assert "ux" not in page.split('id="data">')[1].split("</script>")[0]
    assert page.count("</script>") == 2
    assert all(len(name) == 16 and int(name, 16) >= 0 for name in made.clips)
