import { basename } from 'node:path';
import { type Html, html } from '../html.js';
import type { RunReport } from '../run-report.js';

/** What the run said while it went on, its latest first reason to doubt a number. */
export function renderWarnings({ warnings, failure }: RunReport): Html | undefined {
  if (warnings.length === 0 && failure === undefined) return undefined;
  return html`<section><h3>Warnings</h3><ul class="warnings">${failure !== undefined && html`<li><b>The run failed:</b> ${failure}</li>`}${warnings.map(({ message, hint }) => html`<li>${message}${hint !== undefined && html` <span>${hint}</span>`}</li>`)}</ul></section>`;
}

/** Everything the run depends on: settings, versions and hashes. */
export function renderSettings({ manifest, runDir }: RunReport): Html {
  const groups = [
    ['Settings', manifest.config],
    ['Versions', manifest.versions],
    ['Hashes (sha256)', manifest.digests],
  ] as const;
  return html`<section><h3>Configuration</h3><p class="note">Run folder <code>${basename(runDir)}</code>, started ${manifest.created}.</p>${groups.map(([title, values]) => html`<h4>${title}</h4><dl class="settings">${Object.entries(values).map(([key, value]) => html`<div><dt>${key}</dt><dd><code>${showSetting(value)}</code></dd></div>`)}</dl>`)}</section>`;
}

function showSetting(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
