import { z } from 'zod';
import { appSchema } from './apps.ts';

/** What a form for an app is made of: a request to fill in, and what may be filled in where. */
export const appFormSchema = z.object({
  appId: z.string(),
  label: appSchema.shape.label,
  helpURI: appSchema.shape.helpURI,
  request: z
    .record(z.string(), z.unknown())
    .describe(
      'A job request with what app and queue suggest; what has to be given and has no default is empty.',
    ),
  gaps: z.array(z.string()).describe('The places in it that have to be filled in, such as inputs.dataset.'),
  inputs: appSchema.shape.inputs.describe('The inputs that are shown, in their order.'),
  parameters: appSchema.shape.parameters.describe('The parameters that are shown, in their order.'),
});

/** What a form for an app is made of. */
export type AppFormView = z.infer<typeof appFormSchema>;
