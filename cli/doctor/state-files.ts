import { findDamage } from '../../platform/embedded/damage.js';
import type { Finding } from './finding.js';

/** One finding for each damaged file of the state directory, or one that says that none is damaged. */
export function examineState(home: string): readonly Finding[] {
  const damaged = findDamage(home).map(({ file, finding, lost }): Finding => ({
    part: 'state files',
    state: 'missing',
    found: finding,
    where: file,
    version: '-',
    advice: `\`ml doctor --fix\` moves it aside; lost: ${lost}`,
  }));
  const sound: Finding = {
    part: 'state files',
    state: 'ok',
    found: 'none damaged',
    where: home,
    version: '-',
    advice: '',
  };
  return damaged.length > 0 ? damaged : [sound];
}
