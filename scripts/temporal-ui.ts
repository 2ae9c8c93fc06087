import { type Browser, chromium, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { browserFlags, browserProgram } from './browser.js';

/** A workflow as the form of the UI takes it. */
export interface FormEntry {
  readonly type: string;
  readonly workflowId: string;
  readonly taskQueue: string;
  /** JSON. */
  readonly input: string;
}

/** What a person does in the Temporal UI, each with the clicks that it takes. */
export interface TemporalUi {
  readonly page: Page;
  /** Fills in "Start a Workflow"; `submit` starts it. */
  fillForm(entry: FormEntry): Promise<void>;
  submit(): Promise<void>;
  openList(query?: string): Promise<void>;
  openWorkflow(workflowId: string): Promise<void>;
  /** Current details of the open workflow, as a person reads them. */
  readDetails(): Promise<FrameLocator>;
  /** Requests cancellation of the open workflow. */
  cancel(): Promise<void>;
  /** Sends an update to the open workflow. @param argument - JSON. */
  update(name: string, argument: string): Promise<void>;
  /** Triggers a schedule with the overlap policy that it has. */
  trigger(scheduleId: string): Promise<void>;
  close(): Promise<void>;
}

const SIZE = { width: 1200, height: 840 };
/** Runs in each page: without a graphics card the processor draws every frame of the UI's animations. */
const STOP_ANIMATIONS = `
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('*, ::before, ::after { animation: none !important; transition: none !important; }');
  document.adoptedStyleSheets = [sheet];
`;
/** One click; a page of the UI is shown within seconds, also on a loaded machine. */
const PATIENCE_MS = 30_000;

/** Opens the UI in a Chromium of this machine. @param url - that admits a browser, as `ml status` prints it. */
export async function openTemporalUi(url: string, namespace: string): Promise<TemporalUi> {
  const browser = await chromium.launch({ executablePath: browserProgram!, args: browserFlags });
  const page = await browser.newPage({ viewport: SIZE, timezoneId: 'UTC', reducedMotion: 'reduce' });
  await page.addInitScript({ content: STOP_ANIMATIONS });
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(url);
  await page.waitForURL(/\/namespaces\//);
  return pagesOf(browser, page, `${new URL(url).origin}/namespaces/${namespace}`);
}

function pagesOf(browser: Browser, page: Page, base: string): TemporalUi {
  const dialog = page.locator('dialog[open]');
  const confirm = (): Promise<void> => dialog.getByTestId('confirm-modal-button').click();
  const openTab = (id: string): Promise<void> => page.locator(`#${id}`).first().click();
  const menu = (name: string): Promise<void> => page.getByRole('menuitem', { name, exact: true }).first().click();
  return {
    page,
    async fillForm({ type, workflowId, taskQueue, input }) {
      const form = new URLSearchParams({ workflowType: type, workflowId, taskQueue });
      await page.goto(`${base}/workflows/start-workflow?${form.toString()}`);
      await typeJson(page.locator('main'), input);
    },
    async submit() {
      await page.getByTestId('start-workflow-button').click();
      await page.getByText('Workflow started successfully').waitFor();
    },
    async openList(query = '') {
      await page.goto(`${base}/workflows?${new URLSearchParams({ query }).toString()}`);
    },
    async openWorkflow(workflowId) {
      await page.goto(`${base}/workflows/${encodeURIComponent(workflowId)}`);
      await page.waitForURL(/\/history$/);
    },
    async readDetails() {
      await openTab('user-metadata-tab');
      const details = page.locator('iframe[src^="/render"]').last().contentFrame();
      await details.locator('table').waitFor();
      return details;
    },
    async cancel() {
      await page.getByRole('button', { name: 'Request Cancellation' }).first().click();
      await confirm();
    },
    async update(name, argument) {
      await page.getByRole('button', { name: 'More Actions' }).first().click();
      await menu('Send an Update');
      await chooseUpdate(dialog, name);
      await typeJson(dialog, argument);
      await confirm();
    },
    async trigger(scheduleId) {
      await page.goto(`${base}/schedules/${scheduleId}`);
      await page.locator('#schedule-actions-menu-button').click();
      await menu('Trigger');
      await dialog.getByLabel('Use Policy').check();
      await confirm();
    },
    close: () => browser.close(),
  };
}

/** The editor formats its text when it loses the focus, which moves the button below it. */
async function typeJson(form: Locator, json: string): Promise<void> {
  const editor = form.locator('[contenteditable=true]').first();
  await editor.fill(json);
  await editor.blur();
}

/** Choosing from the names that the workflow's worker tells; a field to type into where no worker answers. */
async function chooseUpdate(dialog: Locator, name: string): Promise<void> {
  const list = dialog.locator('#update-select-button, [data-testid="update-select-button"]');
  const field = dialog.locator('#update-name');
  await list.or(field).first().waitFor();
  if (await field.isVisible()) return field.fill(name);
  await list.first().click();
  await dialog.getByRole('option', { name }).first().click();
}
