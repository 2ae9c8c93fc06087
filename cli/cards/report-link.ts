import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** `report-weekly-retraining-2026-11-23.html`. */
export const reportFileName = (workflowId: string): string => `report-${workflowId.replaceAll(/[^\w.-]/g, '-')}.html`;

/** How a stored card names the report of its retraining; the report is written after the card. */
const REPORT_COMMAND = /<code>ml runs report ([^<\s]+)<\/code>/;

/** A stored card in HTML with a link to the report of its retraining, where that lies in the folder. */
export const htmlWithReport = (html: string, folder: string): string =>
  html.replace(REPORT_COMMAND, (command, workflowId: string) => {
    const name = reportFileName(workflowId);
    return existsSync(join(folder, name)) ? `<a href="${encodeURIComponent(name)}">${command}</a>` : command;
  });
