/** The language model that ships with the package: generator and targetLm where none is named. */
export const EMBEDDED_MODEL = 'mail-gpt-4m';
