import { beforeEach, describe, expect, it } from 'vitest';
import { type Admission, createAdmission } from './admission.js';

let clock: number;
let admission: Admission;
beforeEach(() => {
  clock = 0;
  admission = createAdmission({ most: 200, now: () => clock });
});

/** Intervals of 100 ms in which as many requests as are let in take so long each. */
function intervals(count: number, milliseconds: number): void {
  for (let i = 0; i < count; i++) {
    let entered = 0;
    while (admission.enter()) entered += 1;
    clock += 99;
    for (let j = 1; j < entered; j++) admission.leave(milliseconds);
    clock += 1;
    admission.leave(milliseconds);
  }
}

describe('admission', () => {
  it('lets in as many requests as may be in flight, and more when some have left', () => {
    const entered = Array.from({ length: 201 }, () => admission.enter());
    expect(entered.filter((isIn) => isIn)).toHaveLength(200);
    admission.leave(1);
    expect([admission.inFlight(), admission.enter(), admission.enter()]).toEqual([199, true, false]);
  });

  it('shrinks while even the fastest request is late, but not below 64', () => {
    intervals(1, 60);
    expect(admission.limit()).toBeLessThan(200);
    intervals(30, 60);
    expect(admission.limit()).toBe(64);
  });

  it('grows again while it is reached and requests are answered in time', () => {
    intervals(30, 60);
    intervals(40, 5);
    expect(admission.limit()).toBe(200);
  });

  it('stays when few requests are asked', () => {
    intervals(5, 60);
    const before = admission.limit();
    for (let i = 0; i < 20; i++) {
      admission.enter();
      clock += 100;
      admission.leave(5);
    }
    expect(admission.limit()).toBe(before);
  });

  it('takes one slow request in an interval for no queue', () => {
    for (let i = 0; i < 20; i++) {
      admission.enter();
      clock += 100;
      admission.leave(90);
    }
    expect(admission.limit()).toBe(200);
  });

  it('takes no long batch for a queue', () => {
    for (let i = 0; i < 20; i++) {
      admission.enter();
      clock += 5000;
      admission.leave(null);
    }
    expect(admission.limit()).toBe(200);
  });

  it('takes one slow request among fast ones for no queue', () => {
    for (let i = 0; i < 20; i++) {
      for (const milliseconds of [400, 3]) {
        admission.enter();
        clock += 60;
        admission.leave(milliseconds);
      }
    }
    expect(admission.limit()).toBe(200);
  });
});

it('measures a request by the wall until it is late, then by the clock', () => {
  let reads = 0;
  const measured = createAdmission({ most: 1, now: () => ++reads && 100 * reads });
  const took = measured.start();
  const before = reads;
  expect([took(24), reads]).toEqual([24, before]);
  expect(took(300)).toBe(100);
  expect(took(150)).toBe(150);
});
