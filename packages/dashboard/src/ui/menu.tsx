import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import './menu.css';

/** One thing that a menu offers. */
export interface MenuItem {
  readonly label: string;
  /** A second, smaller line; also its title. */
  readonly hint?: string | undefined;
  readonly isDisabled?: boolean;
  /** Cannot be undone. Default: false. */
  readonly isDanger?: boolean;
  readonly onSelect: () => unknown;
}

/** What {@link Menu} shows. */
export interface MenuProps {
  /** On the button. */
  readonly label: ComponentChildren;
  /** The button's name where the label is only a symbol. */
  readonly title?: string | undefined;
  readonly items: readonly MenuItem[];
}

/** A button that opens a list of actions: arrows move, Escape and a click elsewhere close. */
export function Menu({ label, title, items }: MenuProps) {
  const isOpen = useSignal(false);
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const close = () => (isOpen.value = false);
  // Not after the next frame: the first arrow may come at once.
  useLayoutEffect(() => {
    if (!isOpen.value) return;
    itemsOf(root.current)[0]?.focus();
    const closeOutside = ({ target }: Event) => {
      if (target instanceof Node && root.current?.contains(target) !== true) close();
    };
    document.addEventListener('pointerdown', closeOutside);
    return () => document.removeEventListener('pointerdown', closeOutside);
  }, [isOpen.value]);
  const select = (item: MenuItem) => {
    close();
    root.current?.querySelector('button')?.focus();
    item.onSelect();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen.value) return;
    if (event.key === 'Escape') root.current?.querySelector('button')?.focus();
    if (event.key === 'Escape' || event.key === 'Tab') close();
    if (event.key === 'Escape' || moveFocus(root.current, event.key)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  return (
    <div class="menu" ref={root} onKeyDown={onKeyDown}>
      <button
        type="button"
        class="button"
        aria-haspopup="menu"
        aria-expanded={isOpen.value}
        aria-controls={isOpen.value ? id : undefined}
        aria-label={title}
        title={title}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        {label} <span aria-hidden="true">▾</span>
      </button>
      {isOpen.value && (
        <div class="menu-list" role="menu" id={id}>
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              class={item.isDanger === true ? 'menu-item menu-item-danger' : 'menu-item'}
              disabled={item.isDisabled === true}
              title={item.hint}
              onClick={() => select(item)}
            >
              {item.label}
              {item.hint !== undefined && <small class="menu-hint">{item.hint}</small>}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function itemsOf(root: Element | null): readonly HTMLElement[] {
  return [...(root?.querySelectorAll<HTMLElement>('[role=menuitem]:not(:disabled)') ?? [])];
}

function moveFocus(root: Element | null, key: string): boolean {
  const items = itemsOf(root);
  const current = items.findIndex((item) => item === document.activeElement);
  const next = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: -1 }[key];
  if (next === undefined) return false;
  items.at(next % items.length)?.focus();
  return true;
}
