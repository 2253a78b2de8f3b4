import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate and its key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority of our own and certificates that it signed, or that nobody did. */
export interface Certificates {
  readonly authority: string;
  readonly forLoopback: Certificate;
  readonly forAnotherHost: Certificate;
  readonly selfSigned: Certificate;
}

/** Makes certificates that are valid for a day. */
export function makeCertificates(): Certificates {
  const directory = mkdtempSync(join(tmpdir(), 'arras-certificates-'));
  try {
    const authority = makeCertificate(directory, 'authority', [
      '-addext',
      'basicConstraints=critical,CA:TRUE',
    ]);
    const signedBy = ['-CA', join(directory, 'authority.crt'), '-CAkey', join(directory, 'authority.key')];
    const name = (value: string) => ['-addext', `subjectAltName=${value}`];
    return {
      authority: authority.cert,
      forLoopback: makeCertificate(directory, 'loopback', [
        ...name('IP:127.0.0.1,DNS:localhost'),
        ...signedBy,
      ]),
      forAnotherHost: makeCertificate(directory, 'other', [...name('DNS:other.example'), ...signedBy]),
      selfSigned: makeCertificate(directory, 'self', name('IP:127.0.0.1,DNS:localhost')),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function makeCertificate(directory: string, name: string, extra: readonly string[]): Certificate {
  const path = (ending: string) => join(directory, `${name}.${ending}`);
  // An empty configuration: the one of the machine could add extensions of its own.
  writeFileSync(path('cnf'), '[req]\ndistinguished_name=dn\n[dn]\n');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', path('key')];
  const files = ['-out', path('crt'), '-config', path('cnf'), '-subj', `/CN=${name}`, '-days', '1'];
  execFileSync('openssl', ['req', '-x509', ...key, ...files, ...extra], { stdio: 'pipe' });
  return { cert: readFileSync(path('crt'), 'utf8'), key: readFileSync(path('key'), 'utf8') };
}
