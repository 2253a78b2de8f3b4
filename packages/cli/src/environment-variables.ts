// Without imports: the help must be there at once.

/** A variable of the environment that the program reads, with its meaning. */
interface Variable {
  readonly name: string;
  readonly meaning: string;
}

/** Where the service is sought, first to last. */
export const CONNECTION_SOURCES: readonly Variable[] = [
  { name: '--url, --token', meaning: 'flags' },
  {
    name: '--profile',
    meaning:
      'a profile file of that name, made with login --profile, and nothing behind it:\n$XDG_CONFIG_HOME/arras/profiles/NAME.json',
  },
  { name: 'ARRAS_URL, ARRAS_TOKEN', meaning: 'environment' },
  { name: 'ARRAS_PROFILE', meaning: 'the name of a profile file, as --profile' },
  {
    name: 'profile file',
    meaning:
      '$XDG_CONFIG_HOME/arras/config.json, else ~/.config/arras/config.json:\n{"url": "http://127.0.0.1:8383", "token": "..."}, mode 600',
  },
  {
    name: "this machine's service",
    meaning:
      'cli.json in its data directory: ARRAS_DATA_DIR, else /var/lib/arras for root,\nelse $XDG_DATA_HOME/arras, else ~/.local/share/arras',
  },
  {
    name: 'session of tapis-cli',
    meaning: 'current in TAPIS_CACHE_DIR, else AGAVE_CACHE_DIR, else ~/.agave; mode 600',
  },
];

/** What decides how things are shown. */
export const OUTPUT_VARIABLES: readonly Variable[] = [
  { name: '--color', meaning: 'always or never; auto, the default, leaves it to the rest of this list' },
  { name: 'NO_COLOR, CLICOLOR=0', meaning: 'no colours' },
  {
    name: 'CLICOLOR_FORCE, FORCE_COLOR',
    meaning: 'colours although nobody looks; 0 is off, empty is not set',
  },
  { name: 'TERM=dumb', meaning: 'no colours, and nothing is painted over' },
  { name: 'ACCESSIBLE=1', meaning: 'for screen readers: words instead of symbols, nothing is painted over' },
  {
    name: 'LC_ALL, LC_CTYPE, LANG',
    meaning: 'symbols beyond ASCII only where the first that is set says UTF-8',
  },
];

/** Where the program writes. */
export const PLACES: readonly Variable[] = [
  {
    name: 'XDG_CACHE_HOME',
    meaning: 'else ~/.cache: compiled code, and for some seconds the ids that completion offers',
  },
];
