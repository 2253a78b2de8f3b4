// Without imports: the help must be there at once. Every one of these commands is run by a test.

/** Examples by command, for the end of its help. `arras` stands for the name that was called. */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  'jobs init': [
    'arras jobs init greet-1.0',
    'arras jobs init greet-1.0 name=trial parameters.name=eve --all',
  ],
  'jobs submit': [
    'arras jobs submit -F job.json --watch',
    'arras jobs submit -F job.json name=trial parameters.name=eve --dry-run',
    'arras jobs submit -F job.json --curl',
  ],
  'jobs list': [
    "arras jobs list 'status:finished,failed created:>7d sort:-created'",
    'arras jobs list --json id,status,maxRunTime',
    'arras jobs list --jq \'.[] | select(.status == "FINISHED") | .id\'',
    'arras jobs list -c id,name,ended --utc',
    "arras jobs list 'app:greet* -status:failed' --explain",
  ],
  'jobs search': ['arras jobs search --status eq FINISHED --name start tri -q'],
  'jobs filters': [
    "arras jobs filters save recent 'created:>7d sort:-created'",
    'arras jobs list --saved recent',
    'arras jobs filters delete recent',
  ],
  'jobs show': [
    'arras jobs show last',
    "arras jobs show @trial --jq '.inputs'",
    'arras jobs show last --curl',
    'arras jobs show last -T',
    'arras jobs show last --web',
  ],
  'jobs status': ['arras jobs status last'],
  'jobs history': ['arras jobs history last --utc', 'arras jobs history --follow last'],
  'jobs logs': ['arras jobs logs last --stdout', "arras jobs logs -f -n 20 --grep 'hello|warn' last"],
  'jobs outputs': [
    'arras jobs outputs list last',
    'arras jobs outputs download last -o results',
    "arras jobs outputs download last '**/*.txt' --parallel 8 -o texts",
    'arras jobs outputs download last --zip',
    'arras jobs outputs cat last sub/result.txt',
    'arras jobs outputs du last',
  ],
  files: [
    'arras files upload job.json agave://store/inputs/',
    'arras files list agave://store/inputs',
    "arras files download 'agave://store/inputs/*.json' -o back --checksum",
    'arras files copy agave://store/inputs/job.json agave://store/inputs/copy.json',
    'arras files move agave://store/inputs/copy.json agave://store/inputs/old.json',
    'arras files delete -r agave://store/inputs',
  ],
  'jobs watch': [
    'arras jobs watch last',
    "arras jobs list 'status:finished' -q | arras jobs watch -",
    'arras jobs watch last --until running --timeout 1h',
    'arras jobs watch last --json',
  ],
  'jobs wait': [
    'arras jobs wait last',
    "arras jobs list 'status:finished' -q | arras jobs wait --any -",
    'arras jobs wait last --until archiving,ended --json',
  ],
  'jobs delete': ["arras jobs list 'name:old*' -q | arras jobs delete -"],
  'systems list': ['arras systems list --json id,type'],
  meta: [
    `arras meta create --name calibration --value '{"kelvin":293}'`,
    `arras meta search '{"name":"calibration","value.kelvin":{"$gt":290}}'`,
  ],
  postits: [
    'arras files upload job.json agave://store/shared/',
    'arras postits create agave://store/shared/job.json --lifetime 1h',
    'arras postits list',
  ],
  'apps clone': ['arras apps clone greet-1.0 --name hello'],
  'apps pems': ['arras apps pems list greet-1.0'],
  'apps history': ['arras apps history greet-1.0'],
  'apps show': ['arras apps show greet-1.0'],
  doctor: ['arras doctor'],
  manual: ['arras manual ~/.local/share/man/man1'],
  'notifications replay': ['arras notifications replay --failed --since 2h --dry-run'],
  completion: ['source <(arras completion bash)'],
};
