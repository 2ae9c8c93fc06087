import { expect, it } from 'vitest';
import { openCheckpoint } from './checkpoint.js';

/** A store in which a save takes `saveMs` on a clock that the test moves. */
function scene(saveMs: number) {
  const stored = new Map<string, Uint8Array>();
  let time = 0;
  const store = {
    load: (key: string) => Promise.resolve(stored.get(key) ?? null),
    save: (key: string, bytes: Uint8Array) => {
      time += saveMs;
      return Promise.resolve(void stored.set(key, bytes));
    },
    remove: () => Promise.resolve(),
  };
  return { checkpoint: openCheckpoint(store, 'step', () => time), pass: (ms: number) => (time += ms) };
}

const bytes = new Uint8Array([1]);

it('is due a second after the last save', async () => {
  const { checkpoint, pass } = scene(1);
  expect(checkpoint.isDue()).toBe(false);
  pass(1000);
  expect(checkpoint.isDue()).toBe(true);
  await checkpoint.save(bytes);
  expect(await checkpoint.load()).toBe(bytes);
  pass(999);
  expect(checkpoint.isDue()).toBe(false);
  pass(1);
  expect(checkpoint.isDue()).toBe(true);
});

it('leaves 50 times the duration of a save, from when it was found due, for computing', async () => {
  const { checkpoint, pass } = scene(60);
  pass(1000);
  expect(checkpoint.isDue()).toBe(true);
  pass(40); // to write down the state
  await checkpoint.save(bytes);
  pass(4999);
  expect(checkpoint.isDue()).toBe(false);
  pass(1);
  expect(checkpoint.isDue()).toBe(true);
});
