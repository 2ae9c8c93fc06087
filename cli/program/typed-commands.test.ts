import { describe, expect, it } from 'vitest';
import { createPaint, printable } from '../output/paint.js';
import { asTyped, typedProgram } from './typed-commands.js';

describe('typedProgram', () => {
  it('is the form in which the command was started', () => {
    expect(typedProgram('/usr/local/bin/ml', {})).toBe('ml');
    expect(typedProgram('/home/user/.npm/_npx/f2d2/node_modules/.bin/ml', { npm_lifecycle_event: 'npx' })).toBe(
      'npx ml',
    );
    expect(typedProgram('/checkout/cli/bin/ml.mjs', { npm_lifecycle_event: 'ml' })).toBe('npm run -s ml --');
  });

  it('is npx where nothing is known to be on the PATH: another npm script, or the file itself', () => {
    expect(typedProgram('/checkout/cli/bin/ml.mjs', { npm_lifecycle_event: 'retrain' })).toBe('npx ml');
    expect(typedProgram('/checkout/cli/bin/ml.mjs', {})).toBe('npx ml');
    expect(typedProgram(undefined, {})).toBe('npx ml');
  });

  it('is ml in a script of the user that finds it on the PATH', () => {
    expect(typedProgram('/usr/local/bin/ml', { npm_lifecycle_event: 'nightly' })).toBe('ml');
  });
});

describe('asTyped', () => {
  it('rewrites the commands of a text', () => {
    expect(asTyped('in staging: ml approve credit-risk-scorer --demo', 'npx ml')).toBe(
      'in staging: npx ml approve credit-risk-scorer --demo',
    );
    expect(asTyped('`ml data sources` shows them; `ml data generate` makes one.', 'npm run -s ml --')).toBe(
      '`npm run -s ml -- data sources` shows them; `npm run -s ml -- data generate` makes one.',
    );
    expect(asTyped('Usage: ml [options]; ml <command> --help; ml --help', 'npx ml')).toBe(
      'Usage: npx ml [options]; npx ml <command> --help; npx ml --help',
    );
  });

  it('rewrites them behind a colour too', () => {
    const paint = createPaint(true);
    expect(printable(asTyped(paint.bold('ml status'), 'npx ml'))).toBe('\u001b[1mnpx ml status\u001b[22m');
  });

  it('leaves other words, paths and complete commands as they are', () => {
    for (const text of [
      'ml trainee',
      'html train',
      '/opt/ml train',
      'npx ml train x',
      'npm run -s ml -- train x',
      '5 ml',
    ])
      expect(asTyped(text, 'npx ml')).toBe(text);
    expect(asTyped('ml train x', 'ml')).toBe('ml train x');
  });
});
