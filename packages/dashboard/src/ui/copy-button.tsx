import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { copyText } from './copy-text.ts';
import { say } from './toasts.tsx';

/** What {@link CopyButton} copies. */
export interface CopyButtonProps {
  readonly text: string;
  /** Of what, such as `id`: the button is called "Copy id". */
  readonly label: string;
  /** Shows the label beside the symbol. Default: false. */
  readonly isWide?: boolean;
}

const SHOWN_MS = 2_000;

/** Copies a text, and says so. */
export function CopyButton({ text, label, isWide = false }: CopyButtonProps) {
  const isCopied = useSignal(false);
  useEffect(() => {
    if (!isCopied.value) return;
    const timer = setTimeout(() => (isCopied.value = false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied.value]);
  const copy = async () => {
    isCopied.value = await copyText(text);
    if (!isCopied.value) say('The browser did not let us copy. Select the text and copy it yourself.');
  };
  const name = isCopied.value ? 'Copied' : `Copy ${label}`;
  return (
    <button
      type="button"
      class={isWide ? 'button' : 'button button-quiet'}
      aria-label={name}
      title={name}
      onClick={() => void copy()}
    >
      <span aria-hidden="true">{isCopied.value ? '✓' : <CopySymbol />}</span>
      {isWide && ` ${name}`}
    </button>
  );
}

/** Two sheets. Drawn, because the character for it is missing from many fonts. */
function CopySymbol() {
  return (
    <svg viewBox="0 0 16 16" width="14" height="14" fill="none" stroke="currentColor" stroke-width="1.5">
      <rect x="5.5" y="1.5" width="9" height="9" rx="1.5" />
      <path d="M10.5 14.5h-7a2 2 0 0 1-2-2v-7" />
    </svg>
  );
}
