import { useSignal } from '@preact/signals';
import { Dialog } from '../ui/dialog.tsx';
import { listShortcuts } from './shortcuts.ts';
import './keyboard.css';

/** Everything that can be done here, to be found by a word. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const text = useSignal('');
  const selected = useSignal(0);
  const words = text.value.toLowerCase().split(/\s+/);
  const found = listShortcuts().filter(({ label }) =>
    words.every((word) => label.toLowerCase().includes(word)),
  );
  const run = (index: number) => {
    const command = found[index];
    if (command === undefined) return;
    onClose();
    // After the dialog is gone: what is run may look for the focus, or open one itself.
    setTimeout(command.run);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter') run(selected.value);
    if (step === undefined) return;
    event.preventDefault();
    selected.value = Math.max(0, Math.min(found.length - 1, selected.value + step));
  };
  return (
    <Dialog title="Commands" onClose={onClose}>
      <input
        type="text"
        class="keyboard-search"
        role="combobox"
        aria-label="Find a command"
        aria-expanded="true"
        aria-controls="palette"
        aria-activedescendant={found.length === 0 ? undefined : `palette-${selected.value}`}
        autofocus
        value={text.value}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value;
          selected.value = 0;
        }}
        onKeyDown={onKeyDown}
      />
      <ul class="keyboard-commands" role="listbox" id="palette" aria-label="Commands">
        {found.map(({ keys, label }, index) => (
          <li
            key={keys}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === selected.value}
            onClick={() => run(index)}
          >
            {label} <kbd>{keys}</kbd>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p>No command has these words.</p>}
    </Dialog>
  );
}
