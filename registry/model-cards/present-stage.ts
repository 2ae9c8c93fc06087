import type { Stage } from '../../contracts/ids.js';
import { formatMinute } from '../format-minute.js';

const BADGE = 'data-stage';

/** The badge of a card in HTML as it is written with the run; what follows it says which moment it is of. */
export const stageBadge = (stage: Stage): string => `<li ${BADGE}>stage at writing: ${stage}</li>`;

/** The same in Markdown. */
export const stageWord = (stage: Stage): string => `**stage at writing: ${stage}**`;

/** Cards from before the moment was named have a plain badge. */
const htmlBadge = new RegExp(`<li(?: ${BADGE})?>stage (?:at writing: )?[a-z]+</li>`);
const markdownBadge = /\*\*stage (?:at writing: )?[a-z]+\*\*/;

const presentText = (stage: Stage, at: Date): string => `stage on ${formatMinute(at)} UTC: ${stage}`;

/**
 * A stored card in HTML with the stage of its version at the given moment. The stored bytes never change: only the stage
 * of a version does.
 */
export const htmlWithStage = (html: string, stage: Stage, at: Date): string =>
  html.replace(htmlBadge, `<li ${BADGE}>${presentText(stage, at)}</li>`);

/** The same for a card in Markdown. */
export const markdownWithStage = (markdown: string, stage: Stage, at: Date): string =>
  markdown.replace(markdownBadge, `**${presentText(stage, at)}**`);
