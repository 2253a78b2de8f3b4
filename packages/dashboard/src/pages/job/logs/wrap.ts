import { signal } from '@preact/signals';

const KEY = 'arras.logs.wrap';

const isOn = signal(read());

/** Whether long lines are wrapped; this browser remembers it. */
export function useWrap() {
  return {
    isOn: isOn.value,
    toggle: () => {
      isOn.value = !isOn.peek();
      try {
        localStorage.setItem(KEY, String(isOn.peek()));
      } catch {
        // A browser that keeps nothing forgets it with the page.
      }
    },
  };
}

function read(): boolean {
  try {
    return localStorage.getItem(KEY) === 'true';
  } catch {
    return false;
  }
}
