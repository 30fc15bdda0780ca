import { errorsPage } from './errors.js';
import { eventsPage } from './events.js';
import { settingsPage } from './settings.js';
import { trainersPage } from './trainers.js';
import { wordsPage } from './words.js';

/** The generated pages under `docs/reference`, by file name. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'settings.md': settingsPage,
  'errors.md': errorsPage,
  'events.md': eventsPage,
  'trainers.md': trainersPage,
  'words.md': wordsPage,
};
