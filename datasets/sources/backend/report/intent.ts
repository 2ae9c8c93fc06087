import { hashFraction } from '../../../../learning/numeric/hash/murmur.js';
import { heldOutShare, judged, splitSalt, type TaskJudge } from './task-report.js';

interface LabelledMessage {
  readonly label: string;
  readonly truth: string;
  readonly held: boolean;
}

function mostFrequent(labels: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const ranked = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return ranked[0]?.[0] ?? '';
}

const shareOf = (messages: readonly LabelledMessage[], isRight: (message: LabelledMessage) => boolean): number =>
  messages.filter(isRight).length / messages.length;

/** Intent accuracy on messages whose wordings, merchants and names do not occur in training. */
export function judgeIntent(): TaskJudge {
  const messages: LabelledMessage[] = [];
  return {
    add({ rows, truth }) {
      for (const row of rows.chat_messages) {
        if (row.intent === null) continue;
        const held = hashFraction(splitSalt, row.text_group ?? '') < heldOutShare;
        messages.push({ label: row.intent, truth: truth.intents.get(row.id) ?? '', held });
      }
    },
    report() {
      const train = messages.filter((message) => !message.held);
      const holdout = messages.filter((message) => message.held);
      const guess = mostFrequent(train.map((message) => message.label));
      return judged({
        task: 'intent',
        metric: 'accuracy',
        direction: 'higher',
        target: 0.95,
        trivial: { name: 'most frequent label', score: shareOf(holdout, ({ label }) => label === guess) },
        oracle: { name: 'true intent against labels', score: shareOf(holdout, ({ label, truth }) => label === truth) },
        trainRows: train.length,
        holdoutRows: holdout.length,
        holdout: 'text groups (wordings, merchants, names)',
      });
    },
  };
}
