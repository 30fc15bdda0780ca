import { readFileSync } from 'node:fs';
import { formatTick, niceTicks, tickLabels } from '../charts/ticks.js';

/** The style of the page, whole. */
export const PAGE_STYLE = readAsset('report.css');

/** The script of the page, whole: it draws axes by the functions that draw them here. */
export const PAGE_SCRIPT = ["'use strict';", niceTicks, formatTick, tickLabels, readAsset('report.js')].join('\n');

function readAsset(name: string): string {
  return readFileSync(new URL(`assets/${name}`, import.meta.url), 'utf8');
}
