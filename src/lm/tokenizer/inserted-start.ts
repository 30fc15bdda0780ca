import { type Settings, settingsList, UnsupportedTokenizer } from './shared/definition.js';
import { patternSpans } from './shared/pattern.js';

/** They add or take whole texts; all other normalizers change a text character by character. */
const WHOLE = new Set<unknown>(['Replace', 'Prepend']);
const SAMPLES = ['a', 'A', '1', ' ', '\n', '.', 'é', '中'];

/**
 * A Replace of nothing, say of `^`, puts a text before the first character. The library then fails in, or garbles, what is
 * changed character by character after it.
 *
 * @throws UnsupportedTokenizer
 */
export function refuseInsertedStart(normalizer: Settings | undefined, preTokenizer: Settings | undefined): void {
  const steps = normalizer ? flatten(normalizer) : [];
  const insert = steps.findIndex(insertsAtStart);
  if (insert < 0) return;
  const later = steps.slice(insert + 1).find(({ type }) => !WHOLE.has(type))?.type;
  const bytes = JSON.stringify(preTokenizer ?? null).includes('"ByteLevel"') ? 'ByteLevel' : undefined;
  const after = later ?? bytes;
  if (after === undefined) return;
  const pattern = JSON.stringify(steps[insert]?.pattern);
  throw new UnsupportedTokenizer(`the Replace of ${pattern} before ${after} fails in the Python library, too`);
}

function flatten(settings: Settings): Settings[] {
  return settings.type === 'Sequence' ? settingsList(settings.normalizers).flatMap(flatten) : [settings];
}

function insertsAtStart({ type, pattern, content }: Settings): boolean {
  if (type !== 'Replace' || content === '') return false;
  const find = patternSpans(pattern);
  return SAMPLES.some((text) => {
    const [first] = find(text);
    return first?.isMatch === true && first.end === 0;
  });
}
