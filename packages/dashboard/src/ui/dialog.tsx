import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import './dialog.css';

/** What {@link Dialog} shows. */
export interface DialogProps {
  readonly title: string;
  /** Of Escape, of the cross and of a click beside it. */
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A modal dialog; it is open as long as it is rendered. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Not after the next frame: until it is open its keys go to the page.
  useLayoutEffect(() => {
    const { current } = dialog;
    current?.showModal();
    return () => current?.close();
  }, []);
  const cancel = (event: Event) => {
    // Whether it closes is for the page to say, which then renders it no more.
    event.preventDefault();
    onClose();
  };
  return (
    <dialog
      class="dialog"
      ref={dialog}
      aria-labelledby={id}
      onCancel={cancel}
      onClick={({ target }) => target === dialog.current && onClose()}
    >
      <div class="dialog-body">
        <header class="dialog-header">
          <h2 id={id}>{title}</h2>
          <button type="button" class="button button-quiet" aria-label="Close" onClick={onClose}>
            <span aria-hidden="true">✕</span>
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
