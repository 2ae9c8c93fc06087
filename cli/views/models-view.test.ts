import { expect, it } from 'vitest';
import { linesWithMore, newestOfLines } from './models-view.js';

const version = (modelName: string, line: string, major: number) => ({ modelName, line, version: `${major}.0.0` });

it('keeps the first versions of each line of each model, in their order', () => {
  const versions = [
    version('a', 'x', 3),
    version('a', 'x', 2),
    version('a', 'y', 1),
    version('b', 'x', 2),
    version('a', 'x', 1),
  ];
  expect(newestOfLines(versions, 2)).toEqual(versions.slice(0, 4));
  expect(newestOfLines(versions, 1)).toEqual([versions[0], versions[2], versions[3]]);
  expect(newestOfLines(versions, 9)).toEqual(versions);
});

it('names the lines of which more versions were read than are shown, each with the last that is shown', () => {
  const versions = [version('a', 'x', 3), version('a', 'x', 2), version('a', 'y', 1), version('b', 'x', 2)];
  expect(linesWithMore(versions, 1)).toEqual([{ modelName: 'a', line: 'x', after: '3.0.0' }]);
  expect(linesWithMore(versions, 2)).toEqual([]);
});
