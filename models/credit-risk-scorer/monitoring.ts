import type { Monitoring } from '../../contracts/monitored-columns.js';
import { featureColumn, scoreColumn, valueAt } from '../../learning/evaluation/monitored/columns.js';
import { numberColumn } from '../../learning/table.js';
import { model } from './index.js';

/** What is monitored of applications and their answers. */
export const monitoring: Monitoring = {
  columns: [
    ...model.driftFeatures.map((name) => featureColumn(name, 'numeric')),
    scoreColumn('probability', 'numeric', { from: 'probability', path: ['probability'] }),
  ],
  probability: {
    ...{ kind: 'calibrated', metric: 'aucRoc' },
    ofHeldOut: (scored) => ({
      truth: numberColumn(scored, 'truth'),
      probability: numberColumn(scored, 'probability'),
    }),
    ofAnswer({ output }) {
      const found = valueAt(output, ['probability']);
      return typeof found === 'number' ? found : null;
    },
  },
};
