/** The arrows, as the control keys that mean the same in a shell: a line that is typed cannot hold them. */
export const UP = '\u0010';
export const DOWN = '\u000E';
