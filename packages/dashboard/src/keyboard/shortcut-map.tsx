import { Dialog } from '../ui/dialog.tsx';
import { listShortcuts } from './shortcuts.ts';
import './keyboard.css';

/** All keys that do something on this page. */
export function ShortcutMap({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <dl class="keyboard-map">
        {listShortcuts().map(({ keys, label }) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
      <p>Keys do nothing while you type. The preferences switch single keys off.</p>
    </Dialog>
  );
}
