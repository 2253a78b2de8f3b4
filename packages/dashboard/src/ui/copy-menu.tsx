import { copyText } from './copy-text.ts';
import { Menu } from './menu.tsx';
import { say } from './toasts.tsx';

/** What {@link CopyMenu} offers: the same thing in three languages. */
export interface CopyMenuProps {
  readonly cli: string;
  readonly curl: string;
  readonly typescript: string;
}

/** Copies what does the same as the page: as a command, as curl, or as TypeScript. */
export function CopyMenu({ cli, curl, typescript }: CopyMenuProps) {
  const item = (language: string, text: string) => ({
    label: `Copy as ${language}`,
    hint: text,
    onSelect: async () => {
      const isCopied = await copyText(text);
      say(isCopied ? `Copied as ${language}.` : 'The browser did not let us copy.');
    },
  });
  return (
    <Menu label="Copy as …" items={[item('CLI', cli), item('curl', curl), item('TypeScript', typescript)]} />
  );
}
