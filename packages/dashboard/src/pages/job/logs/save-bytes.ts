/** Lets the browser keep bytes as a file; their type makes it nothing that a browser would open. */
export function saveBytes(bytes: Uint8Array, name: string): void {
  const address = URL.createObjectURL(new Blob([bytes.slice()], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // After the download has begun; before, it would find nothing.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
