/** The last lines of the help. */
export const EXIT_CODES_HELP = `
Exit codes:
  0 done   3 diverged   10 --fail-under missed   64 usage   65 bad data or model file   66 input missing
  69 unavailable   70 internal   71 limit of the system   73 cannot create   74 I/O   75 locked, try again
  76 protocol   77 no permission   78 configuration   129/130/143 interrupted

Results go to stdout, everything else to stderr.`;
