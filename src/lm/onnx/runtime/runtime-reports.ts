/**
 * Since 1.30 the runtime counts its use in files below `~/.cache/Microsoft`, and sends the counts to its maker. This
 * program writes and sends nothing that nobody asked for. To be called before the runtime is loaded; who has set the
 * variable has decided.
 */
export function turnOffReports(): void {
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
}
