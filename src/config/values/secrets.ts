const SECRET_KEY =
  /(^|[-_])(api[-_]?key|access[-_]?token|auth[-_]?token|token|secret|password|passwd)$|(?:ApiKey|Token|Secret|Password)$|^apiKey$/;
const SECRET_VALUE = /\b(?:sk-[\w-]{16,}|hf_\w{16,}|gh[pousr]_\w{16,}|AKIA[0-9A-Z]{16})\b|:\/\/[^/\s:@]+:[^/\s@]+@/;

/** Whether a configuration key's name says that its value is a secret. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key);
}

/** Whether a text looks like an access key, or a URL with a password in it. */
export function looksSecret(text: string): boolean {
  return SECRET_VALUE.test(text);
}
