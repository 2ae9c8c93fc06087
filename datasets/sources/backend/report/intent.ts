import { hashFraction } from '../../../../learning/numeric/hash/murmur.js';
import { heldOutShare, taskReport, splitSalt, type TaskScorer } from './task-report.js';

interface LabelledMessage {
  readonly label: string;
  readonly truth: string;
  readonly heldOut: boolean;
}

function mostFrequent(labels: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const ranked = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return ranked[0]?.[0] ?? '';
}

const shareOf = (messages: readonly LabelledMessage[], isRight: (message: LabelledMessage) => boolean): number =>
  messages.filter(isRight).length / messages.length;

/** Intent accuracy. The holdout has messages whose templates, merchants and names do not occur in training. */
export function scoreIntent(): TaskScorer {
  const messages: LabelledMessage[] = [];
  return {
    add({ rows, truth }) {
      for (const row of rows.chat_messages) {
        if (row.intent === null) continue;
        const heldOut = hashFraction(splitSalt, row.text_group ?? '') < heldOutShare;
        messages.push({ label: row.intent, truth: truth.intents.get(row.id) ?? '', heldOut });
      }
    },
    report() {
      const train = messages.filter((message) => !message.heldOut);
      const holdout = messages.filter((message) => message.heldOut);
      const majorityLabel = mostFrequent(train.map((message) => message.label));
      return taskReport({
        task: 'intent',
        metric: 'accuracy',
        direction: 'higher',
        target: 0.95,
        trivial: { name: 'most frequent label', score: shareOf(holdout, ({ label }) => label === majorityLabel) },
        oracle: { name: 'true intent against labels', score: shareOf(holdout, ({ label, truth }) => label === truth) },
        trainRows: train.length,
        holdoutRows: holdout.length,
        holdout: 'text groups (wordings, merchants, names)',
      });
    },
  };
}
