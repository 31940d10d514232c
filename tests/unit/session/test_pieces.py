"""A digest of pieces: the same pieces in the same order, however they were taken, and nothing else."""

from __future__ import annotations

from hashlib import blake2b

from hypothesis import given
from hypothesis import strategies as st

from xaisite.session.pieces import PieceDigest

TEXTS = st.lists(
    st.text(st.characters(codec=None, exclude_categories=()), max_size=80) | st.sampled_from(["a", "b", "c" * 70_000])
)


def digest(texts: list[str], known: dict[str, bytes]) -> str:
    taken = PieceDigest(known)
    for text in texts:
        taken.put(text)
    return taken.hexdigest()


@given(TEXTS, TEXTS)
def test_it_is_the_digest_of_the_pieces_with_their_lengths(texts: list[str], before: list[str]) -> None:
    known: dict[str, bytes] = {}
    digest(before, known)
    plain = b"".join(len(raw).to_bytes(8, "big") + raw for raw in (t.encode("utf-8", "surrogatepass") for t in texts))
    assert digest(texts, known) == blake2b(plain, digest_size=16).hexdigest()
    assert (digest(texts, known) == digest(before, known)) == (texts == before)


def test_many_pieces_are_not_kept() -> None:
    taken = PieceDigest({})
    for number in range(100_000):
        taken.put(str(number % 3))
        taken.update(b"x" * (number % 2))
    assert len(taken._waiting) < 10_000
