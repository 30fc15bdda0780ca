import type { ExportedPrompt, FileFormat, LabelReading, RenderedPart } from '../../contract/exported-prompt.js';
import { labelReadings, lengthWarning } from '../../text/label-reading.js';
import { provenance } from '../../text/provenance.js';
import { isMasked } from '../../text/rendered-parts.js';
import { comment } from './ts.js';

export const pythonFormat: FileFormat = {
  name: 'python',
  description: 'a Python module without dependencies: classify(text, complete), render(text), PROMPT, META',
  group: 'code',
  isTable: false,
  file: 'best.py',
  warn: lengthWarning,
  render: ([prompt]) => renderModule(prompt),
  read: (text) => {
    const rendered = constantOf(text, '_PARTS') as RenderedPart[];
    const readings = constantOf(text, '_READINGS') as LabelReading[] | undefined;
    return readings ? { rendered, readings } : { rendered };
  },
};

/** The value of a constant that `literal` wrote; undefined where the module has none. */
function constantOf(text: string, name: string): unknown {
  const written = new RegExp(`^${name} = json\\.loads\\((".*")\\)$`, 'm').exec(text)?.[1];
  return written === undefined ? undefined : JSON.parse(JSON.parse(written));
}

function renderModule(prompt: ExportedPrompt): string {
  const masked = isMasked(prompt);
  const readings = labelReadings(prompt);
  const [parameter, argument] = masked ? [', mask: str', ', mask'] : ['', ''];
  return `# Exported by ${comment(prompt.tool)} from ${comment(prompt.run)}.
"""A prompt, with everything needed to read its answers. Needs Python 3.9 or newer, and nothing else."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from math import exp

# The prompt.
PROMPT: str = ${literal(prompt.prompt)}
# Where the prompt comes from and how it scores.
META: dict = ${literal(provenance(prompt))}

_PARTS = ${literal(prompt.rendered)}
_PARTS_WITHOUT_INPUT = ${literal(prompt.renderedWithoutInput)}
_BLANKS = ${literal(BLANKS)}


def render(text: str${parameter}) -> str:
    """The text for the language model; ${masked ? 'it fills the mask with a label word' : 'a label word follows it'}."""
    text = text.strip(_BLANKS)
    slots = {"input": text${masked ? ', "mask": mask' : ''}}
    parts = _PARTS if text else _PARTS_WITHOUT_INPUT
    return "".join(part if isinstance(part, str) else slots[part["slot"]] for part in parts)
${readings.length > 0 ? classifyFunctions(readings, parameter, argument) : ''}`;
}

function classifyFunctions(readings: ReturnType<typeof labelReadings>, parameter: string, argument: string): string {
  return `

# Each label with its words, how much each counts, and what is subtracted from its score.
_READINGS = ${literal(readings)}

Complete = Callable[[str, Sequence[str]], Mapping[str, float]]


def classify(text: str, complete: Complete${parameter}) -> tuple[str, dict[str, float]]:
    """The label of a text, with the probability of each label.

    complete(rendered, words) asks the language model: the natural log-probability of each word (or of the token it
    begins with) right after the rendered text. A word it does not name counts as the least likely of those it names.
    """
    words = list(dict.fromkeys(word for reading in _READINGS for word in reading["words"]))
    given = complete(render(text${argument}), words)
    if not isinstance(given, Mapping):
        raise TypeError(f"complete() must return a mapping, from each word to its log-probability: {{{words[0]!r}: -1.2, ...}}")
    found = {word: given.get(word, given.get(word.strip())) for word in words}
    if all(value is None for value in found.values()):
        raise ValueError(f"complete() named none of the {len(words)} label words, such as {words[0]!r}")
    least = min(given.values())
    scores = [
        sum(w * (least if found[word] is None else found[word]) for word, w in zip(r["words"], r["weights"])) - r["offset"]
        for r in _READINGS
    ]
    most = max(scores)
    powers = [exp(score - most) for score in scores]
    labels = [reading["label"] for reading in _READINGS]
    probabilities = {label: power / sum(powers) for label, power in zip(labels, powers)}
    return labels[scores.index(most)], probabilities


def label_of(answer: str) -> "str | None":
    """The label of a generated answer: the one that the whole answer names, by itself or by the word that was given for it,
    or else the one with a word in _READINGS that the answer begins with. None for another answer."""
    said = answer.strip().lower()
    whole = {said, re.sub(r"[\\W_]+$", "", said)}
    for label in META["labels"]:
        if said and whole & {label["name"].strip().lower(), label["word"].strip().lower()}:
            return label["name"]
    weights = [
        max([0] + [w for word, w in zip(r["words"], r["weights"]) if said.startswith(word.strip().lower())])
        for r in _READINGS
    ]
    return _READINGS[weights.index(max(weights))]["label"] if max(weights) > 0 else None
`;
}

/** What String.prototype.trim takes off, by which inputs were trimmed when they were scored. */
const BLANKS =
  '\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';

/** A value as an expression of Python; all characters outside ASCII are escapes of JSON, which knows pairs of surrogates. */
function literal(value: unknown): string {
  const json = JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `json.loads(${JSON.stringify(json)})`;
}
