"""Writes SMILES of made-up molecules: common fragments joined by the rules below. No data set is read.

`{r}` and `{s}` are ring digits, `*` a place that may hold a substituent, `@` one that holds a substituent which begins
with carbon. Rules: a linker that ends in a hetero-atom is followed by carbon, and rings within a ring's brackets take
other digits.
"""

import random

TERMINALS = (
    "C C C CC C(C)C C(C)(C)C CCC CCCC CCCCCC F F Cl Cl Br I C(F)(F)F OC(F)(F)F C#N O O OC OC OCC N N(C)C NC [N+](=O)[O-] C=O "
    "C(=O)O C(=O)N C(C)=O C(=O)OC C(=O)OCC S(C)(=O)=O S(N)(=O)=O SC C=C C#C NC(C)=O CO CN CN(C)C"
).split()
CARBON_TERMINALS = "C C CC C(C)C CCC CCCC C(C)=O CCO CC#N CC(=O)O CC=C".split()
# Followed by a substituent of any kind.
OPEN_LINKERS = "C C CC CCC C(=O) C=C C(C) CCCC".split()
# Followed by carbon.
CLOSED_LINKERS = (
    "O O N N S C(=O)N C(=O)N NC(=O) NC(=O) C(=O)O S(=O)(=O)N NS(=O)(=O) OC NC CO CN CCN CCO N(C) NC(=O)N SC C(=O)NC"
).split()
CARBON_RINGS = (
    "c{r}ccccc{r} c{r}ccccc{r} c{r}ccc(*)cc{r} c{r}ccc(*)cc{r} c{r}cccc(*)c{r} c{r}ccccc{r}* c{r}ccc(*)c(*)c{r} "
    "c{r}cc(*)cc(*)c{r} c{r}ccncc{r} c{r}cccnc{r} c{r}ccc(*)nc{r} c{r}cnc(*)nc{r} c{r}nccc(*)n{r} c{r}ccco{r} c{r}ccc(*)o{r} "
    "c{r}cccs{r} c{r}ccc(*)s{r} c{r}csc(*)n{r} c{r}cc(*)n[nH]{r} c{r}c[nH]cn{r} c{r}c[nH]c{s}ccc(*)cc{r}{s} "
    "c{r}nc{s}ccc(*)cc{s}[nH]{r} c{r}ccc{s}ncccc{s}c{r} c{r}nc(*)no{r} C{r}CCCCC{r} C{r}CCC(*)CC{r} C{r}CC{r} C{r}CCCC{r} "
    "C{r}CCNCC{r} C{r}CCN(@)CC{r} C{r}CCOC{r} c{r}ccc{s}c(c{r})OCO{s} c{r}ccc{s}ccccc{s}c{r}"
).split()
NITROGEN_RINGS = "N{r}CCCC{r} N{r}CCOCC{r} N{r}CCN(@)CC{r} N{r}CCC(*)CC{r} N{r}CCCCC{r} n{r}ccnc{r} n{r}cccn{r}".split()

# Most draws below this many characters are left out: few drugs are so small.
SHORT, SHORT_LEFT_OUT = 14, 0.8
# Rings within rings' brackets: each holds two of the nine digits.
DEEPEST = 2


class Writer:
    """Draws molecules; equal sources of random numbers give equal molecules."""

    def __init__(self, source: random.Random) -> None:
        self.random = source

    def molecule(self, longest: int) -> str:
        """One molecule of at most `longest` characters."""
        while True:
            start = self.random.random()
            if start < 0.45:
                text = self.ring(CARBON_RINGS, 0, ())
            elif start < 0.75:
                text = self.random.choice(CARBON_TERMINALS[:6]) + self.linked(0, ())
            else:
                text = self.random.choice("O=C( N#Cc FC(F)(F) COc Cc Clc Fc CC(=O)N CN(C)C CCOC(=O) O=C(O)".split())
                text = self.begun(text)
            short = len(text) < SHORT and self.random.random() < SHORT_LEFT_OUT
            if len(text) <= longest and not short:
                return text

    def begun(self, start: str) -> str:
        """What follows a beginning that is written from its far end."""
        if start == "O=C(":
            return start + self.closed(1, ()) + ")" + self.carbon(1, ())
        if start.endswith("c"):
            return start[:-1] + self.ring(CARBON_RINGS[:8], 0, ())
        return start + self.carbon(0, ())

    def substituent(self, depth: int, open_digits: tuple[int, ...]) -> str:
        draw = self.random.random()
        if draw < 0.25 + 0.15 * depth or depth > DEEPEST:
            return self.random.choice(TERMINALS)
        if draw < 0.55 + 0.15 * depth:
            return self.ring(NITROGEN_RINGS if self.random.random() < 0.3 else CARBON_RINGS, depth, open_digits)
        return self.linked(depth, open_digits)

    def linked(self, depth: int, open_digits: tuple[int, ...]) -> str:
        if self.random.random() < 0.35:
            return self.random.choice(OPEN_LINKERS) + self.substituent(depth + 1, open_digits)
        return self.closed(depth, open_digits)

    def closed(self, depth: int, open_digits: tuple[int, ...]) -> str:
        return self.random.choice(CLOSED_LINKERS) + self.carbon(depth + 1, open_digits)

    def carbon(self, depth: int, open_digits: tuple[int, ...]) -> str:
        """A substituent that begins with carbon."""
        draw = self.random.random()
        if draw < 0.25 + 0.15 * depth or depth > DEEPEST:
            return self.random.choice(CARBON_TERMINALS)
        if draw < 0.85:
            return self.ring(CARBON_RINGS, depth, open_digits)
        return self.random.choice(("C", "CC")) + self.substituent(depth + 1, open_digits)

    def ring(self, rings: list[str], depth: int, open_digits: tuple[int, ...]) -> str:
        first, second = [digit for digit in range(1, 10) if digit not in open_digits][:2]
        inside = (*open_digits, first, second)
        template = self.random.choice(rings).replace("{r}", str(first)).replace("{s}", str(second))
        pieces = []
        for index, character in enumerate(template):
            if character == "*":
                ends = index + 1 == len(template)
                pieces.append(self.substituent(depth + 1, open_digits if ends else inside))
            elif character == "@":
                pieces.append(self.carbon(depth + 1, inside))
            else:
                pieces.append(character)
        return "".join(pieces)
