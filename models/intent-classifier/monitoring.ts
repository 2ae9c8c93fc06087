import type { Monitoring } from '../../contracts/monitored-columns.js';
import { featureColumn, scoreColumn, valueAt } from '../../learning/evaluation/monitored/columns.js';
import { numberColumn, textColumn } from '../../learning/table.js';

/** What is monitored of messages and their intents. */
export const monitoring: Monitoring = {
  columns: [
    featureColumn('text', 'text'),
    scoreColumn('intent', 'categorical', { from: 'answered', path: ['intent'] }),
    scoreColumn('outOfScope', 'numeric', { from: 'outOfScopeScore', path: ['outOfScope', 'score'] }),
  ],
  probability: {
    ...{ kind: 'confidence', metric: 'accuracy' },
    ofHeldOut(scored) {
      const [truth, predicted] = [textColumn(scored, 'truth'), textColumn(scored, 'predicted')];
      return {
        truth: Float64Array.from(truth, (label, i) => Number(label === predicted[i])),
        probability: numberColumn(scored, 'confidence'),
      };
    },
    // Of the most probable intent, before rejection, as in the held-out rows.
    ofAnswer({ output }) {
      const found = valueAt(output, ['classes', 0, 'probability']);
      return typeof found === 'number' ? found : null;
    },
  },
};
