import fc from 'fast-check';

/** Pieces that some format, template language, shell, terminal or spreadsheet takes for its own. */
const PIECES = [
  ...['{{x}}', '{{text}}', '{{ text }}', '{{literal1}}', '{{{', '}}', '{', '}', '{input}', '{text}', '{0!r:>9}'],
  ...['{%', '%}', '{% raw %}', '{% endraw %}', '{# no', '#}', '{{#if x}}', '{{> y}}', '\\{{', '<%= 1 %>'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what a module export must survive
  ...['${alert(1)}', '$text', '$$', '$&', '$1', '`', '```', '~~~', '\\', '\\\\', '\\u0041', '\\n', '"', "'", '"""'],
  ...['\n', '\r\n', '\r', '\t', '\n\n', '\u0085', '\u2028', '\u2029', '\u202e', '\u200b', '\uFEFF', '\u00a0'],
  ...['\x1b]52;c;AA\x07', '\x9d', '\u0000', '\x7f', '\ufffe', '\u{e0001}', 'é', '👩‍💻', '𝔘', ' ', '  '],
  ...['*/', '//', '</script>', '<!--', '=1+1', "'=1", '+1', '-1', '@SUM(A1)', ',', ';', '#', ' #', ': ', '- ', '---'],
  ...['\n---\n', '...', '!!python/object', '&a', '*a', '? ', '| ', '> ', '%TAG', 'null', 'yes', '1e3', '2026-01-01'],
  ...[
    'file://x',
    'package:a:b',
    'exec:',
    '*',
    '/',
    'user:',
    '\nuser:\n',
    '\nsystem:',
    'assistant:',
    '<|im_start|>',
    '[INST]',
    '<<<dotprompt:role:system>>>',
  ],
];

/** Texts a search over the vocabulary of a language model could come to, and worse. */
export const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'grapheme', maxLength: 8 })), { maxLength: 6 })
  .map((pieces) => pieces.join(''));

/** Templates with the slots in either order, line breaks and what else formats may stumble on. */
export const TEMPLATES = [
  '{input} {prompt}',
  '{prompt}\n{input}',
  'Q: {input} {{a}} {prompt} `$' + '{{x}}` =',
  '{prompt} "{input}" \\ # {{{{',
] as const;

/** As many prompts as every format is held to. */
export const HOSTILE_RUNS = 200;
/** As many where each is compiled to be read. */
export const COMPILED_RUNS = 50;
