import { stringify } from 'yaml';

/**
 * YAML with every text double-quoted on one line, so that none is taken for a number, a date, a comment or a tag.
 * What cannot be seen, or what PyYAML refuses to read raw, is escaped.
 */
export function toVisibleYaml(value: unknown): string {
  const yaml = stringify(value, {
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    doubleQuotedMinMultiLineLength: Number.POSITIVE_INFINITY,
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
  return yaml.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffe\uffff]/gu, (character) =>
    character === '\n' ? '\n' : `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`,
  );
}
