import { cleanText } from './clean-text.ts';
import { Refusal } from './refusal.ts';

/**
 * What a jq expression makes of a value, as `jq -r -c` prints it: texts as they are, everything else as JSON, one a
 * line. jq itself, as WebAssembly: nothing has to be installed, and an expression reaches no files and no environment.
 *
 * @throws Refusal with jq's own message.
 */
export async function evaluateJq(value: unknown, expression: string): Promise<string> {
  // Loaded here: it takes tens of milliseconds, and few ask for it.
  const { raw } = await import('jq-wasm');
  const { exitCode } = process;
  try {
    const text = await raw(JSON.stringify(value), expression, ['-r', '-c']);
    return text === '' ? '' : `${text}\n`;
  } catch (error) {
    throw new Refusal({
      what: 'The jq expression does not work.',
      why: explain(error),
      todo: 'Look at the JSON with -v, or try ".[0] | keys".',
    });
  } finally {
    // The WebAssembly runtime sets it to jq's own.
    process.exitCode = exitCode;
  }
}

// Sample: Failed to execute raw query: jq: error (at /dev/stdin:0): Cannot index array with string "a"
function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return cleanText(message.replace(/^Failed to execute raw query: /, '').trim());
}
