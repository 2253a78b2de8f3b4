import './loading.css';

/** Says that something is on its way; what comes at once never shows it. */
export function Loading({ what = 'Loading' }: { readonly what?: string }) {
  return (
    <p class="loading" role="status">
      {what} …
    </p>
  );
}
