import { RlpromptError } from '../../errors.js';

/** A model on the hub: `org/name`, or `org/name@revision`. */
export interface HubName {
  /** `org/name`. */
  readonly id: string;
  /** A branch, a tag or a commit; `main` where none was given. */
  readonly revision: string;
}

const PART = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_-])?$/;
const REVISION = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/;
const COMMIT = /^[0-9a-f]{40}$/;

/** Whether a model's name could be one of the hub: two parts, not a path. */
export function looksLikeHubName(text: string): boolean {
  const [id = ''] = text.split('@', 1);
  const parts = id.split('/');
  return parts.length === 2 && parts.every((part) => PART.test(part));
}

/** @throws RlpromptError E_HUB_NAME for a name or revision that could leave its folder. */
export function parseHubName(text: string, revision?: string): HubName {
  const at = text.indexOf('@');
  const id = at < 0 ? text : text.slice(0, at);
  const wanted = revision ?? (at < 0 ? 'main' : text.slice(at + 1));
  if (at >= 0 && revision !== undefined && revision !== text.slice(at + 1))
    throw badName(text, `two revisions: ${text.slice(at + 1)} and ${revision}`);
  if (!looksLikeHubName(id) || /\.\.|--/.test(id)) throw badName(text, 'not a name of the hub');
  const isTidy = wanted.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (!REVISION.test(wanted) || wanted.includes('..') || !isTidy)
    throw badName(text, `not a revision: ${JSON.stringify(wanted)}`);
  return { id, revision: wanted };
}

/** The name with its revision, where that is not `main`. */
export function formatHubName({ id, revision }: HubName): string {
  return revision === 'main' ? id : `${id}@${revision}`;
}

export function isCommit(revision: string): boolean {
  return COMMIT.test(revision);
}

function badName(text: string, reason: string): RlpromptError {
  return new RlpromptError({
    code: 'E_HUB_NAME',
    exit: 'config',
    message: `${JSON.stringify(text)}: ${reason}`,
    next: 'write org/name, or org/name@revision with a branch, a tag or a commit',
  });
}
