import type { DownloadProgress } from '../../lm/hub/hub.js';
import type { CliContext } from './context.js';
import { say } from './say.js';

const STEP = 10;

/** Tells on stderr how far a download is, a line for every tenth of a large file. */
export function reportDownloads(context: CliContext): ((progress: DownloadProgress) => void) | undefined {
  if (/^(1|on|yes|true)$/i.test(context.env.HF_HUB_DISABLE_PROGRESS_BARS ?? '')) return undefined;
  let last = '';
  return ({ model, file, receivedBytes, totalBytes }) => {
    const tenths = Math.floor((STEP * receivedBytes) / Math.max(1, totalBytes));
    const key = `${file} ${totalBytes < 1e6 ? '' : tenths}`;
    if (key === last) return;
    last = key;
    const size = `${(totalBytes / 1e6).toFixed(1)} MB`;
    say(context, `rlprompt: ${model}: ${file}, ${totalBytes < 1e6 ? size : `${tenths * STEP} % of ${size}`}`);
  };
}
