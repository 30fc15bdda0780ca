const ENTITIES: Record<string, string> = { amp: '&', lt: ' ', gt: ' ', quot: '"', apos: "'", nbsp: ' ', copy: '(c)' };

/** The words of an HTML mail: tags, styles, scripts and comments out, entities decoded, block ends as new lines. */
export function htmlToText(html: string): string {
  return html
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<(style|script|head|title)\b[\s\S]*?<\/\1\s*>/gi, ' ')
    .replace(/\s+/g, ' ')
    .replace(/<\/?(?:br|p|div|tr|td|li|h\d|table|ul|ol|center|blockquote|hr|dd|dt)\b[^<>]*>/gi, '\n')
    .replace(/<[^<>]*>/g, '')
    .replace(/&(?:#(\d{1,6})|([a-z]{2,6}));?/gi, (_, code, name) =>
      code === undefined ? (ENTITIES[String(name).toLowerCase()] ?? ' ') : String.fromCharCode(Number(code) & 0xffff),
    );
}
