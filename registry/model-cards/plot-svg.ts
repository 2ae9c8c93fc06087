import { type Config, compile, type TopLevelSpec } from 'vega-lite';
import { type Loader, type LoggerInterface, parse, View } from 'vega';
import { PipelineError } from '../../contracts/errors.js';
import type { Plot } from '../../contracts/evaluation.js';
import { compactSvg } from './compact-svg.js';

const ink = 'currentColor';
const font = 'system-ui, sans-serif';

/** Text and axes use the page's colour, so that one drawing works on light and dark pages and on paper. */
const config: Config = {
  // The drawing as a whole has a description; one for each mark would be most of the file.
  aria: false,
  background: 'transparent',
  font,
  view: { stroke: 'transparent' },
  axis: {
    labelColor: ink,
    titleColor: ink,
    domainColor: ink,
    tickColor: ink,
    gridColor: ink,
    gridOpacity: 0.12,
    domainOpacity: 0.4,
    tickOpacity: 0.4,
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 'normal',
  },
  legend: {
    labelColor: ink,
    titleColor: ink,
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    // Above the drawing, so that plots side by side keep the same size.
    orient: 'top',
    titleOrient: 'left',
  },
  title: { color: ink, fontWeight: 'normal' },
  header: { labelColor: ink, titleColor: ink },
  range: { category: ['#4c7fd9', '#e0803a', '#3f9d6d', '#b65fc0', '#c9a227', '#d0555b'] },
  mark: { color: '#4c7fd9' },
  line: { strokeWidth: 2 },
  point: { filled: true, opacity: 0.85 },
};

/**
 * Collects the errors of one drawing, which the library would write to the console. The loader refuses all references:
 * plots come from stored evaluations and must not read files or fetch addresses.
 */
class ClosedWorld implements LoggerInterface {
  readonly faults: string[] = [];
  readonly loader: Loader;

  constructor() {
    const refuse = (uri: string): Promise<never> => {
      this.faults.push(`it holds its data inline, found a reference to ${uri}`);
      return Promise.reject(new Error(uri));
    };
    this.loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };
  }

  level(): number;
  level(level: number): this;
  level(level?: number): number | this {
    return level === undefined ? 0 : this;
  }

  error(...found: readonly unknown[]): this {
    this.faults.push(found.map((part) => (part instanceof Error ? part.message : String(part))).join(' '));
    return this;
  }

  warn = (): this => this;
  info = (): this => this;
  debug = (): this => this;
}

async function draw(spec: Plot['spec']): Promise<string> {
  const world = new ClosedWorld();
  // The specification is untyped JSON; the compiler checks it and throws.
  const compiled = compile(spec as unknown as TopLevelSpec, { config, logger: world });
  const view = new View(parse(compiled.spec), { renderer: 'none', loader: world.loader, logger: world });
  const svg = await view.toSVG();
  view.finalize();
  if (world.faults.length > 0) throw new PipelineError('INVALID_INPUT', world.faults.join('; '));
  return svg;
}

/**
 * Renumbers ids in order of appearance: the library counts them per process, and several drawings share a page.
 */
export function renameIds(svg: string, prefix: string): string {
  const ids = [...new Set([...svg.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id!))];
  return ids.reduce((text, id, index) => {
    const escaped = id.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return text.replaceAll(new RegExp(`(\\bid="|url\\(#|href="#)${escaped}(?=["')])`, 'g'), `$1${prefix}-${index}`);
  }, svg);
}

/** Uses the page's text colour and removes the fixed size, so that the drawing scales with the window. */
const embedded = (svg: string, label: string): string =>
  svg.replace(/<svg /, () => `<svg role="img" aria-label="${label}" `).replace(/ xmlns(:xlink)?="[^"]*"/g, '');

/**
 * Draws a Vega-Lite specification without a browser.
 * @param escapedLabel - description for screen readers.
 * @param prefix - makes the drawing's ids unique in the page.
 * @throws PipelineError `INTERNAL` naming the plot when the specification cannot be drawn.
 */
export async function plotSvg(plot: Plot, escapedLabel: string, prefix: string): Promise<string> {
  try {
    const svg = await draw(plot.spec);
    return embedded(compactSvg(renameIds(svg, prefix)), escapedLabel);
  } catch (fault) {
    const found = fault instanceof Error ? fault.message : String(fault);
    throw new PipelineError('INTERNAL', `the plot "${plot.title}" cannot be drawn: ${found}`, {}, { cause: fault });
  }
}
