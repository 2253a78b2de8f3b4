import type { Page } from 'playwright-core';
import { eventually } from './eventually.ts';

/** Generous: the machine may be busy with other tests. */
export const PAGE_WAIT = { timeoutMs: 60_000 };

/** The rows of the list of jobs. */
export const JOB_ROW = '[role=row][id^=job-row-]';

/** The box of the filter. */
export function filterOf(page: Page) {
  return page.getByRole('searchbox', { name: 'Filter' });
}

/** The text of the first row, once it holds this text. */
export async function firstRow(page: Page, text: string): Promise<string> {
  return eventually(
    `a first row with ${text}`,
    async () => {
      const row = (await page.locator(JOB_ROW).first().textContent({ timeout: 1_000 })) ?? '';
      return row.includes(text) ? row : null;
    },
    PAGE_WAIT,
  );
}

/** The row of a job, by a text in it. */
export function rowOf(page: Page, text: string) {
  return page.locator(JOB_ROW).filter({ hasText: text });
}

/** Makes the page remember when its first rows were drawn, in milliseconds after the navigation. */
export async function watchFirstRows(page: Page): Promise<void> {
  await page.addInitScript(`{
    const seen = () => {
      if (document.querySelector('${JOB_ROW}') === null) return;
      observer.disconnect();
      requestAnimationFrame(() => { globalThis.firstRowsMs = performance.now(); });
    };
    const observer = new MutationObserver(seen);
    observer.observe(document, { childList: true, subtree: true });
  }`);
}

/** Milliseconds from a key in the filter until all rows drawn have a text, as the page itself sees it. */
export async function measureFilter(page: Page, text: string, expected: string): Promise<number> {
  return page.evaluate(`(async () => {
    const start = performance.now();
    const input = document.querySelector('input[type=search]');
    input.value = ${JSON.stringify(text)};
    input.dispatchEvent(new Event('input', { bubbles: true }));
    for (;;) {
      const rows = [...document.querySelectorAll('${JOB_ROW}')];
      if (rows.length > 0 && rows.every((row) => row.textContent.includes(${JSON.stringify(expected)}))) break;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return performance.now() - start;
  })()`);
}

/** Scrolls the list from its beginning to its end in so many frames; gives the tasks that took over 50 ms. */
export async function measureScroll(page: Page, frames: number): Promise<readonly number[]> {
  return page.evaluate(`(async () => {
    const table = document.querySelector('[role=grid]');
    const long = [];
    const note = (entries) => long.push(...entries.map(({ duration }) => duration));
    const observer = new PerformanceObserver((list) => note(list.getEntries()));
    observer.observe({ type: 'longtask' });
    for (let frame = 1; frame <= ${frames}; frame += 1) {
      table.scrollTop = (table.scrollHeight / ${frames}) * frame;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    note(observer.takeRecords());
    observer.disconnect();
    return long;
  })()`);
}
