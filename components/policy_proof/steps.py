"""In how many ways can a backtracking matcher read one tag? The bound that tells a harmless pattern.

A state in a loop that has two ways to go on with the same character *inside* the loop doubles the readings
with each character: the pattern explodes. A way out of a loop that competes with staying in it can be
taken at any of a tag's characters, so each one after the other multiplies the readings by the tag's length.
Ambiguity of automata: Weber and Seidl, "On the degree of ambiguity of finite automata" (1991).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from handler.errors import PolicyError
from components.policy_proof.automaton import Automaton
from handler.policy.tags import LONGEST

MOST_READINGS = 10_000


def check_readings(automaton: Automaton) -> None:
    """Raises PolicyError, whose message is the end of a sentence about the pattern, when it may explode."""
    if _most(automaton) > MOST_READINGS:
        raise PolicyError(
            f"which can be read in more than {MOST_READINGS} ways for one tag, so that matching may take "
            "very long",
            remedy="let each repetition end where the next part can't begin: [^-]* before a '-', not .*",
        )


def _most(automaton: Automaton) -> int:
    """The most readings that any tag can have; raises PolicyError when they grow exponentially."""
    characters = representatives([automaton])
    most: dict[int, int] = {}
    for component in _components(automaton):
        inside = set(component)
        in_loop = len(component) > 1 or component[0] in automaton.follow[component[0]]
        # Where nothing follows, a matcher still tries each of the ways to go through what can be empty.
        plain = max(automaton.last[state] for state in component)
        competing = plain if plain > 1 else 0
        for state in component:
            for character in characters:
                ways = _ways(automaton, automaton.follow[state], character)
                staying = sum(count for after, count in ways.items() if after in inside)
                leaving = sum(count * most[after] for after, count in ways.items() if after not in inside)
                if staying > 1:
                    raise PolicyError(
                        "which can be read in exponentially many ways, so that one tag could keep the "
                        "function busy until its timeout",
                        remedy="don't repeat what repeats itself or has alternatives that begin alike: write "
                        "a+ instead of (?:a+)+ or (?:a|a)+",
                    )
                if staying:
                    competing = max(competing, leaving)
                else:
                    plain = max(plain, leaving)
        for state in component:
            most[state] = max(1, plain) + (LONGEST * competing if in_loop else 0)
    return max(
        (
            sum(ways * most[state] for state, ways in _ways(automaton, automaton.first, character).items())
            for character in characters
        ),
        default=0,
    )


def representatives(automata: Iterable[Automaton]) -> list[str]:
    """One character for each set of characters that none of the automata tells apart, letters first."""
    automata = list(automata)
    everything = sorted(set().union(*(allowed for each in automata for allowed in each.states)))
    found: dict[tuple[bool, ...], str] = {}
    for character in sorted(everything, key=lambda item: (not item.isalnum(), item)):
        kind = tuple(character in allowed for each in automata for allowed in each.states)
        found.setdefault(kind, character)
    return list(found.values())


def _ways(automaton: Automaton, after: Counter[int], character: str) -> dict[int, int]:
    return {state: ways for state, ways in after.items() if character in automaton.states[state]}


def _components(automaton: Automaton) -> Iterator[list[int]]:
    """The strongly connected components, each after all that it leads to (Tarjan, without recursion)."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    waiting: list[int] = []
    on_waiting: set[int] = set()
    for root in range(len(automaton.states)):
        if root in index:
            continue
        path = [(root, iter(automaton.follow[root]))]
        while path:
            state, successors = path[-1]
            if state not in index:
                index[state] = low[state] = len(index)
                waiting.append(state)
                on_waiting.add(state)
            for after in successors:
                if after not in index:
                    path.append((after, iter(automaton.follow[after])))
                    break
                if after in on_waiting:
                    low[state] = min(low[state], index[after])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[state])
                if low[state] == index[state]:
                    cut = waiting.index(state)
                    component, waiting[cut:] = waiting[cut:], []
                    on_waiting.difference_update(component)
                    yield component
