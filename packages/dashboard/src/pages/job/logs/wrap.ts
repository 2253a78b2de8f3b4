import { signal } from '@preact/signals';
import { keep, readKept } from '../../../preferences/browser-storage.ts';

const NAME = 'logs.wrap';

const isOn = signal(readKept(NAME) === 'true');

/** Whether long lines are wrapped; this browser remembers it. */
export function useWrap() {
  return {
    isOn: isOn.value,
    toggle: () => {
      isOn.value = !isOn.peek();
      keep(NAME, String(isOn.peek()));
    },
  };
}
