import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';

/** Parts of one value that are shown at first, and with every wish for more. */
const PARTS = 200;
const LONGEST_TEXT = 10_000;

/** A JSON document, folded: what is closed is not drawn. */
export function JsonPreview({ text }: { readonly text: string }) {
  const parsed = useMemo(() => parse(text), [text]);
  if (parsed === null) return <p>This is not JSON that can be read. Look at it as text.</p>;
  return (
    <div class="preview-json preview-scroll" role="region" aria-label="JSON" tabIndex={0}>
      <JsonValue name={null} value={parsed.value} isOpen />
    </div>
  );
}

function parse(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

interface JsonValueProps {
  readonly name: string | null;
  readonly value: unknown;
  readonly isOpen?: boolean;
}

function JsonValue({ name, value, isOpen: opens = false }: JsonValueProps) {
  const isOpen = useSignal(opens);
  const shown = useSignal(PARTS);
  const label = name === null ? '' : `${name}: `;
  if (value === null || typeof value !== 'object')
    return (
      <div class="preview-json-leaf">
        <bdi>
          {label}
          {JSON.stringify(value).slice(0, LONGEST_TEXT)}
        </bdi>
      </div>
    );
  const isList = Array.isArray(value);
  const parts = Object.entries(value);
  const size = isList ? `[${parts.length}]` : `{${parts.length}}`;
  return (
    <details open={isOpen.value} onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}>
      <summary>
        <bdi>{label}</bdi>
        {size}
      </summary>
      {isOpen.value &&
        parts.slice(0, shown.value).map(([key, part]) => <JsonValue key={key} name={key} value={part} />)}
      {isOpen.value && parts.length > shown.value && (
        <button type="button" class="button" onClick={() => (shown.value += PARTS)}>
          Show more of {parts.length}
        </button>
      )}
    </details>
  );
}
