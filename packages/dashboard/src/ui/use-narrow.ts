import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** Below this the rows have two lines; as in the style sheets. */
const NARROW = '(max-width: 40rem)';

/** Whether the page is so narrow that rows have two lines; follows the window. */
export function useNarrow(): boolean {
  const isNarrow = useSignal(matchMedia(NARROW).matches);
  useEffect(() => {
    const query = matchMedia(NARROW);
    const follow = () => (isNarrow.value = query.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  return isNarrow.value;
}
