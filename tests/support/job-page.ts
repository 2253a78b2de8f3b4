import assert from 'node:assert/strict';
import type { Locator, Page, Route } from 'playwright-core';

/** Presses Tab until something with this name has the focus. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 120; presses += 1) {
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail('the Tab key does not lead there');
}

/** Fails when something is wider than the screen. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const overflow = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  assert.equal(overflow, 0);
}

/** Changes what the service answers, for states that a small test system cannot be in. */
export async function changeAnswer<Result>(
  page: Page,
  address: RegExp,
  change: (result: Result) => Result,
): Promise<void> {
  await page.route(address, async (route: Route) => {
    const response = await route.fetch();
    const body = (await response.json()) as { readonly result: Result };
    await route.fulfill({ response, json: { ...body, result: change(body.result) } });
  });
}
