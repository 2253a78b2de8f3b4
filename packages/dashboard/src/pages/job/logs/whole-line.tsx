import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ApiFailure } from '../../../api/api-failure.ts';
import { copyText } from '../../../ui/copy-text.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { FailureBox } from '../../../ui/failure-box.tsx';
import { formatSize } from '../../../ui/quantities.ts';
import { say } from '../../../ui/toasts.tsx';
import { decodeText, type LogLine, trimCharacter } from './log-line.ts';
import { plainText } from './log-spans.ts';
import { asFailure, type LogView } from './log-view.ts';
import { saveBytes } from './save-bytes.ts';

/** Shown at a time: more in one piece makes browsers slow. */
const PIECE_BYTES = 65_536;
/** More is not copied or kept. */
const LONGEST_BYTES = 67_108_864;

/** What {@link WholeLine} shows. */
export interface WholeLineProps {
  readonly view: LogView;
  readonly line: LogLine;
  readonly fileName: string;
  readonly onClose: () => void;
}

/** A line that is too long for the list, piece by piece. */
export function WholeLine({ view, line, fileName, onClose }: WholeLineProps) {
  const pieces = useSignal<readonly string[]>([]);
  const position = useSignal(line.start);
  const failure = useSignal<ApiFailure | null>(null);
  const end = line.start + line.length;
  const read = async (from: number, to: number) =>
    (await view.source.read(from, Math.min(to, end), view.signal)).bytes;
  const guard = async (act: () => Promise<void>) => {
    try {
      failure.value = null;
      await act();
    } catch (error) {
      failure.value = asFailure(error);
    }
  };
  const more = () =>
    guard(async () => {
      const from = position.peek();
      const bytes = await read(from, from + PIECE_BYTES);
      const whole = from + bytes.length < end ? trimCharacter(bytes) : bytes;
      pieces.value = [...pieces.peek(), plainText(decodeText(whole))];
      position.value = from + (whole.length || bytes.length);
    });
  useEffect(() => void more(), []);
  const all = () => read(line.start, line.start + LONGEST_BYTES);
  const copy = () =>
    guard(async () => {
      const isCopied = await copyText(plainText(decodeText(await all())));
      say(isCopied ? 'Line copied.' : 'The browser did not let us copy.');
    });
  const save = () => guard(async () => saveBytes(await all(), `${fileName}.line.txt`));
  return (
    <Dialog title={`One line of ${formatSize(line.length)}`} onClose={onClose}>
      <p class="log-whole-actions">
        <button type="button" class="button" onClick={() => void copy()}>
          Copy line
        </button>
        <button type="button" class="button" onClick={() => void save()}>
          Download line
        </button>
      </p>
      {failure.value !== null && <FailureBox failure={failure.value} />}
      <div class="log-whole-text" role="region" aria-label="The whole line" tabIndex={0}>
        {pieces.value.map((piece, index) => (
          <bdi key={index} dir="ltr">
            {piece}
          </bdi>
        ))}
        {position.value < end && (
          <button type="button" class="button" onClick={() => void more()}>
            Show more ({formatSize(end - position.value)} left)
          </button>
        )}
      </div>
    </Dialog>
  );
}
