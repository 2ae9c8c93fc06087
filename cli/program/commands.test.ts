import { describe, expect, it } from 'vitest';
import { commandFiles } from './commands.js';
import type { CliContext } from './context.js';
import { buildProgram, helpCommand } from './program.js';

/** Registering must not use the context: settings may be malformed, services may be down. */
const untouchable = new Proxy({} as CliContext, {
  get: (_, name) => {
    throw new Error(`registering read ${String(name)}`);
  },
});

describe('commands', () => {
  it.each(Object.entries(commandFiles))('%s has the summary of the list', async (name, { summary }) => {
    const program = await buildProgram(untouchable, name);
    const command = program.commands.find((one) => one.name() === name)!;
    expect(command.summary()).toBe(summary);
    expect(command.description()).not.toBe('');
  });

  it('accept --json and --verbose at every depth', async () => {
    const program = await buildProgram(untouchable, 'runs');
    const show = program.commands.find((one) => one.name() === 'runs')!.commands.find((one) => one.name() === 'show')!;
    expect(show.options.map(({ long }) => long)).toEqual(expect.arrayContaining(['--json', '--verbose', '--follow']));
  });

  it.each([
    [['runs', 'rerun', 'x', '--from', 'planning'], 'ml runs rerun --help'],
    [['runs', '--json', 'compare', 'show'], 'ml runs compare --help'],
    [['runs', 'nosuch'], 'ml runs --help'],
    [['help', 'runs'], 'ml runs --help'],
    [['nosuch'], 'ml --help'],
    [[], 'ml --help'],
  ])('of %j are explained by %s', async (argv, help) => {
    expect(helpCommand(await buildProgram(untouchable, 'runs'), argv)).toBe(help);
  });

  it('are loaded from their file only when they are run', async () => {
    const program = await buildProgram(untouchable, null);
    expect(program.commands.map((one) => one.name())).toEqual(Object.keys(commandFiles));
    expect(program.commands.every((one) => one.commands.length === 0)).toBe(true);
  });

  it("have a --version of their own, which is not the program's", async () => {
    for (const name of ['predict', 'promote', 'approve']) {
      const program = await buildProgram(untouchable, name);
      const command = program.commands.find((one) => one.name() === name)!;
      const seen: unknown[] = [];
      command.action(() => void seen.push(command.opts()['version']));
      const required = command.options.filter(({ mandatory }) => mandatory).flatMap(({ long }) => [long!, 'x']);
      await program.parseAsync([name, 'credit-risk-scorer', '--version', '1.2.3', ...required], { from: 'user' });
      expect(seen).toEqual(['1.2.3']);
    }
  });
});
