import { describe, expect, it } from 'vitest';
import { compactSvg } from './compact-svg.js';

describe('compactSvg', () => {
  it('writes a circle of two arcs as a circle, without the width of a line that it does not have', () => {
    const arcs = 'M1.8712345,0A1.8712345,1.8712345,0,1,1,-1.8712345,0A1.8712345,1.8712345,0,1,1,1.8712345,0';
    const path = `<path transform="translate(27.910714,-23.606557)" d="${arcs}" fill="#d7191c" stroke-width="2"/>`;
    expect(compactSvg(path)).toBe('<circle cx="27.91" cy="-23.61" r="1.87" fill="#d7191c"/>');
  });

  it('rounds coordinates and leaves texts, other paths and lines as they are', () => {
    expect(compactSvg('<path d="M0.123456,7.5L1e-7,2" stroke="#999" stroke-width="2"/>')).toBe(
      '<path d="M0.12,7.5L1e-7,2" stroke="#999" stroke-width="2"/>',
    );
    expect(compactSvg('<text x="1.239999">0.123456</text>')).toBe('<text x="1.24">0.123456</text>');
  });
});
