#!/usr/bin/env node
// Runs the compiled command line when it was built (`npm run build`), else the source through tsx.
import { existsSync } from 'node:fs';

const compiled = new URL('../../dist/cli/ml.js', import.meta.url);
if (existsSync(compiled)) {
  await import(compiled.href);
} else {
  const { register } = await import('tsx/esm/api');
  register();
  await import(new URL('../ml.ts', import.meta.url).href);
}
