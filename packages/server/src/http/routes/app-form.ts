import { findGaps, requestOfApp } from '@arras/contract';
import { findViewedSystem } from '../../database/systems.ts';
import { getViewedApp } from '../get-viewed-app.ts';
import type { Handler } from '../handler.ts';
import { answer } from '../reply.ts';
import { renderApp } from '../views/app-view.ts';
import { renderSystem } from '../views/system-view.ts';

/** What a program needs that lets people fill in a request for an app. */
export const showAppForm: Handler<'showAppForm'> = async ({ context, viewer, params }) => {
  const app = renderApp(context, await getViewedApp(context.db, viewer, params.id));
  const row = await findViewedSystem(context.db, viewer, app.executionSystem);
  const system = row && renderSystem(context, row);
  const request = requestOfApp(app, system?.type === 'EXECUTION' ? system.queues : [], { all: true });
  const wanted = requestOfApp(app, []);
  return answer({
    appId: app.id,
    label: app.label,
    helpURI: app.helpURI,
    request: { ...request },
    gaps: [...findGaps(wanted)],
    inputs: inOrder(app.inputs),
    parameters: inOrder(app.parameters),
  });
};

function inOrder<Defined extends { readonly value: { readonly visible: boolean; readonly order: number } }>(
  definitions: readonly Defined[],
): Defined[] {
  return definitions.filter(({ value }) => value.visible).toSorted((a, b) => a.value.order - b.value.order);
}
