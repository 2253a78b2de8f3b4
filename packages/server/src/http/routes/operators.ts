import type { Handler, HandlersOf } from '../handler.ts';
import { answer } from '../reply.ts';

const showLoad: Handler<'showLoad'> = async ({ context }) => answer(await context.load.read());

/** Operations for those who run the service. */
export const OPERATOR_HANDLERS: HandlersOf<'Operators'> = { showLoad };
