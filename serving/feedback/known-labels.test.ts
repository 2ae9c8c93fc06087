import { describe, expect, it } from 'vitest';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import type { Feedback } from '../../datasets/feedback/store-feedback.js';
import { model as intents } from '../../models/intent-classifier/index.js';
import { model as ner } from '../../models/financial-ner/index.js';
import { model as credit } from '../../models/credit-risk-scorer/index.js';
import type { Route, RouteTable } from '../routing/route-table.js';
import { requireKnownLabel } from './known-labels.js';

interface Version {
  readonly names?: readonly string[];
  readonly line?: string;
  readonly isOpen?: boolean;
  readonly model?: ModelDefinition;
}

/** A version that learned names; one without names cannot be opened. */
function routeTo({ names, line = 'default', isOpen = true, model = intents }: Version): Route {
  const open = { open: { learnedNames: names }, release: () => undefined };
  const borrow = () => (names === undefined ? Promise.reject(new Error('no such blob')) : Promise.resolve(open));
  return { record: { modelName: model.name, line }, artefact: { isOpen: () => isOpen, borrow } } as unknown as Route;
}

const check = (versions: readonly Version[], label: string | null, model: ModelDefinition = intents): Promise<void> => {
  const table: RouteTable = { routes: versions.map(routeTo), sourceInUse: 'backend' };
  return requireKnownLabel(table, model, { source: 'backend', corrects: null, label } as Feedback);
};
const names = ['check_balance', 'report_lost_card'];

describe('requireKnownLabel', () => {
  it.each(['check_balance', ' report_lost_card ', 'out_of_scope', 'oos', 'check_balance#report_lost_card', null])(
    'takes %j',
    async (label) => {
      await expect(check([{ names }], label)).resolves.toBeUndefined();
    },
  );

  it.each(['report_lost_crad', 'check_balance#report_lost_crad'])('refuses %j, naming the nearest', async (label) => {
    const message = /^label: .*intent-classifier knows, the nearest known one is "report_lost_card"$/;
    const fault = { code: 'INVALID_VALUE', message: expect.stringMatching(message) as string };
    await expect(check([{ names }], label)).rejects.toMatchObject(fault);
  });

  it('knows the types of entities that versions answer', async () => {
    const types = ['MERCHANT', 'AMOUNT'];
    await check([{ names: types, model: ner }], '0:4:MERCHANT 5:8:AMOUNT', ner);
    const fault = { message: expect.stringMatching(/^entities: .*financial-ner knows.*"MERCHANT"$/) as string };
    await expect(check([{ names: types, model: ner }], '0:4:MERCHNT', ner)).rejects.toMatchObject(fault);
  });

  it('takes a name that any version of the line knows, and any open one of another line', async () => {
    await check([{ names }, { names: ['pay_bill'], isOpen: false }], 'pay_bill');
    await check([{ names }, { names: ['pay_bill'], line: 'banking77' }], 'pay_bill');
    const closed = [{ names }, { names: ['pay_bill'], line: 'banking77', isOpen: false }];
    await expect(check(closed, 'pay_bill')).rejects.toMatchObject({ code: 'INVALID_VALUE' });
  });

  it('takes any name while no version can tell, and any label of other models', async () => {
    await check([], 'pay_bill');
    await check([{}], 'pay_bill');
    await check([{ names }], 'defaulted', credit);
  });
});
